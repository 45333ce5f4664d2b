"""How the voice reads numbers: telephone numbers, codes and cards digit by digit, everything else as it is written."""

from callagent.agent.number_reading.text_stream import digit_reader, read_digits, warm_up

__all__ = ["digit_reader", "read_digits", "warm_up"]

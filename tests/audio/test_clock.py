import time

from callagent.audio import CallClock


def test_call_time_counts_from_the_given_stamp() -> None:
    assert CallClock(100.0).of(102.5) == 2.5


def test_a_call_time_converts_back_to_the_stamp() -> None:
    clock = CallClock()
    assert clock.of(clock.wall(3.25)) == 3.25


def test_by_default_the_call_begins_now() -> None:
    before = time.time()
    clock = CallClock()
    assert before <= clock.wall(0.0) <= time.time()

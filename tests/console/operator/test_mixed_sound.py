"""The sound of a call for somebody who listens."""

import io
import wave

import numpy as np

from callagent.console.operator.mixed_sound import LATEST_S, RATE, MixedSound, wav_header


def samples(*values: int) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.array(values, np.int16)


def test_all_sources_are_heard_together_each_piece_once() -> None:
    sound = MixedSound()
    sound.put("caller", samples(1, 2, 3, 4))
    sound.put("agent", samples(10, 20))
    assert sound.take(3).tolist() == [11, 22, 3]
    sound.put("caller", samples(5))
    assert sound.take(3).tolist() == [4, 5, 0]


def test_two_loud_ones_are_as_loud_as_can_be() -> None:
    sound = MixedSound()
    for source in ("caller", "agent"):
        sound.put(source, samples(30_000, -30_000))
    assert sound.take(2).tolist() == [32_767, -32_768]


def test_what_waits_for_too_long_is_left_out() -> None:
    sound, most = MixedSound(), round(LATEST_S * RATE)
    for number in range(10):
        sound.put("caller", np.full(most, number, np.int16))
    taken = sound.take(most + 1)
    assert (taken[0], taken[-2], taken[-1]) == (9, 9, 0)


def test_a_source_that_is_gone_is_heard_no_more() -> None:
    sound = MixedSound()
    sound.put("caller", samples(1))
    sound.end("caller")
    sound.end("caller")
    assert sound.take(1).tolist() == [0]


def test_the_begin_of_the_file_says_what_follows() -> None:
    with wave.open(io.BytesIO(wav_header() + b"\0\0" * 50)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    assert len(wav_header()) == 44

"""Both sides of a call on one axis, and what of it is kept."""

import numpy as np
from livekit import rtc

from callagent.recording.call_audio import LAG_S, STALL_S, CallAudio, Stereo, silence

RATE = 8000


def talking(seconds: float, value: int = 5) -> rtc.AudioFrame:
    samples = np.full(round(seconds * RATE), value, np.int16)
    return rtc.AudioFrame(samples.tobytes(), RATE, 1, samples.size)


def a_call() -> CallAudio:
    """Both sides talk from 0 to 10 s: the caller 5, the agent 7."""
    audio = CallAudio(RATE)
    audio.caller.heard(0.0, talking(10.0))
    audio.agent.captured(0.0, talking(10.0, 7))
    audio.agent.started(0.0)
    return audio


def loud(piece: Stereo) -> list[tuple[float, float]]:
    """When something is heard, from and to."""
    edges = np.flatnonzero(np.diff(piece.any(axis=1).astype(np.int8), prepend=0, append=0))
    return [(a / RATE, b / RATE) for a, b in edges.reshape(-1, 2)]


def test_the_caller_is_left_and_the_agent_right() -> None:
    audio = a_call()
    audio.keep(0.0)
    piece = audio.take(1.0)
    assert piece.shape == (RATE, 2)
    assert set(piece[:, 0]) == {5}
    assert set(piece[:, 1]) == {7}


def test_nothing_is_kept_before_it_may_be_and_a_pause_is_as_long_as_it_was() -> None:
    audio = a_call()
    audio.keep(2.0)
    audio.omit(4.0)
    audio.keep(5.5)
    audio.omit(9.0)
    assert audio.begun
    whole = audio.take(10.0)
    assert loud(whole) == [(2.0, 4.0), (5.5, 9.0)]
    assert len(whole) == 10 * RATE


def test_pieces_are_the_whole() -> None:
    audio, whole = a_call(), a_call()
    for each in (audio, whole):
        each.keep(0.33)
        each.omit(1.234)
        each.keep(2.5)
    pieces = [audio.take(until) for until in np.arange(0.1, 10.0, 0.17)]
    assert audio.seconds == sum(map(len, pieces)) / RATE
    joined = np.concatenate(pieces)
    assert np.array_equal(joined, whole.take(audio.seconds))


def test_what_is_said_twice_changes_nothing() -> None:
    audio = a_call()
    audio.omit(0.5)
    audio.keep(1.0)
    audio.keep(2.0)
    audio.omit(3.0)
    audio.omit(4.0)
    assert loud(audio.take(10.0)) == [(1.0, 3.0)]


def test_a_recording_that_begins_paused_keeps_nothing() -> None:
    audio = a_call()
    audio.keep(1.0)
    audio.omit(1.0)
    assert loud(audio.take(10.0)) == []


def test_both_sides_have_time_to_arrive() -> None:
    audio = CallAudio(RATE)
    audio.caller.heard(0.0, talking(5.0))
    assert audio.settled(5.0) == 5.0 - LAG_S
    assert audio.settled(5.0 + LAG_S) == 5.0
    assert audio.settled(20.0) == 20.0 - STALL_S


def test_silence_is_silent() -> None:
    assert silence(0.5, RATE).shape == (RATE // 2, 2)
    assert not silence(0.5, RATE).any()

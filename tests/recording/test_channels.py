"""Where in a call what both sides have said is placed."""

from itertools import pairwise

import numpy as np
import pytest
from livekit import rtc

from callagent.audio import Samples
from callagent.recording.channels import AgentChannel, CallerChannel, PlacedSound

RATE = 8000
FRAME_S = 0.02


def frame(value: int, *, rate: int = RATE, seconds: float = FRAME_S, channels: int = 1) -> rtc.AudioFrame:
    samples = np.full(round(seconds * rate) * channels, value, np.int16)
    return rtc.AudioFrame(samples.tobytes(), rate, channels, samples.size // channels)


def stretches(samples: Samples, rate: int = RATE) -> list[tuple[float, float, int]]:
    """Where there is sound: from, to, and what of it."""
    edges = np.flatnonzero(np.diff(samples, prepend=np.int16(0), append=np.int16(0)))
    found = [(a / rate, b / rate, int(samples[a])) for a, b in pairwise(edges)]
    return [each for each in found if each[2]]


@pytest.fixture
def sound() -> PlacedSound:
    return PlacedSound(RATE)


def taken(sound: PlacedSound, until: float = 10.0) -> list[tuple[float, float, int]]:
    return stretches(sound.take(round(until * RATE)))


class TestPlacedSound:
    def test_what_comes_later_for_the_same_time_replaces_it(self, sound: PlacedSound) -> None:
        sound.put(1.0, np.full(RATE, 1, np.int16))
        sound.put(1.5, np.full(RATE, 2, np.int16))
        assert taken(sound) == [(1.0, 1.5, 1), (1.5, 2.5, 2)]

    def test_what_was_taken_stays_and_what_comes_too_late_is_lost(self, sound: PlacedSound) -> None:
        assert sound.take(RATE).size == RATE
        sound.put(0.5, np.full(RATE, 3, np.int16))
        assert stretches(sound.take(2 * RATE)) == [(0.0, 0.5, 3)]
        sound.put(0.1, np.full(RATE, 3, np.int16))
        assert taken(sound) == []

    def test_it_is_hushed_from_one_moment_to_another(self, sound: PlacedSound) -> None:
        sound.put(1.0, np.full(2 * RATE, 1, np.int16))
        sound.hush(1.5, 2.0)
        sound.hush(2.5)
        assert taken(sound) == [(1.0, 1.5, 1), (2.0, 2.5, 1)]


class TestCaller:
    @pytest.mark.parametrize("late", [0.0, 0.015, 0.09])
    def test_frames_that_come_a_little_late_follow_each_other(self, sound: PlacedSound, late: float) -> None:
        caller = CallerChannel(sound)
        for index in range(50):
            caller.heard(1.0 + index * FRAME_S + late * (index % 7 > 0), frame(5))
        caller.advance(10.0)
        assert taken(sound) == [(1.0, 2.0, 5)]
        assert caller.through == pytest.approx(2.0)

    def test_a_gap_is_silence(self, sound: PlacedSound) -> None:
        caller = CallerChannel(sound)
        for at in (1.0, 1.02, 3.0, 3.02):
            caller.heard(at, frame(5))
        caller.advance(4.0)
        assert taken(sound) == [(1.0, 1.04, 5), (3.0, 3.04, 5)]

    def test_after_a_busy_moment_all_is_where_it_was_said(self, sound: PlacedSound) -> None:
        """Frames that could not be read for a while come all at once."""
        caller = CallerChannel(sound)
        for index in range(40):
            at = 1.0 + index * FRAME_S
            caller.heard(max(at, 1.6) if 10 <= index < 30 else at, frame(100 + index))
        found = taken(sound)
        assert [begin for begin, _, _ in found] == pytest.approx(
            [1.0 + index * FRAME_S for index in range(40)], abs=0.001
        )

    @pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (24000, 1), (48000, 2), (44100, 1)])
    def test_other_rates_and_channels_become_those_of_the_recording(
        self, sound: PlacedSound, rate: int, channels: int
    ) -> None:
        caller = CallerChannel(sound)
        for index in range(50):
            caller.heard(1.0 + index * FRAME_S, frame(1000, rate=rate, channels=channels))
        samples = sound.take(round(1.9 * RATE))
        assert np.flatnonzero(samples > 500)[0] / RATE == pytest.approx(1.0, abs=0.005)
        assert samples[round(1.1 * RATE) : round(1.8 * RATE)].min() > 900


class Played:
    """An agent's channel, and an output that plays what it is given."""

    def __init__(self, sound: PlacedSound) -> None:
        self.channel = AgentChannel(sound)

    def say(self, now: float, seconds: float, value: int = 7) -> None:
        """All of an utterance, much faster than it is played."""
        for _ in range(round(seconds / FRAME_S)):
            self.channel.captured(now, frame(value))
        self.channel.flushed()


@pytest.fixture
def agent(sound: PlacedSound) -> Played:
    return Played(sound)


class TestAgent:
    def test_an_utterance_is_placed_by_the_clock_before_it_is_over(self, sound: PlacedSound, agent: Played) -> None:
        agent.say(0.9, 5.0)
        agent.channel.started(1.0)
        agent.channel.advance(2.0)
        assert stretches(sound.take(2 * RATE)) == [(1.0, 2.0, 7)]

    def test_what_was_cut_off_is_silent_at_once(self, sound: PlacedSound, agent: Played) -> None:
        agent.say(0.9, 5.0)
        agent.channel.started(1.0)
        agent.channel.cleared(2.5)
        agent.channel.progressed(2.5, 1.0, 0.0, 1.48)
        agent.channel.finished(2.51, 1.48)
        agent.say(3.0, 1.0, 9)
        agent.channel.started(3.1)
        agent.channel.advance(10.0)
        assert taken(sound) == [(1.0, 2.48, 7), (3.1, 4.1, 9)]

    def test_an_output_that_reports_nothing_but_the_end_is_believed(self, sound: PlacedSound, agent: Played) -> None:
        agent.say(0.9, 5.0)
        agent.channel.started(1.0)
        agent.channel.cleared(2.5)
        agent.channel.finished(2.5, 1.4)
        assert taken(sound) == [(1.0, 2.4, 7)]

    def test_what_still_comes_of_an_utterance_that_was_cut_off_is_not_heard(
        self, sound: PlacedSound, agent: Played
    ) -> None:
        agent.channel.captured(0.9, frame(7, seconds=1.0))
        agent.channel.started(1.0)
        agent.channel.cleared(1.5)
        agent.channel.finished(1.5, 0.5)
        agent.channel.captured(1.6, frame(7, seconds=1.0))
        agent.channel.flushed()
        agent.channel.advance(10.0)
        assert taken(sound) == [(1.0, 1.5, 7)]

    def test_a_voice_that_is_slower_than_speech_leaves_gaps(self, sound: PlacedSound, agent: Played) -> None:
        channel = agent.channel
        channel.captured(0.9, frame(7, seconds=0.5))
        channel.started(1.0)
        channel.captured(2.0, frame(8, seconds=0.5))
        channel.progressed(2.0, 1.0, 0.0, 0.5)
        channel.flushed()
        channel.finished(2.5, 1.0)
        assert taken(sound) == [(1.0, 1.5, 7), (2.0, 2.5, 8)]

    def test_a_pause_is_silent_and_then_it_goes_on(self, sound: PlacedSound, agent: Played) -> None:
        channel = agent.channel
        agent.say(0.9, 2.0)
        channel.started(1.0)
        channel.held(1.5)
        channel.progressed(1.52, 1.0, 0.0, 0.52)
        channel.released(3.0)
        channel.progressed(4.48, 3.0, 0.52, 1.48)
        channel.finished(4.48, 2.0)
        assert taken(sound) == [(1.0, 1.52, 7), (3.0, 4.48, 7)]

    def test_what_the_output_says_afterwards_is_exact(self, sound: PlacedSound, agent: Played) -> None:
        agent.say(0.9, 1.0)
        agent.channel.started(1.0)
        agent.channel.advance(1.6)
        agent.channel.progressed(2.2, 1.05, 0.0, 1.0)
        agent.channel.finished(2.2, 1.0)
        assert taken(sound) == [(1.05, 2.05, 7)]

    def test_utterances_follow_each_other(self, sound: PlacedSound, agent: Played) -> None:
        agent.say(0.5, 1.0, 1)
        agent.say(0.6, 1.0, 2)
        for at in (1.0, 2.2):
            agent.channel.started(at)
            agent.channel.progressed(at + 1.0, at, 0.0, 1.0)
            agent.channel.finished(at + 1.0, 1.0)
        assert taken(sound) == [(1.0, 2.0, 1), (2.2, 3.2, 2)]

    def test_words_of_an_output_without_an_utterance_are_nothing(self, sound: PlacedSound, agent: Played) -> None:
        agent.channel.started(1.0)
        agent.channel.progressed(1.0, 1.0, 0.0, 1.0)
        agent.channel.finished(2.0, 1.0)
        agent.channel.flushed()
        agent.channel.cleared(2.0)
        assert taken(sound) == []

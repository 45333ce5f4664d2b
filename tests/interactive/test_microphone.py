from collections.abc import Callable

import numpy as np
import pytest

from callagent.audio import FRAME_SAMPLES, PhoneLine, Samples
from callagent.interactive.microphone import Card, MicrophoneLevel, microphone_run
from callagent.scripted_calls import CallPlan, LevelUnavailable, run_calls
from callagent.scripted_calls.levels.audio import AudioStage
from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop
from callagent.yaml_config import ConfigError
from tests.support.deaf_stage import deaf

pytestmark = pytest.mark.text


class FakeCard:
    def __init__(self) -> None:
        self.played: list[Samples] = []
        self.asked = 0
        self.closed = False

    def microphone(self) -> Samples:
        self.asked += 1
        return np.full(FRAME_SAMPLES, 1000, np.int16)

    def loudspeaker(self, frame: Samples) -> None:
        self.played.append(frame)

    def close(self) -> None:
        self.closed = True


class VirtualMicrophone(MicrophoneLevel):
    """In virtual time, with an agent that needs no models."""

    def __init__(self, open_card: Callable[[], Card]) -> None:
        super().__init__(open_card, self._deaf)
        self.stages: list[AudioStage] = []

    def new_loop(self) -> VirtualLoop:
        return VirtualLoop()

    def _deaf(self, plan: CallPlan, on_line: Callable[[PhoneLine], None]) -> AudioStage:
        self.stages.append(deaf(plan, on_line))
        return self.stages[-1]


def test_a_person_is_on_the_line_and_hears_the_agent() -> None:
    card = FakeCard()
    level = VirtualMicrophone(lambda: card)
    (finished,) = run_calls(level, [microphone_run("en-US", limit=3.0)])
    assert card.closed
    assert 2.9 < finished.result.seconds < 3.2
    assert 140 < card.asked == len(card.played)
    assert finished.stage.timeline.agent, "the greeting was on the line"
    assert [frame.size for frame in card.played[:3]] == [FRAME_SAMPLES] * 3


def test_the_microphone_is_what_the_agent_hears(tmp_path: object) -> None:
    card = FakeCard()
    line = PhoneLine()
    line.connect_person(card.microphone, card.loudspeaker)
    line.tick()
    line.tick()
    assert abs(int(line.caller_audio[-FRAME_SAMPLES:].mean()) - 1000) < 50


def test_a_machine_without_a_sound_card_makes_no_call() -> None:
    def missing() -> Card:
        raise LevelUnavailable("there is no microphone")

    with pytest.raises(LevelUnavailable):
        next(iter(run_calls(VirtualMicrophone(missing), [microphone_run("en-US", limit=3.0)])))


def test_a_profile_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigError, match="en-US"):
        microphone_run("en-UX", limit=3.0)

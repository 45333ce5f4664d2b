import pytest

from callagent.audio import FRAME_S, Timeline
from callagent.audio.audibility import LONGEST_PAUSE_S, SETTLE_S, AgentVoice, Change

LOUD, QUIET = -20.0, -90.0


class Listening:
    """Plays levels to an AgentVoice, 20 ms each, and collects what changes."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.voice = AgentVoice(self.timeline)
        self.voice.speaking = True
        self.changes: list[Change] = []
        self.at = 0.0

    def hear(self, level: float, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.timeline.add_levels(agent=level)
            if change := self.voice.hear(self.at, level):
                self.changes.append(change)
            self.at += FRAME_S

    def spans(self) -> list[tuple[float, float, bool]]:
        return [(round(s.start, 2), round(s.end, 2), s.interrupted) for s in self.timeline.agent]


@pytest.fixture
def line() -> Listening:
    return Listening()


def test_the_agent_is_on_the_line_from_its_first_audible_frame(line: Listening) -> None:
    line.hear(QUIET, 0.3)
    line.hear(LOUD, 0.1)
    assert [(round(change.at, 2), change.audible) for change in line.changes] == [(0.3, True)]


def test_a_pause_in_speech_is_no_gap(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.hear(QUIET, LONGEST_PAUSE_S - 2 * FRAME_S)
    line.hear(LOUD, 1.0)
    assert line.timeline.longest_agent_gap(0, line.at) == 0
    assert len(line.changes) == 1


def test_a_silence_too_long_for_a_pause_is_a_gap_from_its_beginning(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.hear(QUIET, LONGEST_PAUSE_S + 0.1)
    line.hear(LOUD, 1.0)
    assert line.timeline.longest_agent_gap(0, line.at) == pytest.approx(LONGEST_PAUSE_S + 0.1)
    assert round(line.changes[1].at, 2) == 1.0


def test_a_short_silence_is_a_gap_when_the_agent_says_that_it_does_not_speak(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.voice.speaking = False
    line.hear(QUIET, SETTLE_S + FRAME_S)
    line.voice.speaking = True
    line.hear(LOUD, 1.0)
    assert line.timeline.longest_agent_gap(0, line.at) == pytest.approx(SETTLE_S + FRAME_S)


def test_the_tail_of_the_audio_belongs_to_the_speech_that_the_agent_has_ended(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.voice.speaking = False
    line.hear(QUIET, SETTLE_S / 2)
    line.hear(LOUD, 0.1)
    line.hear(QUIET, 0.5)
    assert line.spans() == [(0.0, 1.15, False)] or line.spans() == [(0.0, 1.14, False)]


@pytest.mark.parametrize("before", [True, False])
def test_speech_that_was_cut_off_is_marked_whenever_the_word_of_it_comes(line: Listening, before: bool) -> None:
    line.hear(LOUD, 1.0)
    if before:
        line.voice.cut_off()
    line.voice.speaking = False
    line.hear(QUIET, 0.3)
    if not before:
        line.voice.cut_off()
    assert line.spans() == [(0.0, 1.0, True)]


def test_the_next_speech_is_not_marked_with_the_last_cut(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.voice.cut_off()
    line.hear(QUIET, 1.0)
    line.hear(LOUD, 1.0)
    line.hear(QUIET, 1.0)
    assert [interrupted for *_, interrupted in line.spans()] == [True, False]


def test_hanging_up_ends_the_speech_where_it_was_last_heard(line: Listening) -> None:
    line.hear(LOUD, 1.0)
    line.hear(QUIET, 0.2)
    line.voice.leave()
    assert line.spans() == [(0.0, 1.0, False)]

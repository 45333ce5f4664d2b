import pytest

from callagent.audio import Span
from callagent.journal import (
    AgentAudible,
    AgentSilent,
    AgentState,
    CallEnded,
    CallerAudible,
    CallerSilent,
    CallJournal,
    Head,
    Line,
    PlayoutEnded,
    TurnAdded,
)
from callagent.journal.spans import agent_states, caller_speech, spoken, timeline_of
from callagent.turns.gate.events import CallerHushed, CallerStarted, CallerStopped, Event, Transcript

END = CallEnded(20.0, "caller hung up")
TWICE: list[Event] = [
    CallerStarted(1.1, 1.0),
    CallerStopped(2.5, 2.0),
    CallerStarted(3.1, 3.0),
    CallerStopped(4.5, 4.0),
]


def said(at: float, key: int, text: str) -> Transcript:
    return Transcript(at, key, text, True)


def real(*lines: Line) -> CallJournal:
    return CallJournal(Head("AJ_1", "en-US", "real"), [*lines, END])


@pytest.mark.parametrize(
    ("events", "speech"),
    [
        ([CallerStarted(1.2, 1.0), CallerHushed(1.8), CallerStopped(2.5, 2.0)], [(1.0, 2.0)]),
        ([CallerStarted(1.2, 1.0)], [(1.0, 20.0)]),
        ([CallerStopped(2.5, 2.0)], []),
        ([CallerStarted(1.2, 1.0), CallerStarted(3.2, 3.0), CallerStopped(4.5, 4.0)], [(1.0, 3.0), (3.0, 4.0)]),
        ([CallerStarted(1.2, 1.0), CallerStopped(1.3, 0.9)], [(1.0, 1.0)]),
    ],
)
def test_the_caller_speaks_from_the_first_sample_to_the_last(
    events: list[Event], speech: list[tuple[float, float]]
) -> None:
    assert caller_speech(events, 20.0) == speech


@pytest.mark.parametrize(
    ("finals", "words"),
    [
        ([said(2.6, 1, "a")], ["a", ""]),
        ([said(2.6, 1, "a"), said(5.0, 2, "b")], ["a", "b"]),
        ([said(3.2, 1, "a"), said(5.0, 2, "b")], ["a", "b"]),  # the first comes while the second is being said
        ([said(2.6, 1, "a"), said(3.2, 2, "b")], ["a", "b"]),  # the second has a transcript before its end
        ([said(1.5, 1, "a"), said(2.6, 2, "b")], ["a b", ""]),
        ([said(0.5, 1, "a"), said(5.0, 2, " "), said(6.6, 3, "c")], ["", ""]),
    ],
)
def test_a_transcript_belongs_to_the_speech_that_it_is_of(finals: list[Transcript], words: list[str]) -> None:
    events: list[Event] = sorted([*TWICE, *finals], key=lambda event: event.at)
    assert [(start, end) for start, end, _ in spoken(events, 60.0)] == caller_speech(events, 60.0)
    assert [text for *_, text in spoken(events, 60.0)] == words


def test_a_real_caller_is_audible_when_the_vad_says_so_with_the_words_that_were_understood() -> None:
    started, stopped = CallerStarted(1.2, 1.0), CallerStopped(2.5, 2.0)
    again = CallerStarted(5.2, 5.0)
    heard = [Transcript(2.6, 1, "Hel", False), said(2.7, 2, "Hello."), said(3.0, 3, "There.")]
    timeline = timeline_of(real(started, stopped, *heard, again))
    assert timeline.caller == [Span(1.0, 2.0, "Hello. There."), Span(5.0, 20.0)]
    assert timeline.end == 20.0


def test_a_scripted_caller_is_audible_when_they_were() -> None:
    lines: list[Line] = [
        CallerAudible(1.0, 0, "Hello."),
        CallerSilent(2.0, 0),
        CallerAudible(4.0, 1, ""),
        CallerStarted(9.0, 8.0),
    ]
    timeline = timeline_of(CallJournal(Head("A", "en-US", "audio", 9.0), lines))
    assert timeline.caller == [Span(1.0, 2.0, "Hello."), Span(4.0, 9.0)]


def test_the_agent_is_audible_while_it_plays_and_says_the_turn_that_began_there() -> None:
    lines = [
        AgentAudible(1.0),
        PlayoutEnded(3.0, interrupted=True),
        TurnAdded(0.5, "assistant", "Good morning and", {"started_speaking_at": 0.9}, True),
        TurnAdded(2.0, "user", "Stop."),
        AgentAudible(5.0),
        PlayoutEnded(7.0, interrupted=False),
        TurnAdded(5.0, "assistant", "Yes?"),
        AgentAudible(9.0),
    ]
    agent = timeline_of(real(*lines)).agent
    assert agent == [Span(1.0, 3.0, "Good morning and", True), Span(5.0, 7.0, "Yes?"), Span(9.0, 20.0)]


def test_a_cut_that_is_told_after_the_silence_belongs_to_what_was_said_before() -> None:
    lines = [AgentAudible(1.0), AgentSilent(2.0), PlayoutEnded(2.1, interrupted=True), AgentAudible(3.0)]
    assert [span.interrupted for span in timeline_of(real(*lines)).agent] == [True, False]


def test_a_state_lasts_until_the_next_or_the_end() -> None:
    changes = [AgentState(0.0, "listening"), AgentState(1.0, "thinking"), AgentState(1.0, "speaking")]
    assert agent_states(changes, 4.0) == [(0.0, 1.0, "listening"), (1.0, 4.0, "speaking")]
    assert agent_states([], 4.0) == []

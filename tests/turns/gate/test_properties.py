"""Whatever the order of events: nothing is lost, nothing is decided twice, nothing is left behind."""

from hypothesis import given, settings
from hypothesis import strategies as st

from callagent.turns.gate.decisions import Deliver, Drop, Hold, Interrupt, Pass
from callagent.turns.gate.events import (
    AgentActivity,
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    Transcript,
)
from tests.turns.driver import Driver

TEXTS = ["", "Okay", "Yeah. Okay.", "stop", "no wait", "What time?", "Friday", "all", "Bye", "はい", "x" * 300]
STATES: st.SearchStrategy[AgentActivity] = st.sampled_from(["listening", "thinking", "speaking", "idle"])


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    at, key = 0.0, 0
    for _ in range(draw(st.integers(1, 40))):
        at += draw(st.sampled_from([0.0, 0.01, 0.05, 0.2, 0.7, 3.0]))
        kind = draw(st.integers(0, 9))
        if kind <= 1:
            events.append(AgentState(at, draw(STATES), draw(st.booleans())))
        elif kind == 2:
            events.append(CallerStarted(at, max(0.0, at - 0.1)))
        elif kind == 3:
            events.append(CallerStopped(at, max(0.0, at - 0.3)))
        elif kind == 4 and draw(st.booleans()):
            events.append(CallerHushed(at) if draw(st.booleans()) else CallerAudible(at))
        elif kind == 4:
            events.append(AgentText(at, draw(st.sampled_from(["Open from nine. ", "Shall I? ", ""]))))
        else:
            key += 1
            confidence = draw(st.sampled_from([None, 0.05, 0.3, 0.9]))
            events.append(Transcript(at, key, draw(st.sampled_from(TEXTS)), draw(st.booleans()), confidence))
    return events


@settings(max_examples=150, deadline=None)
@given(stories())
def test_every_transcript_has_exactly_one_fate(events: list[Event]) -> None:
    story = Driver().run(*events, close_at=1000.0)
    fates = [key for d in story.decisions if isinstance(d, Deliver | Drop | Pass) for key in d.keys]
    assert sorted(fates) == [e.key for e in events if isinstance(e, Transcript)]


@settings(max_examples=150, deadline=None)
@given(stories())
def test_nothing_is_left_behind(events: list[Event]) -> None:
    story = Driver().run(*events, close_at=1000.0)
    assert story.gate.idle
    assert story.timers == {}


@settings(max_examples=150, deadline=None)
@given(stories())
def test_content_that_is_sure_is_never_lost(events: list[Event]) -> None:
    story = Driver().run(*events, close_at=1000.0)
    texts = {e.key: e.text for e in events if isinstance(e, Transcript) and e.final and e.confidence in (None, 0.9)}
    repeats = {key for d in story.decisions if isinstance(d, Drop) and d.rule == "repeat" for key in d.keys}
    lost = [key for key in story.dropped if texts.get(key) in ("stop", "no wait", "What time?", "Friday")]
    assert set(lost) <= repeats


@settings(max_examples=150, deadline=None)
@given(stories())
def test_interruptions_happen_only_while_the_agent_is_active_and_may_be_interrupted(events: list[Event]) -> None:
    story = Driver()
    state = AgentState(0.0, "listening")
    for event in events:
        if isinstance(event, AgentState):
            state = event
        before = len(story.interrupts)
        story.run(event)
        for decision in story.interrupts[before:]:
            assert isinstance(decision, Interrupt)
            assert state.interruptible
            assert state.state in ("speaking", "thinking")


@settings(max_examples=100, deadline=None)
@given(stories())
def test_what_is_held_is_what_was_given_and_decided_later(events: list[Event]) -> None:
    story = Driver().run(*events, close_at=1000.0)
    decided: set[int] = set()
    for decision in story.decisions:
        if isinstance(decision, Hold):
            assert not decided & set(decision.keys)
        elif isinstance(decision, Deliver | Drop | Pass):
            assert not decided & set(decision.keys)
            decided |= set(decision.keys)

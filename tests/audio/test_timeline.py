import math

import pytest

from callagent.audio import Span, Timeline


@pytest.fixture
def timeline() -> Timeline:
    """The agent speaks from 1 to 3 s with a gap of 0.1 s, is cut off at 5.5 s, and the time is 8 s."""
    line = Timeline()
    line.add_agent(1.0, 2.0, "Hello.")
    line.add_agent(2.1, 3.0)
    line.add_agent(5.0, 5.5, interrupted=True)
    line.add_caller(5.2, 5.8, "No, stop.")
    line.advance(8.0)
    return line


def levels(*agent: float) -> Timeline:
    line = Timeline()
    for level in agent:
        line.add_levels(agent=level)
    return line


def test_spans_are_kept_in_order_of_their_start() -> None:
    line = Timeline()
    line.add_agent(3.0, 4.0)
    line.add_agent(1.0, 2.0)
    assert line.agent == [Span(1.0, 2.0), Span(3.0, 4.0)]


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Timeline().add_caller(2.0, 1.0)


def test_an_open_span_reaches_up_to_now() -> None:
    line = Timeline()
    line.begin_agent(1.0, "Hello.")
    line.advance(1.5)
    assert line.agent == [Span(1.0, 1.5, "Hello.")]
    assert line.agent_active
    line.end_agent(2.0)
    assert line.agent == [Span(1.0, 2.0, "Hello.")]
    assert not line.agent_active


def test_a_second_span_cannot_be_opened_over_the_first() -> None:
    line = Timeline()
    line.begin_caller(1.0)
    with pytest.raises(RuntimeError, match="still open"):
        line.begin_caller(2.0)


def test_what_is_returned_does_not_change_the_timeline(timeline: Timeline) -> None:
    timeline.agent.clear()
    assert timeline.agent


def test_a_cut_marks_the_span_that_was_open() -> None:
    line = Timeline()
    line.begin_agent(1.0)
    line.cut_agent(2.0)
    assert line.agent == [Span(1.0, 2.0, interrupted=True)]


def test_a_cut_during_a_pause_marks_the_span_before_it() -> None:
    line = Timeline()
    line.add_agent(1.0, 2.0)
    line.cut_agent(2.4)
    assert line.agent == [Span(1.0, 2.0, interrupted=True)]


def test_time_never_goes_back(timeline: Timeline) -> None:
    timeline.advance(1.0)
    assert timeline.end == 8.0


@pytest.mark.parametrize(("at", "active"), [(0.9, False), (1.0, True), (2.0, False), (2.05, False), (5.4, True)])
def test_who_was_active_when(timeline: Timeline, at: float, active: bool) -> None:
    assert timeline.agent_active_at(at) is active


def test_the_callers_activity_is_known_too(timeline: Timeline) -> None:
    assert timeline.caller_active_at(5.3)
    assert not timeline.caller_active_at(5.8)


@pytest.mark.parametrize(("after", "start"), [(0.0, 1.0), (1.0, 1.0), (1.5, 2.1), (3.0, 5.0), (5.1, None)])
def test_the_next_start_of_the_agent(timeline: Timeline, after: float, start: float | None) -> None:
    assert timeline.next_agent_start(after) == start


@pytest.mark.parametrize(
    ("at", "hold", "stop"),
    [
        (1.5, 0.2, 3.0),  # the gap of 0.1 s is no stop
        (1.5, 0.05, 2.0),
        (4.0, 0.2, 5.5),
        (5.3, 5.0, 5.5),  # a cut is a stop whatever follows
        (2.5, 3.0, 5.5),
        (6.0, 0.2, None),
    ],
)
def test_when_the_agent_stopped(timeline: Timeline, at: float, hold: float, stop: float | None) -> None:
    assert timeline.agent_stop_after(at, hold=hold) == stop


def test_an_end_is_a_stop_only_after_enough_silence() -> None:
    line = Timeline()
    line.begin_agent(1.0)
    line.advance(2.0)
    assert line.agent_stop_after(1.5) is None
    line.end_agent(2.0)
    line.advance(2.1)
    assert line.agent_stop_after(1.5) is None
    line.advance(2.2)
    assert line.agent_stop_after(1.5) == 2.0


@pytest.mark.parametrize(
    ("start", "end", "gap"),
    [
        (1.0, 3.0, 0.1),
        (1.0, 2.0, 0.0),
        (2.05, 3.0, 0.0),  # no agent audio in the window before the silence
        (2.5, 4.9, 0.0),  # nor after it
        (1.5, 5.1, 2.0),
    ],
)
def test_the_longest_gap_lies_between_agent_audio(timeline: Timeline, start: float, end: float, gap: float) -> None:
    assert timeline.longest_agent_gap(start, end) == pytest.approx(gap)


@pytest.mark.parametrize(
    ("start", "end", "silence"), [(1.2, 1.8, 0.0), (2.5, 4.9, 1.9), (0.0, 1.5, 1.0), (6.0, 8.0, 2.0), (2.05, 2.5, 0.05)]
)
def test_the_longest_silence_counts_the_edges(timeline: Timeline, start: float, end: float, silence: float) -> None:
    assert timeline.longest_agent_silence(start, end) == pytest.approx(silence)


def test_spans_that_touch_leave_no_gap() -> None:
    line = Timeline()
    line.add_agent(1.0, 2.0)
    line.add_agent(2.0, 3.0)
    assert line.longest_agent_gap(1.0, 3.0) == 0.0
    assert line.longest_agent_silence(1.0, 3.0) == 0.0


def test_audibility_goes_by_the_level() -> None:
    line = levels(-100, -60, -30, -70, -20, -100)
    assert line.first_agent_audible(0.0) == pytest.approx(0.04)
    assert line.last_agent_audible(0.0) == pytest.approx(0.10)
    assert line.first_agent_audible(0.06) == pytest.approx(0.08)
    assert line.last_agent_audible(0.0, 0.07) == pytest.approx(0.06)
    assert line.first_agent_audible(0.10) is None
    assert line.last_agent_audible(0.10) is None


def test_audibility_is_cut_to_the_window() -> None:
    line = levels(-30)
    assert line.first_agent_audible(0.005) == 0.005
    assert line.last_agent_audible(0.005, 0.015) == 0.015


def test_without_levels_audibility_goes_by_the_spans(timeline: Timeline) -> None:
    assert timeline.first_agent_audible(3.5) == 5.0
    assert timeline.first_agent_audible(5.2) == 5.2
    assert timeline.last_agent_audible(0.0, 4.0) == 3.0
    assert timeline.last_agent_audible(5.2) == 5.5
    assert timeline.last_agent_audible(6.0) is None


def test_levels_tell_the_time() -> None:
    line = levels(*[-100.0] * 150)
    assert line.end == 3.0
    assert len(line.agent_levels) == len(line.caller_levels) == 150


def test_asking_far_beyond_the_end_is_allowed() -> None:
    assert levels(-30).first_agent_audible(100.0) is None
    assert levels(-30).last_agent_audible(0.0, math.inf) == 0.02

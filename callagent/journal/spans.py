"""Who was on the line when, as far as the journal of a call knows, and what the agent was doing from when to when."""

import bisect
import itertools
from collections.abc import Sequence

from callagent.audio import Span, Timeline
from callagent.journal.call_log import ObservationLog
from callagent.journal.events import (
    AgentAudible,
    AgentSilent,
    AgentState,
    CallerAudible,
    CallerSilent,
    PlayoutEnded,
    TurnAdded,
)
from callagent.journal.journal_file import CallJournal
from callagent.turns.gate.events import CallerStarted, CallerStopped, Event, Transcript
from callagent.turns.gate.gate_state import LATE_S

EARLY_S = 0.3
"""A turn may be noted as begun so much before its audio is: the first frames are on their way, in seconds."""


def agent_states(changes: Sequence[AgentState], end: float) -> list[tuple[float, float, str]]:
    """Tell from when to when the agent was in which state, until the call's `end`."""
    bounds = itertools.pairwise([*((change.at, change.state) for change in changes), (end, "")])
    return [(start, until, state) for (start, state), (until, _) in bounds if until > start]


def timeline_of(journal: CallJournal) -> Timeline:
    """Return the timeline of a call from its journal.

    What a scripted caller said is known; a real caller was audible when the gate's VAD says so, with the words that
    were understood. The agent was audible when its playouts were.
    """
    timeline = Timeline()
    for span in _played(journal.log) or [Span(*each) for each in spoken(journal.events, journal.seconds)]:
        timeline.add_caller(span.start, span.end, span.text)
    for span in _playouts(journal.log, journal.seconds):
        timeline.add_agent(span.start, span.end, span.text, interrupted=span.interrupted)
    timeline.advance(journal.seconds)
    return timeline


def caller_speech(events: Sequence[Event], end: float) -> list[tuple[float, float]]:
    """Tell from when to when the VAD heard the caller, first sample to last; speech
    that still goes on lasts until `end`.
    """
    spans: list[tuple[float, float]] = []
    began: float | None = None
    for event in events:
        if isinstance(event, CallerStarted):
            if began is not None:
                spans.append((began, max(began, event.onset)))
            began = max(event.onset, spans[-1][1]) if spans else event.onset
        elif isinstance(event, CallerStopped) and began is not None:
            spans.append((began, max(began, event.offset)))
            began = None
    if began is not None:
        spans.append((began, max(began, end)))
    return spans


def spoken(events: Sequence[Event], end: float) -> list[tuple[float, float, str]]:
    """Return each stretch of the caller's speech, from its first sample to its last,
    with the words that were understood.

    A final transcript belongs to the speech that goes on when it comes; or to the one before, when that has ended a
    moment ago and has no words yet: a recogniser needs its time. One that comes much later belongs to none.
    """
    spans = caller_speech(events, end)
    starts = [start for start, _ in spans]
    words: dict[int, list[str]] = {}
    for event in events:
        if isinstance(event, Transcript) and event.final and event.text.strip():
            index = bisect.bisect_right(starts, event.at) - 1
            if index > 0 and event.at < spans[index][1] and index - 1 not in words:
                index -= event.at - spans[index - 1][1] <= LATE_S
            if index >= 0 and event.at - spans[index][1] <= LATE_S:
                words.setdefault(index, []).append(event.text)
    return [(start, end, " ".join(words.get(index, []))) for index, (start, end) in enumerate(spans)]


def _played(log: ObservationLog) -> list[Span]:
    ends = {entry.index: entry.at for entry in log.of(CallerSilent)}
    return [
        Span(entry.at, max(entry.at, ends.get(entry.index, log.now())), entry.text) for entry in log.of(CallerAudible)
    ]


def _playouts(log: ObservationLog, end: float) -> list[Span]:
    """Tell when the agent was audible, and what it said there where the words
    themselves are not known by their time.
    """
    spans: list[Span] = []
    began: float | None = None
    for entry in log:
        if isinstance(entry, AgentAudible) and began is None:
            began = entry.at
        elif isinstance(entry, AgentSilent | PlayoutEnded):
            cut = isinstance(entry, PlayoutEnded) and entry.interrupted
            if began is not None:
                spans.append(Span(began, max(began, entry.at), interrupted=cut))
            elif cut and spans:
                spans[-1] = Span(spans[-1].start, spans[-1].end, interrupted=True)
            began = None
    if began is not None:
        spans.append(Span(began, max(began, end)))
    said = [_spoken(entry) for entry in log.of(TurnAdded) if entry.role == "assistant"]
    return [Span(each.start, each.end, _within(said, spans, each), each.interrupted) for each in spans]


def _spoken(turn: TurnAdded) -> tuple[float, str]:
    return turn.metrics.get("started_speaking_at", turn.at), turn.text


def _within(said: Sequence[tuple[float, str]], spans: Sequence[Span], span: Span) -> str:
    """Return the turns that began in the span, or just before it."""
    following = min((each.start for each in spans if each.start > span.start), default=float("inf"))
    return " ".join(text for at, text in said if span.start - EARLY_S <= at < following - EARLY_S)

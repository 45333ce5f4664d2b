"""From the log of a call to what its page shows of it: the same for scripted and for real calls."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from callagent.audio import SAMPLE_RATE, Samples, Timeline
from callagent.journal import (
    AgentKeys,
    AgentState,
    AgentWords,
    Answered,
    AuthorNote,
    CallEnded,
    CallerHeard,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    DoNotCall,
    GateDecided,
    HandedOver,
    Note,
    ObservationLog,
    OnHold,
    OptedOut,
    Ringing,
    ToolCalled,
    TransferRequested,
    Trouble,
)
from callagent.journal.latency import TurnLatency, latencies
from callagent.journal.recordings.recording_events import RecordingEvent, recording_words
from callagent.journal.spans import agent_states
from callagent.scripted_calls.report.live_view import compliance_words
from callagent.scripted_calls.report.page_data import CallReport, Decision, Latency, Moment, Outcome, Recording, Word
from callagent.scripted_calls.report.plot.call_scene import Heard, Scene, StateSpan

KINDS = {"drop": "talked on", "interrupt": "stopped", "deliver": "answered", "pass": "answered"}
"""What the decisions of the gate come to, in the words of the reports."""

EMBEDDED_BYTES = 6_000_000
"""Recordings up to about three minutes are put into the page, which can then be sent by mail as one file."""


def report_of_log(
    title: str,
    outcome: Outcome,
    log: ObservationLog,
    timeline: Timeline,
    seconds: float,
    *,
    facts: Mapping[str, str],
    sides: tuple[Samples, Samples],
    recording: Recording | None = None,
    first_byte: float | None = None,
    made: str = "",
    index: str | None = None,
) -> CallReport:
    """Return what the page of a call shows of what happened in it.

    Args:
        seconds: how long the call was.
        sides: what the caller and the agent sounded like; empty where there is no sound.
        first_byte: see `callagent.journal.latency.latencies`.
    """
    return CallReport(
        title=title,
        outcome=outcome,
        scene=_scene(log, timeline, seconds, sides),
        facts=facts,
        words=[Word(entry.at, entry.text) for entry in log.of(AgentWords)],
        decisions=[_decision(entry) for entry in sorted(log.of(GateDecided), key=lambda entry: entry.at)],
        moments=sorted(_moments(log), key=lambda moment: moment.at),
        latencies=[_latency(each, log) for each in latencies(log, timeline, log.turns, first_byte=first_byte)],
        recording=recording,
        made=made,
        index=index,
    )


def recording_of(path: Path, page: Path) -> Recording:
    """Return the recording for a page in the directory `page`: inside it, or by its way from there."""
    if path.stat().st_size <= EMBEDDED_BYTES:
        return Recording(path.name, path.read_bytes())
    return Recording(quote(os.path.relpath(path, page)))


def _scene(log: ObservationLog, timeline: Timeline, seconds: float, sides: tuple[Samples, Samples]) -> Scene:
    caller, agent = sides
    return Scene(
        caller,
        agent,
        SAMPLE_RATE,
        timeline.caller,
        timeline.agent,
        [StateSpan(*span) for span in agent_states(log.of(AgentState), seconds)],
        [Heard(entry.at, entry.text, entry.final) for entry in log.of(CallerHeard)],
    )


def _decision(entry: GateDecided) -> Decision:
    kind = KINDS.get(entry.decision, entry.decision)
    return Decision(entry.at, kind, entry.rule, entry.heard, entry.reaction_ms)


def _latency(latency: TurnLatency, log: ObservationLog) -> Latency:
    heard = log.turns[latency.turn].text
    return Latency(latency.start, latency.end, heard, latency.parts, latency.rest, latency.accounted)


def _moments(log: ObservationLog) -> Iterator[Moment]:
    for entry in log:
        match entry:
            case ToolCalled(at=at, name=name, arguments=arguments):
                yield Moment(at, "tool", f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})")
            case CallerKeys(at=at, digits=digits):
                yield Moment(at, "keys", digits)
            case AgentKeys(at=at, digits=digits, failed=failed):
                yield Moment(at, "keys", f"{digits} sent by the agent{failed and f', failed: {failed}'}")
            case TransferRequested(at=at, to=to, refused=refused):
                yield Moment(at, "transfer", f"to {to}{refused and f', refused: {refused}'}")
            case HandedOver(at=at, agent=agent, before=before) if before:
                yield Moment(at, "agent", f"{agent} has the call, {before} had it")
            case OnHold(at=at, begun=begun):
                yield Moment(at, "line", "on hold" if begun else "no longer on hold")
            case DoNotCall(at=at, refused=refused):
                yield Moment(at, "line", f"not to be called again{refused and f', refused: {refused}'}")
            case Disclosed() | DisclosureMissed() | OptedOut():
                yield Moment(entry.at, "compliance", compliance_words(entry))
            case RecordingEvent():
                yield Moment(entry.at, "line", recording_words(entry))
            case Ringing(at=at):
                yield Moment(at, "line", "rings")
            case Answered(at=at):
                yield Moment(at, "line", "answered")
            case Trouble(at=at, message=message):
                yield Moment(at, "trouble", message)
            case Note(at=at, message=message):
                yield Moment(at, "note", message)
            case AuthorNote(at=at, text=text):
                yield Moment(at, "note", text)
            case CallEnded(at=at):
                yield Moment(at, "end", how_it_ended(entry))


def how_it_ended(ended: CallEnded) -> str:
    """Return the end of a call in words, with what made the agent end it and what failed."""
    because = f" ({ended.because})" if ended.because else ""
    return f"{ended.reason}{because}{f': {ended.error}' if ended.error else ''}"

"""A finished call as data: everything that a report draws, in plain JSON."""

from typing import Any

from callagent.journal import (
    AgentKeys,
    AgentState,
    AgentWords,
    AuthorNote,
    CallerHeard,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    HandedOver,
    Observation,
    ToolCalled,
    TransferRequested,
    Trouble,
)
from callagent.journal.latency import TurnLatency, latencies
from callagent.journal.spans import agent_states
from callagent.scripted_calls.levels.text.silent_line import FIRST_BYTE_S
from callagent.scripted_calls.run.live_call import Stage
from callagent.scripted_calls.run.result import CallResult
from callagent.scripted_calls.script.call_script import LevelName


def timeline_data(result: CallResult, stage: Stage) -> dict[str, Any]:
    """Return the call's `timeline.json`. Times are seconds of call time, rounded to milliseconds.

    Beside the fields of `callagent call --json` (a step has its `at` as well, null when it was judged after the call):
    `caller` and `agent`, the spans in which each was on the line; `states`, the agent's; `words`, what the agent said
    as it was heard; `heard`, the transcripts; `keys`, `tools`, `author_notes`, `disclosures`, `disclosures_missed`,
    `trouble`; `ended`, null when the call was broken off; and `latencies`, one for each turn that was answered, see
    `callagent.journal.latency`.
    """
    log, timeline = result.log, stage.timeline
    ended = log.ended
    return {
        **result.as_dict(),
        "steps": [{**step.as_dict(), "at": None if step.at is None else round(step.at, 3)} for step in result.steps],
        "caller": [{**_span(span.start, span.end), "text": span.text} for span in timeline.caller],
        "agent": [{**_span(span.start, span.end), "interrupted": span.interrupted} for span in timeline.agent],
        "states": [
            {**_span(start, end), "state": state}
            for start, end, state in agent_states(log.of(AgentState), result.seconds)
        ],
        "words": [{**_at(entry), "text": entry.text} for entry in log.of(AgentWords)],
        "heard": [{**_at(entry), "text": entry.text, "final": entry.final} for entry in log.of(CallerHeard)],
        "latencies": [latency.as_dict() for latency in turn_latencies(result, stage)],
        "keys": [{**_at(entry), "digits": entry.digits} for entry in log.of(CallerKeys)],
        "keys_sent": [{**_at(entry), "digits": entry.digits} for entry in log.of(AgentKeys)],
        "transfers": [{**_at(entry), "to": entry.to, "refused": entry.refused} for entry in log.of(TransferRequested)],
        "agents": [{**_at(entry), "agent": entry.agent, "before": entry.before} for entry in log.of(HandedOver)],
        "tools": [{**_at(entry), "name": entry.name, "arguments": entry.arguments} for entry in log.of(ToolCalled)],
        "author_notes": [{**_at(entry), "text": entry.text} for entry in log.of(AuthorNote)],
        "disclosures": [
            {**_at(entry), "kind": entry.kind, "complete": entry.complete, "offset": round(entry.offset, 3)}
            for entry in log.of(Disclosed)
        ],
        "disclosures_missed": [
            {**_at(entry), "kind": entry.kind, "within": entry.within, "why": entry.why}
            for entry in log.of(DisclosureMissed)
        ],
        "trouble": [{**_at(entry), "message": entry.message} for entry in log.of(Trouble)],
        "ended": {**_at(ended), "reason": ended.reason} if ended else None,
    }


def turn_latencies(result: CallResult, stage: Stage) -> list[TurnLatency]:
    """Return what the latency of each answered turn of a finished call is made of."""
    return latencies(result.log, stage.timeline, result.log.turns, first_byte=first_byte_of(result.level))


def first_byte_of(level: LevelName) -> float | None:
    """Return seconds to the first byte of the voice at a level on virtual time,
    where livekit-agents cannot measure it.
    """
    return FIRST_BYTE_S if level == "text" else None


def _at(entry: Observation) -> dict[str, float]:
    return {"at": round(entry.at, 3)}


def _span(start: float, end: float) -> dict[str, float]:
    return {"start": round(start, 3), "end": round(end, 3)}

"""What a job tells its room in development: observations as JSON packets, on the wall's clock."""

import math
from collections.abc import Mapping
from typing import Any

from callagent.audio import CallClock
from callagent.journal.endings import words_of
from callagent.journal.events import (
    AgentAudible,
    AuthorNote,
    BackgroundSound,
    CallEnded,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Note,
    Observation,
    OptedOut,
    PlayoutEnded,
    StateChanged,
    ToolCalled,
    Trouble,
    TurnAdded,
)
from callagent.turns import Heard, OverlapRecord


def packet_of(entry: Observation, clock: CallClock) -> dict[str, Any] | None:
    """Return the packet for an observation; None for what is not told.

    Each is an object: `type`, `at` (a `time.time()` stamp) and the fields of its type. There are `turn` (role, text,
    interrupted, metrics: the seconds and stamps of livekit's `MetricsReport`), `tool` (name, arguments), `decision`
    (overlap, as in the record), `handed_over` (agent, before, task), `state` (path, value, missing: what a scripted
    call asks for), `audible` and `silent` (interrupted) for the agent's playouts, `background` (kind, sound, playing),
    `disclosed` (kind, complete, offset), `disclosure_missed` (kind, within, why), `opted_out` (by, listed), `error` and
    `note` (message), `author_note` (text), `ended` (reason, error).
    """
    fields: dict[str, Any]
    match entry:
        case TurnAdded(role=role, text=text, interrupted=interrupted, metrics=metrics):
            stamps = {name: clock.wall(value) if name.endswith("_at") else value for name, value in metrics.items()}
            fields = {"type": "turn", "role": role, "text": text, "interrupted": interrupted, "metrics": stamps}
        case ToolCalled(name=name, arguments=arguments):
            fields = {"type": "tool", "name": name, "arguments": arguments}
        case HandedOver(agent=agent, before=before, task=task):
            fields = {"type": "handed_over", "agent": agent, "before": before, "task": task}
        case StateChanged(path=path, value=value, missing=missing):
            fields = {"type": "state", "path": path, "value": value, "missing": missing}
        case GateDecided(overlap=OverlapRecord() as overlap):
            fields = {"type": "decision", "overlap": overlap.as_dict()}
        case AgentAudible():
            fields = {"type": "audible"}
        case PlayoutEnded(interrupted=interrupted):
            fields = {"type": "silent", "interrupted": interrupted}
        case BackgroundSound(kind=kind, sound=sound, playing=playing):
            fields = {"type": "background", "kind": kind, "sound": sound, "playing": playing}
        case Disclosed(kind=kind, complete=complete, offset=offset):
            fields = {"type": "disclosed", "kind": kind, "complete": complete, "offset": offset}
        case DisclosureMissed(kind=kind, within=within, why=why):
            fields = {"type": "disclosure_missed", "kind": kind, "within": within, "why": why}
        case OptedOut(by=by, listed=listed):
            fields = {"type": "opted_out", "by": by, "listed": listed}
        case Trouble(message=message):
            fields = {"type": "error", "message": message}
        case Note(message=message):
            fields = {"type": "note", "message": message}
        case AuthorNote(text=text):
            fields = {"type": "author_note", "text": text}
        case CallEnded(reason=reason, error=error):
            words = words_of(reason)
            fields = {"type": "ended", "reason": words.record if words else None, "error": error}
        case _:
            return None
    return {"type": fields.pop("type"), "at": clock.wall(entry.at), **fields}


def observation_of(packet: Mapping[str, Any], clock: CallClock) -> Observation | None:
    """Return the observation in a packet, for a listener with another clock; None for a type that is not known here.

    The end of a call is the listener's own to observe: a packet only tells why.

    Raises:
        KeyError, TypeError, ValueError: it is no packet of a job.
    """
    at = clock.of(float(packet["at"]))
    match packet["type"]:
        case "turn":
            metrics = turn_metrics(packet["metrics"], clock)
            return TurnAdded(at, packet["role"], packet["text"], metrics, packet["interrupted"])
        case "tool":
            return ToolCalled(at, packet["name"], packet["arguments"])
        case "handed_over":
            return HandedOver(at, packet["agent"], packet["before"], bool(packet["task"]))
        case "state":
            return StateChanged(at, packet["path"], packet["value"], packet["missing"])
        case "decision":
            return _decision(packet["overlap"], at)
        case "audible":
            return AgentAudible(at)
        case "silent":
            return PlayoutEnded(at, bool(packet["interrupted"]))
        case "background":
            return BackgroundSound(at, packet["kind"], packet["sound"], bool(packet["playing"]))
        case "disclosed":
            return Disclosed(at, packet["kind"], bool(packet["complete"]), float(packet["offset"]))
        case "disclosure_missed":
            return DisclosureMissed(at, packet["kind"], float(packet["within"]), packet["why"])
        case "opted_out":
            return OptedOut(at, packet["by"], bool(packet["listed"]))
        case "error":
            return Trouble(at, packet["message"])
        case "note":
            return Note(at, packet["message"])
        case "author_note":
            return AuthorNote(at, packet["text"])
    return None


def turn_metrics(report: Mapping[str, object], clock: CallClock) -> dict[str, float]:
    """Return the figures of a message's `MetricsReport`, its instants in call time."""
    figures = {name: value for name, value in report.items() if isinstance(value, float) and math.isfinite(value)}
    return {name: clock.of(value) if name.endswith("_at") else value for name, value in figures.items()}


def _decision(overlap: Mapping[str, Any], at: float) -> GateDecided:
    """Return the decision of a gate whose times are on another clock than `at`."""
    shift = at - overlap["at"]
    ends = {name: None if overlap[name] is None else overlap[name] + shift for name in ("offset", "silent_at")}
    heard = [
        Heard(each["at"] + shift, each["text"], each["final"], each["confidence"]) for each in overlap["transcripts"]
    ]
    record = OverlapRecord(
        onset=overlap["onset"] + shift,
        decided_at=at,
        decision=overlap["decision"],
        rule=overlap["rule"],
        heard=tuple(heard),
        **ends,
    )
    return GateDecided(at, overlap["heard"], overlap["decision"], overlap["rule"], overlap["reaction_ms"], record)

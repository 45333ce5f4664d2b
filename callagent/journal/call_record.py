"""The record of one call: who, when, what was said, what the gate decided, how it ended. One JSON file per call."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import callagent.journal.recordings.recording_events as recording
from callagent.audio import CallClock
from callagent.journal.call_log import ObservationLog
from callagent.journal.codec import REAL, Head
from callagent.journal.endings import Happening, Reason, State, after, words_of
from callagent.journal.events import (
    AgentKeys,
    Answered,
    AuthorNote,
    CallEnded,
    CallerKeys,
    Disclosed,
    DisclosureMissed,
    DoNotCall,
    GateDecided,
    HandedOver,
    Note,
    Observation,
    OnHold,
    OptedOut,
    ToolCalled,
    ToolReturned,
    TransferRequested,
    TurnAdded,
)
from callagent.journal.journal_file import FILE_NAME
from callagent.journal.operator.operator_events import operator_in_record
from callagent.journal.outages.outage_log import outage_in_record
from callagent.private_files import write_text
from callagent.sanitise import json_text

LONGEST_RESULT = 1000
"""Characters of a tool's result that are recorded."""

_log = logging.getLogger("callagent.journal")


@dataclass
class CallRecord:
    """What is known of a call while it runs; `write` may be called at any moment, and leaves a whole file or none.

    What happens in the call is in its `log`; the record knows besides:

    Args:
        call: id of the job that answers the call.
        room: name of its room.
        profile_source: what chose the profile.
        caller: the participant's identity and `sip.*` attributes.
        context: the same and more, by its meaning.
        started, answered, ended: as `time.time()`; state: whether and how it has ended.
        error: what failed, where something did.
        because: what made the agent or the worker end the call; None where it was the talk itself.
        profile_hash: SHA-256 of the profile as it is in this call; agent: the agent name of the worker.
        offered: when the call reached livekit-server, as `time.time()`; None where that is not known.
        attempt: id of the attempt of an outbound call; redact, language, after_call, destinations: as in `Head`.
    """

    call: str
    room: str
    profile: str = ""
    profile_source: str = "default"
    caller: dict[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.time)
    answered: float | None = None
    ended: float | None = None
    state: State = "open"
    error: str | None = None
    because: str | None = None
    profile_hash: str = ""
    agent: str = ""
    offered: float | None = None
    attempt: str = ""
    redact: tuple[str, ...] | None = None
    language: str = ""
    after_call: bool = False
    destinations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.clock = CallClock(self.started)
        self.log = ObservationLog(self.clock.now)

    @property
    def reason(self) -> Reason | None:
        """How the call ended, in the words of the record; None while it goes on."""
        words = words_of(self.state)
        return words.record if words else None

    def note(self, text: str) -> None:
        """Record something that went otherwise than asked, and log it."""
        self.log.add(Note(self.clock.now(), text))
        _log.warning("call note", extra={"room": self.room, "note": text})

    def author_note(self, text: str) -> None:
        """Record what the author of the agent has noted; it may name people, so it is in no log."""
        self.log.add(AuthorNote(self.clock.now(), text))

    def answer(self) -> None:
        """Record that the call is answered now."""
        self.answered = time.time()
        self.log.add(Answered(self.clock.of(self.answered)))

    def happened(self, event: Happening, error: str | None = None) -> None:
        """Record what may have ended the call; what it makes of the call is in the table of endings.

        Args:
            error: what failed, for the end that the event makes.
        """
        before, self.state = self.state, after(self.state, event)
        if self.state != before and self.reason is not None:
            self.error = error or self.error
            self.ended = self.ended or time.time()

    @property
    def ending(self) -> CallEnded | None:
        """The end of the call as an observation; None while it goes on."""
        if self.state == "open" or self.state == "handed over":
            return None
        at = self.clock.now() if self.ended is None else self.clock.of(self.ended)
        return CallEnded(at, self.state, self.log.kept_text(self.error), self.because)

    def head(self, made_by: str) -> Head:
        """Return the first line of the call's journal."""
        return Head(
            self.call,
            self.profile,
            REAL,
            room=self.room,
            started=_iso(self.started) or "",
            context=self.log.kept_context(self.context),
            made_by=made_by,
            profile_source=self.profile_source,
            profile_hash=self.profile_hash,
            agent=self.agent,
            offered=_iso(self.offered) or "",
            attempt=self.attempt,
            redact=self.redact,
            language=self.language,
            after_call=self.after_call,
            destinations=self.destinations,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the record as JSON types; instants are ISO 8601 in UTC, `at` fields seconds from `started`."""
        return {
            "call": self.call,
            "room": self.room,
            "profile": self.profile,
            "profile_source": self.profile_source,
            "caller": self.caller,
            "context": self.log.kept_context(self.context),
            "started": _iso(self.started),
            "answered": _iso(self.answered),
            "ended": _iso(self.ended),
            "seconds": None if self.ended is None else round(self.ended - self.started, 3),
            "reason": self.reason,
            "because": self.because,
            "error": self.log.kept_text(self.error),
            **told_of(self.log),
        }

    def path(self, directory: Path) -> Path:
        """Tell where the record goes: `<start>-<call>.json`."""
        stamp = datetime.fromtimestamp(self.started, UTC).strftime("%Y%m%dT%H%M%S")
        return directory / f"{stamp}-{self.call}.json"

    def write(self, directory: Path) -> Path:
        """Write the record into the directory and give its path.

        What JSON cannot hold is replaced, which the log tells: a record is worth more than a value in it.

        Raises:
            OSError: it cannot be written; nothing is left of it.
        """
        path = self.path(directory)
        write_text(path, json_text(self.as_dict(), indent=2) + "\n")
        return path


def told_of(log: ObservationLog) -> dict[str, Any]:
    """Return what happened in a call as JSON types, by the fields of its record."""
    entries = list(log)
    return {
        "notes": [entry.message for entry in entries if isinstance(entry, Note)],
        "author_notes": [
            {"text": entry.text, "at": round(entry.at, 3)} for entry in entries if isinstance(entry, AuthorNote)
        ],
        "turns": [
            {"role": entry.role, "text": entry.text, "interrupted": entry.interrupted, "at": round(entry.at, 3)}
            for entry in entries
            if isinstance(entry, TurnAdded)
        ],
        "tools": _tools(entries),
        "decisions": [entry.overlap.as_dict() for entry in entries if isinstance(entry, GateDecided) and entry.overlap],
        "events": [{"at": round(entry.at, 3), **event} for entry in entries if (event := _event(entry)) is not None],
    }


def caller_of(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the participant's identity and `sip.*` attributes by the context of a call, as a record has them."""
    names = {
        "identity": "identity",
        "sip.phoneNumber": "number",
        "sip.trunkPhoneNumber": "own_number",
        "sip.trunkID": "trunk",
        "sip.ruleID": "rule",
        "sip.callID": "call_id",
        "sip.callIDFull": "sip_call_id",
    }
    return {name: value for name, key in names.items() if (value := context.get(key))}


def journal_beside(record: Path) -> Path:
    """Tell where the journal of the call with that record is."""
    return record.with_name(f"{record.stem}.{FILE_NAME}")


def _tools(entries: list[Observation]) -> list[dict[str, Any]]:
    """Return the calls of tools, each with what came of it where it is over."""
    returned = {entry.call: entry for entry in entries if isinstance(entry, ToolReturned)}
    return [
        {
            "name": entry.name,
            "arguments": entry.arguments,
            "at": round(entry.at, 3),
            **_result(returned.get(entry.call)),
        }
        for entry in entries
        if isinstance(entry, ToolCalled)
    ]


def _result(returned: ToolReturned | None) -> Mapping[str, str]:
    return {} if returned is None else {"status": returned.status, "result": returned.result[:LONGEST_RESULT]}


def _event(entry: Observation) -> Mapping[str, Any] | None:
    """Return what happened beside the talk: a key, a transfer, the caller on hold, another agent, a disclosure."""
    match entry:
        case HandedOver(agent=agent, before=before, task=False) if before:
            return {"type": "hand-over", "from": before, "to": agent}
        case HandedOver(agent=agent, before=before) if before:
            return {"type": "task", "from": before, "to": agent}
        case CallerKeys(digits=digits):
            return {"type": "key", "key": digits}
        case AgentKeys(digits=digits, failed=failed):
            return {"type": "keys sent", **_failed(failed), "keys": digits}
        case TransferRequested(to=to, refused=refused, warm=warm, way=way):
            accepted = _failed(refused) or {"outcome": "accepted"}
            return {
                "type": "warm transfer" if warm else "transfer",
                **accepted,
                "to": to,
                **({"way": way} if way else {}),
            }
        case OnHold(begun=begun):
            return {"type": "hold", "outcome": "begun" if begun else "ended"}
        case Disclosed(kind=kind, complete=complete, offset=offset):
            outcome = "complete" if complete else "cut off"
            return {"type": "disclosure", "kind": kind, "outcome": outcome, "offset": round(offset, 3)}
        case DisclosureMissed(kind=kind, within=within, why=why):
            return {"type": "disclosure missed", "kind": kind, "within": within, "detail": why}
        case OptedOut(by=by, listed=listed):
            return {"type": "opt-out", "by": by, "outcome": "listed" if listed else "not listed"}
        case DoNotCall(refused=refused) if refused:
            return {"type": "do not call", **_failed(refused)}
        case DoNotCall(attestation=attestation):
            return {"type": "do not call", "outcome": "accepted", "attestation": attestation}
        case recording.RecordingStarted(location=location):
            return {"type": "recording", "outcome": "started", "location": location}
        case recording.RecordingPaused(why=why):
            return {"type": "recording", "outcome": "paused", "detail": why}
        case recording.RecordingResumed():
            return {"type": "recording", "outcome": "resumed"}
        case recording.RecordingEnded(seconds=seconds):
            return {"type": "recording", "outcome": "ended", "seconds": round(seconds, 3)}
        case recording.RecordingFailed(why=why):
            return {"type": "recording", **_failed(why)}
    return outage_in_record(entry) or operator_in_record(entry)


def _failed(detail: str) -> dict[str, str]:
    return {"outcome": "failed", "detail": detail} if detail else {}


def _iso(instant: float | None) -> str | None:
    return None if instant is None else datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds")

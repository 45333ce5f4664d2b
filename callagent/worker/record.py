"""The record of one call: who, when, what was said, what the gate decided, how it ended. One JSON file per call."""

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from callagent.private_files import write_text
from callagent.sanitise import json_text
from callagent.telephony import CallContext

Reason = Literal[
    "caller hung up",
    "agent hung up",
    "no caller came",
    "not answered",
    "machine answered",
    "transferred",
    "error",
    "room closed",
    "worker stopped",
]
"""Why a call ended."""

_log = logging.getLogger("callagent.worker")


@dataclass
class CallRecord:
    """Collects while the call runs; `write` may be called at any moment, and leaves a whole file or none.

    Args:
        call: id of the job that answers the call.
        room: name of its room.
        profile_source: what chose the profile.
        caller: the participant's identity and `sip.*` attributes.
        context: the same and more, by its meaning.
        because: what made the agent or the worker end the call; None where it was the talk itself.
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
    reason: Reason | None = None
    error: str | None = None
    notes: list[str] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    because: str | None = None

    def about(self, context: CallContext) -> None:
        """Records who calls whom, over what."""
        self.context = context.as_dict()
        told = {
            "identity": context.identity,
            "sip.phoneNumber": context.number,
            "sip.trunkPhoneNumber": context.own_number,
            "sip.trunkID": context.trunk,
            "sip.ruleID": context.rule,
            "sip.callID": context.call_id,
            "sip.callIDFull": context.sip_call_id,
        }
        self.caller = {name: value for name, value in told.items() if value}

    def note(self, text: str) -> None:
        """Records something that went otherwise than asked, and logs it."""
        self.notes.append(text)
        _log.warning("call note", extra={"room": self.room, "note": text})

    def event(self, type: str, **fields: str) -> None:
        """Records something that happened on the telephone now: a key, a transfer, the caller on hold."""
        self.events.append({"at": round(time.time() - self.started, 3), "type": type, **fields})

    def end(self, reason: Reason, error: str | None = None) -> None:
        """Records how the call ended; what is recorded first stays."""
        if self.reason is None:
            self.reason = reason
            self.error = error
            self.ended = time.time()

    def correct(self, reason: Reason) -> None:
        """Records the true reason of an end that was recorded, if at all, under another one."""
        self.reason = reason
        self.ended = self.ended or time.time()

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON types; instants are ISO 8601 in UTC, `at` fields seconds from `started`."""
        return {
            "call": self.call,
            "room": self.room,
            "profile": self.profile,
            "profile_source": self.profile_source,
            "caller": self.caller,
            "context": self.context,
            "started": _iso(self.started),
            "answered": _iso(self.answered),
            "ended": _iso(self.ended),
            "seconds": None if self.ended is None else round(self.ended - self.started, 3),
            "reason": self.reason,
            "because": self.because,
            "error": self.error,
            "notes": self.notes,
            "turns": self.turns,
            "tools": self.tools,
            "decisions": self.decisions,
            "events": self.events,
        }

    def write(self, directory: Path) -> Path:
        """Writes `<start>-<call>.json` into the directory and gives its path.

        What JSON cannot hold is replaced, which the log tells: a record is worth more than a value in it.

        Raises:
            OSError: it cannot be written; nothing is left of it.
        """
        stamp = datetime.fromtimestamp(self.started, UTC).strftime("%Y%m%dT%H%M%S")
        path = directory / f"{stamp}-{self.call}.json"
        text = json_text(self.as_dict(), indent=2) + "\n"
        write_text(path, text)
        return path


def _iso(instant: float | None) -> str | None:
    return None if instant is None else datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds")

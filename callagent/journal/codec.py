"""The JSON of a journal: one object a line, its `type` first; what is written is read back exactly.

Lines are read strictly. Texts of the gate are as long as the gate looks at them, all others so long that a line has
room for them.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

import callagent.journal.events as seen
import callagent.journal.operator.operator_events as operator
import callagent.journal.outages.outage_events as failed
import callagent.journal.recordings.recording_events as recording
import callagent.turns.gate.events as told
from callagent.phrases import MAX_CHARACTERS
from callagent.sanitise import encodable, json_text, shortened
from callagent.turns.gate.events import Event

LONGEST_LINE_BYTES: Final = 1 << 20
"""Bytes."""

LONGEST_TEXT: Final = 1 << 16
"""Characters of one text; at most six bytes each when they are escaped."""

REAL: Final = "real"
"""The `level` of a call that was no scripted one."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a journal: which call it was, and how long it took in seconds, where that is known.

    A real call has its `room`, when it `started` (ISO 8601) and the `context` (who called whom over what) besides;
    `made_by` names the package that wrote the journal. What its worker knows of it as well: what chose the profile
    (`profile_source`), the SHA-256 of the profile, the name of the `agent`, when the call reached livekit-server
    (`offered`, ISO 8601), and the id of the `attempt` of an outbound call. `redact` are the kinds of personal data that
    its profile masks, None where that is not known, and `language` is that of the profile; `after_call` tells whether
    the profile wants a model to look at the call when it is over. `destinations` are the names of those that it may be
    transferred to.
    """

    call: str
    profile: str
    level: str
    seconds: float | None = None
    room: str = ""
    started: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = ""
    profile_source: str = ""
    profile_hash: str = ""
    agent: str = ""
    offered: str = ""
    attempt: str = ""
    redact: tuple[str, ...] | None = None
    language: str = ""
    after_call: bool = False
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something the caller said from `start` to `end`, seconds of the call, and what it is meant as."""

    start: float
    end: float
    text: str
    meaning: seen.Meaning | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gate of the call itself stopped the agent, at `at` seconds: what older journals have for decisions."""

    at: float


Line = Head | Utterance | Stopped | seen.Observation | Event

TYPES: Final[Mapping[str, type[Line]]] = {
    "call": Head,
    "utterance": Utterance,
    "stopped": Stopped,
    "agent_state": told.AgentState,
    "agent_text": told.AgentText,
    "caller_started": told.CallerStarted,
    "caller_stopped": told.CallerStopped,
    "caller_hushed": told.CallerHushed,
    "caller_audible": told.CallerAudible,
    "transcript": told.Transcript,
    "timer_fired": told.TimerFired,
    "session_state": seen.AgentState,
    "agent_words": seen.AgentWords,
    "agent_audible": seen.AgentAudible,
    "agent_silent": seen.AgentSilent,
    "playout_ended": seen.PlayoutEnded,
    "utterance_began": seen.CallerAudible,
    "utterance_ended": seen.CallerSilent,
    "caller_heard": seen.CallerHeard,
    "caller_keys": seen.CallerKeys,
    "agent_keys": seen.AgentKeys,
    "transfer": seen.TransferRequested,
    "hold": seen.OnHold,
    "background": seen.BackgroundSound,
    "do_not_call": seen.DoNotCall,
    "disclosed": seen.Disclosed,
    "disclosure_missed": seen.DisclosureMissed,
    "opted_out": seen.OptedOut,
    "ringing": seen.Ringing,
    "answered": seen.Answered,
    "tool": seen.ToolCalled,
    "tool_returned": seen.ToolReturned,
    "handed_over": seen.HandedOver,
    "state": seen.StateChanged,
    "decision": seen.GateDecided,
    "turn": seen.TurnAdded,
    "usage": seen.ModelUsed,
    "recording_started": recording.RecordingStarted,
    "recording_paused": recording.RecordingPaused,
    "recording_resumed": recording.RecordingResumed,
    "recording_ended": recording.RecordingEnded,
    "recording_failed": recording.RecordingFailed,
    "operator": operator.OperatorOrder,
    "error": seen.Trouble,
    "provider_failed": failed.ProviderFailed,
    "fallback": failed.FellBack,
    "recovered": failed.Recovered,
    "hung": failed.Hung,
    "outage": failed.OutageTreated,
    "call_back": failed.CallBackDue,
    "note": seen.Note,
    "author_note": seen.AuthorNote,
    "ended": seen.CallEnded,
}
"""The lines of a journal by their `type`."""

_NAMES = {kind: name for name, kind in TYPES.items()}


class NotALine(ValueError):
    """What is wrong with a line, and with which of its fields."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.message, self.key = message, key


def written(line: Line) -> str:
    """Return the line without its end, whatever is in it: what JSON cannot hold is
    replaced, what is too long is cut.
    """
    cut = _plain if isinstance(line, seen.Observation) else _for_the_gate
    values = {each.name: cut(getattr(line, each.name)) for each in fields(line)}
    text = json_text({"type": _NAMES[type(line)], **values})
    if len(text) * 4 > LONGEST_LINE_BYTES and len(text.encode()) >= LONGEST_LINE_BYTES:
        return json_text({"type": _NAMES[type(line)], **{name: _shortened(each) for name, each in values.items()}})
    return text


def parsed(raw: bytes) -> Line:
    """Return a line that was read. Raise NotALine."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotALine(
            f"is longer than {LONGEST_LINE_BYTES} bytes" if len(raw) == LONGEST_LINE_BYTES else "is not JSON"
        ) from error
    name = found.get("type") if isinstance(found, dict) else None
    if not isinstance(name, str) or name not in TYPES:
        raise NotALine(f"is no line of a journal (type: one of {', '.join(TYPES)})")
    if not all(map(math.isfinite, _numbers(found))):
        raise NotALine("a number is not finite")
    try:
        line: Line = _reader(name).validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise NotALine(first["msg"], ".".join(map(str, first["loc"]))) from error
    return line


@cache
def _reader(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(TYPES[name])


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value, LONGEST_TEXT)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _for_the_gate(value: Any) -> Any:
    """Of a long text the begin and the end, which is what the gate looks at."""
    if isinstance(value, str):
        half = MAX_CHARACTERS // 2
        return encodable(value if len(value) <= MAX_CHARACTERS else f"{value[:half]} {value[-half:]}")
    return value


def _shortened(value: Any) -> Any:
    """Return what makes a line too long, as the begin of its JSON."""
    if not isinstance(value, Mapping | list | tuple):
        return value
    text = json_text(value)
    return value if len(text) <= LONGEST_TEXT else {"": shortened(text, LONGEST_TEXT)}


def _numbers(value: object) -> Iterator[float]:
    """Yield the fractions in a value of JSON types, at any depth."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _numbers(each)

"""A call that is over, in figures: nothing in them names anybody or says what was said."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from callagent.journal import (
    AgentAudible,
    FellBack,
    GateDecided,
    HandedOver,
    Hung,
    ObservationLog,
    OutageTreated,
    ProviderFailed,
    RecordingFailed,
    RecordingStarted,
    Recovered,
    ToolReturned,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.journal.call_record import CallRecord
from callagent.journal.latency import lost_turns

PARTS = {
    "stt": "transcription_delay",
    "end_of_turn": "end_of_turn_delay",
    "llm": "llm_node_ttft",
    "tts": "tts_node_ttfb",
    "all": "e2e_latency",
}
"""Part of a turn's latency -> the figure that livekit-agents keeps with the message; `all` is the whole, as the agent
sees it: from the end of the caller's speech to the beginning of the answer."""

LABEL = 60
"""Characters of a label that comes from a class or a rule."""


def outages_of(log: ObservationLog) -> Iterator[str]:
    """Yield what failed and what the caller got, as the labels of the figures have it."""
    for entry in log:
        match entry:
            case ProviderFailed(part=part, provider=provider):
                yield f"provider_failed/{part}/{provider[:LABEL]}"
            case FellBack(part=part, to=to):
                yield f"fallback/{part}/{to[:LABEL]}"
            case Recovered(part=part, provider=provider):
                yield f"recovered/{part}/{provider[:LABEL]}"
            case Hung(who=who):
                yield f"hung/{who}"
            case OutageTreated(step=step):
                yield f"treated/{step}"


class NoFigures(ValueError):
    """What came is no call in figures; the message says why."""


@dataclass(frozen=True)
class CallFigures:
    """One call. Times in seconds.

    Attributes:
        direction: `inbound` or `outbound`.
        ending: how the call ended, in the words of its record.
        seconds: its length, from the dispatch on.
        answer: from the dispatch to the answer; None for a call that was not answered.
        greeting: from the dispatch to the agent's first sound.
        latency: of each part of each answered turn.
        caller_turns, lost_turns: turns of the caller, and those of them that nothing came of.
        decisions: how often which decision of the gate was taken by which rule, as `decision/rule`.
        yields: from the caller's first sample to the agent's silence, of each interruption.
        tools: how often tools ended in which way.
        errors: how often which kind of error came from a provider or the session, recoverable or not.
        transfers: how often transfers were `accepted` and `failed`.
        hand_overs: how often one agent gave the call to another.
        recording: `whole`, `lost in part`, or empty for a call that was not recorded.
        outages: how often what failed and what the caller got: `provider_failed/PART/PROVIDER`, `fallback/…`,
            `recovered/…`, `hung/WHO`, `treated/STEP`.
    """

    direction: str
    ending: str
    seconds: float | None = None
    answer: float | None = None
    greeting: float | None = None
    latency: Mapping[str, list[float]] = field(default_factory=dict)
    caller_turns: int = 0
    lost_turns: int = 0
    decisions: Mapping[str, int] = field(default_factory=dict)
    yields: list[float] = field(default_factory=list)
    tools: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    transfers: Mapping[str, int] = field(default_factory=dict)
    hand_overs: int = 0
    recording: str = ""
    outages: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, record: CallRecord) -> "CallFigures":
        """Return what the record of a call that is over comes to."""
        log, overlaps = record.log, [entry.overlap for entry in record.log.of(GateDecided) if entry.overlap is not None]
        first = next(iter(log.of(AgentAudible)), None)
        transfers = ("failed" if entry.refused else "accepted" for entry in log.of(TransferRequested))
        return cls(
            direction=str(record.context.get("direction") or "inbound"),
            ending=record.reason or "unknown",
            seconds=None if record.ended is None else round(record.ended - record.started, 3),
            answer=None if record.answered is None else round(record.answered - record.started, 3),
            greeting=None if first is None else round(first.at, 3),
            latency=_latency(log.of(TurnAdded)),
            caller_turns=sum(turn.role == "user" for turn in log.turns),
            lost_turns=lost_turns(log, log.turns, (record.ended or record.started) - record.started),
            decisions=_counted(f"{overlap.decision}/{overlap.rule[:LABEL]}" for overlap in overlaps),
            yields=[
                round(seconds, 3)
                for overlap in overlaps
                if overlap.decision == "interrupt" and (seconds := overlap.silent_after) is not None
            ],
            tools=_counted(entry.status or "done" for entry in log.of(ToolReturned)),
            errors=_counted(_kind(entry.message) for entry in log.of(Trouble)),
            transfers=_counted(transfers),
            hand_overs=sum(bool(entry.before) and not entry.task for entry in log.of(HandedOver)),
            recording=_recording(log),
            outages=_counted(outages_of(log)),
        )

    def as_json(self) -> bytes:
        """Return the figures as one JSON object."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "CallFigures":
        """Return the figures that `as_json` gave.

        Raises:
            NoFigures: it is something else.
        """
        try:
            found = json.loads(data)
            return cls(**{each.name: _checked(each.name, found[each.name]) for each in fields(cls)})
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoFigures(f"{type(error).__name__}: {error}") from error


_SHAPES: Mapping[str, type | tuple[type, ...]] = {
    "direction": str,
    "ending": str,
    "recording": str,
    "yields": list,
    **dict.fromkeys(("hand_overs", "caller_turns", "lost_turns"), int),
    **dict.fromkeys(("seconds", "answer", "greeting"), (float, int, type(None))),
    **dict.fromkeys(("latency", "decisions", "tools", "errors", "transfers", "outages"), dict),
}


def _checked(name: str, value: Any) -> Any:
    if not isinstance(value, _SHAPES[name]):
        raise NoFigures(f"{name} is {type(value).__name__}")
    return value


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names))


def _latency(turns: Iterable[TurnAdded]) -> dict[str, list[float]]:
    """Return the parts as they stand in the messages of both sides."""
    found: dict[str, list[float]] = {}
    for turn in turns:
        for part, name in PARTS.items():
            if (seconds := turn.metrics.get(name)) is not None:
                found.setdefault(part, []).append(round(seconds, 3))
    return found


def _recording(log: ObservationLog) -> str:
    if log.last(RecordingFailed) is not None:
        return "lost in part"
    return "" if log.last(RecordingStarted) is None else "whole"


def _kind(message: str) -> str:
    """Return the class of an error, which is what its line begins with; never its words."""
    kind = message.partition(":")[0]
    return kind[:LABEL] if kind.isidentifier() else "other"

"""The event journal of a call: what its gate was told, and what the caller meant with each utterance."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from pydantic import TypeAdapter, ValidationError

from callagent.calls.labels import Meaning
from callagent.phrases import MAX_CHARACTERS
from callagent.private_files import write_text
from callagent.profile import ConfigError, Problem
from callagent.sanitise import encodable, json_text
from callagent.turns.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
    Transcript,
)

FILE_NAME = "events.jsonl"
"""Name of a journal, or the end of it (`greeting.events.jsonl`)."""

RECORDING = "call.wav"
"""Name of the recording beside a journal; beside `greeting.events.jsonl` it is `greeting.wav`."""

LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a journal: which call it was, and how long it took in seconds."""

    call: str
    profile: str
    level: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something the caller said from `start` to `end`, seconds of the call, and what it is meant as."""

    start: float
    end: float
    text: str
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gate of the call itself stopped the agent, at `at` seconds."""

    at: float


Line = Head | Utterance | Stopped | Event


@dataclass(frozen=True)
class EventJournal:
    """A call for the tuner. `events` are in the order in which the gate got them; `stops` are the call's own.

    `recording` is the file in which the call can be heard, if there is one.
    """

    head: Head
    events: Sequence[Event]
    utterances: Sequence[Utterance]
    stops: Sequence[float]
    recording: Path | None = field(default=None, compare=False)


_TYPES: Final[dict[str, type[Line]]] = {
    "call": Head,
    "utterance": Utterance,
    "stopped": Stopped,
    "agent_state": AgentState,
    "agent_text": AgentText,
    "caller_started": CallerStarted,
    "caller_stopped": CallerStopped,
    "caller_hushed": CallerHushed,
    "caller_audible": CallerAudible,
    "transcript": Transcript,
    "timer_fired": TimerFired,
}
_NAMES = {kind: name for name, kind in _TYPES.items()}
_READERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in _TYPES.items()}


def write_journal(journal: EventJournal, path: Path) -> None:
    """Writes a journal, one JSON object a line.

    Raises:
        OSError: the file cannot be written.
    """
    stops = [Stopped(at) for at in journal.stops]
    lines: list[Line] = [journal.head, *journal.utterances, *stops, *journal.events]
    write_text(path, "".join(f"{_written(line)}\n" for line in lines))


def read_journal(path: Path) -> EventJournal:
    """Reads a journal.

    Raises:
        ConfigError: the file cannot be read, or a line of it is no event; it names file and line.
    """
    try:
        with path.open("rb") as file:
            lines = [_parsed(raw, path, number) for number, raw in _raw_lines(file)]
    except OSError as error:
        raise ConfigError.single(str(path), f"cannot be read: {error.strerror}") from error
    head = lines[0] if lines else None
    if not isinstance(head, Head):
        raise ConfigError(Problem(str(path), 1, "", "a journal begins with a line of type call"))
    return EventJournal(
        head,
        [line for line in lines if not isinstance(line, Head | Utterance | Stopped)],
        sorted((line for line in lines if isinstance(line, Utterance)), key=lambda line: line.start),
        sorted(line.at for line in lines if isinstance(line, Stopped)),
        _recording(path, head),
    )


def recording_beside(path: Path) -> Path:
    """Where the recording of the call with the journal at `path` is kept."""
    stem = path.name.removesuffix(FILE_NAME).rstrip(".")
    return path.with_name(f"{stem}.wav" if stem else RECORDING)


def find_journals(directory: Path) -> list[Path]:
    """The journals in a directory and below it."""
    return sorted(path for path in directory.rglob(f"*{FILE_NAME}") if path.is_file())


def _recording(path: Path, head: Head) -> Path | None:
    # At level text there is no sound: a file beside the journal is that of another call.
    beside = recording_beside(path)
    return beside if head.level != "text" and beside.is_file() else None


def _written(line: Line) -> str:
    fields = {key: _bounded(value) if isinstance(value, str) else value for key, value in asdict(line).items()}
    return json_text({"type": _NAMES[type(line)], **fields})


def _bounded(text: str) -> str:
    """The part of a text that the gate looks at: the begin and the end of a long one; halves of characters go."""
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = f"{text[:half]} {text[-half:]}"
    return encodable(text)


def _raw_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        yield number, raw


def _parsed(raw: bytes, path: Path, number: int) -> Line:
    def refuse(message: str, key: str = "") -> ConfigError:
        return ConfigError(Problem(str(path), number, key, message))

    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        reason = f"longer than {LONGEST_LINE} bytes" if len(raw) == LONGEST_LINE else "not JSON"
        raise refuse(f"is {reason}") from error
    name = fields.get("type") if isinstance(fields, dict) else None
    if not isinstance(name, str) or name not in _READERS:
        raise refuse(f"is no line of a journal (type: one of {', '.join(_READERS)})")
    if not all(math.isfinite(value) for value in _numbers(fields.values())):
        raise refuse("a number is not finite")
    try:
        line: Line = _READERS[name].validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise refuse(first["msg"], ".".join(map(str, first["loc"]))) from error
    return line


def _numbers(values: Iterable[object]) -> Iterator[float]:
    return (value for value in values if isinstance(value, float))

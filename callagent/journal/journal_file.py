"""Journals as files: what a call leaves for those who look at it afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from callagent.journal.call_log import ObservationLog
from callagent.journal.codec import LONGEST_LINE_BYTES, REAL, Head, Line, NotALine, Stopped, Utterance, parsed, written
from callagent.journal.events import CallEnded, GateDecided, Observation
from callagent.private_files import write_text
from callagent.turns.gate.events import Event
from callagent.yaml_config import ConfigError, Problem

FILE_NAME = "events.jsonl"
"""Name of a journal, or the end of it (`greeting.events.jsonl`)."""

RECORDING = "call.wav"
"""Name of the recording beside a journal; beside `greeting.events.jsonl` it is `greeting.wav`."""


@dataclass(frozen=True)
class CallJournal:
    """A call that is over. `lines` are in the order in which they were written, those of the gate in that in which the
    gate got them.

    `recording` is the file in which the call can be heard, if there is one; `cut_off` tells that the journal ends
    before the call did.
    """

    head: Head
    lines: Sequence[Line]
    recording: Path | None = field(default=None, compare=False)
    cut_off: bool = False

    @cached_property
    def events(self) -> list[Event]:
        """What the gate was told."""
        return [line for line in self.lines if isinstance(line, Event)]

    @cached_property
    def utterances(self) -> list[Utterance]:
        """What the caller is known to have said, in order of time."""
        return sorted((line for line in self.lines if isinstance(line, Utterance)), key=lambda line: line.start)

    @cached_property
    def stops(self) -> list[float]:
        """When the call's own gate stopped the agent."""
        stopped = (line.at for line in self.lines if isinstance(line, Stopped))
        decided = (line.at for line in self.lines if isinstance(line, GateDecided) and line.decision == "interrupt")
        return sorted({*stopped, *decided})

    @cached_property
    def seconds(self) -> float:
        """How long the call was, or as far as it is known."""
        if self.head.seconds is not None:
            return self.head.seconds
        if (ended := self.log.ended) is not None:
            return ended.at
        return max((line.at for line in self.lines if isinstance(line, Observation | Event)), default=0.0)

    @cached_property
    def log(self) -> ObservationLog:
        """What was observed. Of several ends the last one counts: it corrects those before it."""
        ends = [line for line in self.lines if isinstance(line, CallEnded)]
        log = ObservationLog(lambda: self.seconds)
        for line in self.lines:
            if isinstance(line, Observation) and (not isinstance(line, CallEnded) or line is ends[-1]):
                log.add(line)
        log.gate_events += self.events
        return log


def write_journal(journal: CallJournal, path: Path) -> None:
    """Write a journal of its own.

    Raises:
        OSError: the file cannot be written.
    """
    write_text(path, "".join(f"{written(line)}\n" for line in (journal.head, *journal.lines)))


def read_journal(path: Path) -> CallJournal:
    """Read a journal; of one that was cut off in the middle of a line, what comes before that line.

    Raises:
        ConfigError: the file cannot be read, or a line of it is no event; it names file and line.
    """
    lines: list[Line] = []
    cut_off = False
    try:
        with path.open("rb") as file:
            for number, raw in _raw_lines(file):
                try:
                    lines.append(parsed(raw))
                except NotALine as error:
                    if number == 1 or raw.endswith(b"\n") or len(raw) == LONGEST_LINE_BYTES:
                        message = f"{error.message}: no journal of a call" if number == 1 else error.message
                        raise ConfigError(Problem(str(path), number, error.key, message)) from error
                    cut_off = True
    except OSError as error:
        raise ConfigError.single(str(path), f"cannot be read: {error.strerror}") from error
    head = lines[0] if lines else None
    if not isinstance(head, Head):
        raise ConfigError(Problem(str(path), 1, "", "a journal begins with a line of type call"))
    ended = any(isinstance(line, CallEnded) for line in lines)
    return CallJournal(head, lines[1:], _recording(path, head), cut_off or (head.level == REAL and not ended))


def recording_beside(path: Path) -> Path:
    """Tell where the recording of the call with the journal at `path` is kept."""
    stem = path.name.removesuffix(FILE_NAME).rstrip(".")
    return path.with_name(f"{stem}.wav" if stem else RECORDING)


def find_journals(directory: Path) -> list[Path]:
    """Return the journals in a directory and below it."""
    return sorted(path for path in directory.rglob(f"*{FILE_NAME}") if path.is_file())


def _recording(path: Path, head: Head) -> Path | None:
    # At level text there is no sound: a file beside the journal is that of another call.
    beside = recording_beside(path)
    return beside if head.level != "text" and beside.is_file() else None


def _raw_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := file.readline(LONGEST_LINE_BYTES):
        number += 1
        yield number, raw

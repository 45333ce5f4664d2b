"""What VAD, recogniser and line reported of one utterance: recorded once, played to every system."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from scripts.benchmarks.corpus.case import Case

FORMAT = 1


@dataclass(frozen=True, slots=True)
class VadReport:
    """An event of the VAD, `at` seconds from the utterance's first sample; the other times are livekit's `VADEvent`."""

    at: float
    type: Literal["start_of_speech", "inference_done", "end_of_speech"]
    probability: float
    speaking: bool
    speech: float
    silence: float
    raw_speech: float
    raw_silence: float


@dataclass(frozen=True, slots=True)
class SttReport:
    """An event of the recogniser, `at` seconds from the utterance's first sample; `type` is livekit's name for it.

    `confidence` is None where the recogniser gave none; `metadata` is livekit's, for whoever reads it.
    """

    at: float
    type: str
    text: str = ""
    confidence: float | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LoudnessReport:
    """The caller's line became loud, or quiet."""

    at: float
    audible: bool


@dataclass(frozen=True)
class Tape:
    """The reports of one case. Times are seconds from the utterance's first sample on the line.

    begins: from when on VAD and recogniser heard the line. audio_begins: when the recording of the audio begins, some
    seconds before. spans: where each part of the utterance lies. lateness: the longest time by which a frame came too
    late. guarded: on a line with an echo, what the recogniser reports behind callagent's own ear, which keeps faint
    sound from it while the agent speaks; None where it makes no difference.
    """

    case: Case
    begins: float
    audio_begins: float
    spans: tuple[tuple[float, float], ...]
    vad: tuple[VadReport, ...]
    stt: tuple[SttReport, ...]
    loudness: tuple[LoudnessReport, ...] = ()
    lateness: float = 0.0
    guarded: tuple[SttReport, ...] | None = None

    @property
    def ends(self) -> float:
        """The caller's last sample."""
        return self.spans[-1][1]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, times to the millisecond."""
        return {"name": self.case.name, **_rounded(asdict(self))}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Tape":
        """Return the opposite of `as_dict`."""
        return cls(
            case=Case.from_dict(data["case"]),
            begins=data["begins"],
            audio_begins=data["audio_begins"],
            spans=tuple((start, end) for start, end in data["spans"]),
            vad=tuple(VadReport(**each) for each in data["vad"]),
            stt=tuple(SttReport(**each) for each in data["stt"]),
            loudness=tuple(LoudnessReport(**each) for each in data["loudness"]),
            lateness=data["lateness"],
            guarded=None if data.get("guarded") is None else tuple(SttReport(**each) for each in data["guarded"]),
        )


class TapeFile:
    """Tapes in a file of JSON lines, the first of which tells what they were recorded with.

    What is appended is on disk at once, so that a run that was stopped goes on where it was.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, made_with: dict[str, Any]) -> None:
        """Start the file, unless it is there and was made with the same; what was made with something else is lost."""
        if self.made_with() == made_with:
            whole, _, _ = self.path.read_bytes().rpartition(b"\n")  # without a line that a stopped run left half-way
            self.path.write_bytes(whole + b"\n")
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"format": FORMAT, **made_with}) + "\n", encoding="utf-8")

    def made_with(self) -> dict[str, Any] | None:
        """Return what the file says that it was made with; None for no file, or one of another format."""
        if not self.path.exists():
            return None
        with self.path.open(encoding="utf-8") as file:
            first = json.loads(file.readline() or "{}")
        return first if isinstance(first, dict) and first.pop("format", None) == FORMAT else None

    def append(self, tape: Tape) -> None:
        """Add a tape."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(tape.as_dict(), ensure_ascii=False) + "\n")

    def read(self) -> list[Tape]:
        """Return all tapes. Raise `OSError` where there is no file, `ValueError` where it is none of ours."""
        with self.path.open(encoding="utf-8") as file:
            head = json.loads(file.readline() or "{}")
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise ValueError(f"{self.path}: not a file of captures, format {FORMAT}")
            return [Tape.from_dict(json.loads(line)) for line in file if line.endswith("\n")]


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, 4)
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
        case _:
            return value

"""What the pages show. Times are seconds of call time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from callagent.scripted_calls.report.plot.call_scene import Scene

Outcome = Literal["passed", "failed", "not judged", "broken off", "real call"]
"""What became of a scripted call; a real one has nothing to fulfil."""


@dataclass(frozen=True)
class Decision:
    """What the gate decided at `at` about what it `heard`; `kind` is talked on, stopped, answered or another word."""

    at: float
    kind: str
    rule: str
    heard: str
    reaction_ms: float | None


@dataclass(frozen=True)
class Word:
    """One or more words that the agent began to say at `at`."""

    at: float
    text: str


MomentKind = Literal["agent", "tool", "keys", "transfer", "trouble", "note", "line", "compliance", "end"]


@dataclass(frozen=True)
class Moment:
    """Something else that happened: another agent got the call, a tool was called, keys were pressed, a transfer was
    asked for, something broke or went otherwise than asked, something was disclosed or was not, or the call was
    answered or ended.
    """

    at: float
    kind: MomentKind
    text: str


@dataclass(frozen=True)
class Latency:
    """The latency of a turn from the caller's last sample to the agent's first, and its named parts in seconds.

    `rest` is what the parts do not account for; `accounted` is False where that is more than it should be.
    """

    start: float
    end: float
    heard: str
    parts: Mapping[str, float]
    rest: float
    accounted: bool


@dataclass(frozen=True)
class Step:
    """A step of the script; `acts` for what the caller does. `at` is None for what was judged after the call.

    A step that was not `judged` has not passed, and has not failed either.
    """

    number: int
    passed: bool
    expected: str
    observed: str
    acts: bool = False
    at: float | None = None
    judged: bool = True

    @property
    def failed(self) -> bool:
        """Whether it was judged and not met."""
        return self.judged and not self.passed


@dataclass(frozen=True)
class Figure:
    """A figure of the interaction panel under its name in the JSON, written out, with the number of its events."""

    name: str
    value: str
    events: str


@dataclass(frozen=True)
class Recording:
    """The stereo recording, a .wav or .ogg file: beside the page under `name`, and inside it where `data` is given."""

    name: str
    data: bytes | None = None


@dataclass(frozen=True)
class CallReport:
    """Everything about one call. `facts` are shown under the title: level, profile and the like, by name.

    `scene` has the waveforms (empty where there is no sound), who was on the line when, the agent's states and the
    transcripts. `files` are the names of what lies beside the page. `findings` is what a model found out
    afterwards, by name. `made` tells when and by what it was made.
    """

    title: str
    outcome: Outcome
    scene: Scene
    facts: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    words: Sequence[Word] = ()
    decisions: Sequence[Decision] = ()
    moments: Sequence[Moment] = ()
    latencies: Sequence[Latency] = ()
    panel: Sequence[Figure] = ()
    recording: Recording | None = None
    files: Sequence[str] = ()
    findings: Sequence[tuple[str, str]] = ()
    made: str = ""
    index: str | None = None


@dataclass(frozen=True)
class IndexEntry:
    """One call of a run; `directory` is where its files are, relative to the index; `remark` is shown by its title."""

    title: str
    outcome: Outcome
    level: str
    seconds: float
    directory: str
    steps: Sequence[Step] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()
    remark: str = ""


@dataclass(frozen=True)
class RunIndex:
    """All calls of a run, with the panel over all of them."""

    entries: Sequence[IndexEntry]
    panel: Sequence[Figure] = ()
    made: str = ""

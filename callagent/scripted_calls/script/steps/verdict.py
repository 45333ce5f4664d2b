"""What becomes of a step, what it is judged by when the call is over, and how a report puts it."""

from dataclasses import dataclass

from callagent.journal import ObservationLog
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.run.call_view import Scene
from callagent.yaml_config.units import DURATION

EXACT_S = 0.0005
"""Half a millisecond: times are compared to the millisecond."""


@dataclass(frozen=True)
class Verdict:
    """Whether a step was met, and what was observed, in words.

    `gives_up` marks a failure after which the steps that follow make no sense: what they build on did not happen.
    `judged` is False where an LLM was to judge and did not.
    """

    passed: bool
    observed: str
    gives_up: bool = False
    judged: bool = True


@dataclass(frozen=True)
class CallerTurn:
    """A turn of the caller: the words, when it began in seconds of call time, and whether the model got it."""

    text: str
    start: float
    arrived: bool


@dataclass(frozen=True)
class Evidence:
    """A closed call: what was seen of it, what was measured, and the caller's turns."""

    scene: Scene
    panel: Panel
    turns: tuple[CallerTurn, ...]

    @property
    def log(self) -> ObservationLog:
        """The observations."""
        return self.scene.log


def milliseconds(seconds: float) -> str:
    """Say a length of time as people do: `412 ms`, `1.84 s`."""
    return f"{seconds:.2f} s" if abs(seconds) >= 1.0 else f"{seconds * 1000:.0f} ms"


def length(seconds: float) -> str:
    """Write a length of time as scripts do: `600 ms`, `1.5 s`."""
    return DURATION.text(seconds)


def clock(at: float) -> str:
    """Say a call time: `at 12.34 s`."""
    return f"at {at:.2f} s"


def quoted(text: str, longest: int = 60) -> str:
    """Quote words as a report does, the end of long ones left out."""
    text = " ".join(text.split())
    return f"'{text}'" if len(text) <= longest else f"'{text[:longest].rsplit(' ', 1)[0]} …'"

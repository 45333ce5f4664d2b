"""What a system did with one case, and what all systems did in a run."""

from dataclasses import dataclass, field
from typing import Any

from scripts.benchmarks.capture.tape import Tape

AFTERWARDS_S = 4.5
"""Seconds after the caller's last sample, and after the end of what the agent was going to say when it had asked, for
which a system is watched."""


@dataclass(frozen=True)
class Stretch:
    """The agent on the line, in seconds from the caller's first sample; `cut` when it did not come to its end."""

    start: float
    end: float
    cut: bool = False


@dataclass(frozen=True)
class Turn:
    """A turn of the caller that reached the model."""

    at: float
    text: str


@dataclass(frozen=True)
class Outcome:
    """Times are seconds from the caller's first sample. `until` is when the watching ended.

    turns: None for a system of which only interruptions are known. decisions: what callagent's gate noted in its
    journal.
    """

    agent: tuple[Stretch, ...]
    until: float
    turns: tuple[Turn, ...] | None = None
    decisions: tuple[dict[str, Any], ...] = ()


Played = list[tuple[Tape, Outcome]]
"""What one system did with each tape."""


@dataclass
class Results:
    """What every system did with every case, in the order of the systems; why some did not run.

    outside: what the scorer hotato makes of each system.
    """

    played: dict[str, Played] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    outside: dict[str, dict[str, Any]] = field(default_factory=dict)

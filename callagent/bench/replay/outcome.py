"""What a system did with one case."""

from dataclasses import dataclass
from typing import Any

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

"""What a check is, and what it finds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from callagent.doctor.subject import Subject

State = Literal["ok", "warning", "failed", "skipped"]

LIMIT_S = 5.0
"""Longest that a check may take, in seconds, unless it says otherwise."""

TRY_AGAIN = "try again when the machine is less busy"


@dataclass(frozen=True)
class Finding:
    """What a check has found, and what to do about it. Neither sentence holds a secret or a phone number."""

    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that is looked at.

    Args:
        run: looks; returns what it found. What it does not foresee it raises: that is a failure too.
        needs: names of the checks without which this one makes no sense: it is skipped unless they found nothing wrong.
        limit: seconds after which it counts as failed.
        late: what to say, and what to do, when the limit is over.
    """

    name: str
    run: Callable[[Subject], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    limit: float = LIMIT_S
    late: tuple[str, str] = ("no answer", TRY_AGAIN)


@dataclass(frozen=True)
class Examined:
    """A check with what it found, and how long that took in seconds."""

    check: str
    finding: Finding
    seconds: float


def ok(found: str) -> Finding:
    """All is well."""
    return Finding("ok", found)


def warning(found: str, remedy: str) -> Finding:
    """Calls work; something about it should be otherwise."""
    return Finding("warning", found, remedy)


def failed(found: str, remedy: str) -> Finding:
    """Calls will not work like this."""
    return Finding("failed", found, remedy)


def skipped(found: str, remedy: str = "") -> Finding:
    """Nothing was looked at, for the reason given."""
    return Finding("skipped", found, remedy)

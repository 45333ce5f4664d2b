"""A call that somebody would like to make, and what a guard says about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from callagent.phone_numbers.number import Number
from callagent.profile import DialSettings


@dataclass(frozen=True)
class Proposal:
    """All that the guards look at; they ask nobody else.

    Args:
        number: who is to be called.
        settings: the section `dialling` of the profile.
        now: the present moment, with its time zone.
        caller_id: who calls; None when the trunk chooses.
        trunk_numbers: numbers of the trunk; None while they are not known.
        attempts: calls to this number in the last 24 hours.
        do_not_call: why the number must not be called; empty when nobody objects.
        max_call: length that was asked for, in seconds; None: that of the settings.
        region: country that was named for the call (ISO 3166 code), where the caller-ID has none.
    """

    number: Number
    settings: DialSettings
    now: datetime
    caller_id: Number | None = None
    trunk_numbers: tuple[str, ...] | None = None
    attempts: int = 0
    do_not_call: str = ""
    max_call: float | None = field(default=None)
    region: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a call is not made.

    Args:
        rule: name of the guard.
        reason: what is wrong, one line.
        remedy: how to change the rule, one line.
    """

    rule: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}; {self.remedy}"


Guard = Callable[[Proposal], Refusal | None]
"""One rule: refuses, or has nothing to say."""

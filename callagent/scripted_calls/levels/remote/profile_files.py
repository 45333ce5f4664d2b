"""Profiles that stand in files of a caller's own, which the worker of a level has to know before a call names one."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from callagent.scripted_calls.script.call_plan import CallPlan


@runtime_checkable
class Outdated(Protocol):
    """A level whose worker may lack a profile of a call that is to be made: it is closed and started again."""

    @property
    def outdated(self) -> bool:
        """Whether a call that was checked needs another worker than the one that runs."""
        ...


class ProfileFiles:
    """The files of the profiles of all calls that a level is asked for."""

    def __init__(self) -> None:
        self._wanted: dict[str, None] = {}
        self._given: frozenset[str] | None = None

    def want(self, plans: Sequence[CallPlan]) -> None:
        """Note the files of these calls."""
        self._wanted |= dict.fromkeys(plan.profile_file for plan in plans if plan.profile_file)

    def options(self) -> tuple[str, ...]:
        """Return the options of `callagent serve` for all of them; the worker that is started now has them."""
        self._given = frozenset(self._wanted)
        return tuple(word for file in self._wanted for word in ("--profile-file", file))

    def forget_worker(self) -> None:
        """Note that the worker has ended."""
        self._given = None

    @property
    def outdated(self) -> bool:
        """Whether the worker that runs lacks one of them."""
        return self._given is not None and not self._given.issuperset(self._wanted)

"""A circuit breaker: a provider that has failed several times is left alone for a while, and then tried by one call.

Its state is four numbers, which the calls of a worker share (`breaker_file`): each call is a process of its own, and
the second one should not wait for a provider that the first one knows to be down.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

ERRORS: Final = 2
"""Failures within `WINDOW_S`, and no success between them, that open the circuit: a request, and the health check that
follows it at once."""

WINDOW_S: Final = 30.0
"""How far apart they may be, in seconds."""

PAUSE_S: Final = 10.0
"""How long nobody asks the provider, in seconds."""

CHECK_S: Final = 5.0
"""How long one call has for a health check before another one may try, in seconds."""

StateName = Literal["closed", "open", "half open"]
"""`half open`: one call at a time may try whether the provider is well again."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one breaker; instants are those of the system's monotonic clock, 0 for never."""

    failures: int = 0
    since: float = 0.0
    opened: float = 0.0
    checked: float = 0.0

    def state(self, now: float) -> StateName:
        """Return whether the provider may be asked."""
        if not self.opened:
            return "closed"
        return "open" if now < self.opened + PAUSE_S else "half open"

    def failed(self, now: float) -> "Circuit":
        """Return the state after a failure."""
        recent = self.failures and now - self.since <= WINDOW_S
        failures = self.failures + 1 if recent else 1
        since = self.since if recent else now
        opened = now if failures >= ERRORS or self.opened else 0.0
        return Circuit(failures, since, opened)

    def checking(self, now: float) -> "Circuit | None":
        """Return the state while one call tries the provider; None where it is not to be tried now."""
        if self.state(now) == "open" or (self.checked and now < self.checked + CHECK_S):
            return None
        return replace(self, checked=now)


WELL: Final = Circuit()
"""Nothing is known against the provider."""


class Cell(Protocol):
    """Where the state of a breaker is kept."""

    def read(self) -> Circuit:
        """Return the state."""
        ...

    def change(self, how: Callable[[Circuit], Circuit | None]) -> bool:
        """Replace the state by what `how` makes of it, as one step; None leaves it. Return whether it was replaced."""
        ...


class OwnCell:
    """A state that only this call knows."""

    def __init__(self) -> None:
        self._circuit = WELL

    def read(self) -> Circuit:
        """Return the state."""
        return self._circuit

    def change(self, how: Callable[[Circuit], Circuit | None]) -> bool:
        """Replace the state."""
        changed = how(self._circuit)
        self._circuit = changed or self._circuit
        return changed is not None


class Breaker:
    """The circuit breaker of one provider, on a running event loop, whose time is the system's monotonic clock."""

    def __init__(self, cell: Cell | None = None) -> None:
        self._cell = cell or OwnCell()

    @property
    def state(self) -> StateName:
        """Whether the provider may be asked."""
        return self._cell.read().state(_now())

    def failed(self) -> None:
        """Count a failure."""
        self._cell.change(lambda circuit: circuit.failed(_now()))

    def succeeded(self) -> None:
        """Close the circuit."""
        if self._cell.read() != WELL:
            self._cell.change(lambda _: WELL)

    def may_check(self) -> bool:
        """Tell whether this call is to try the provider now: nobody else does then."""
        return self._cell.change(lambda circuit: circuit.checking(_now()))


def _now() -> float:
    return asyncio.get_running_loop().time()

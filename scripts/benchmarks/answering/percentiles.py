"""What a run of the benchmark has shown: figures with their limits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from scripts.benchmarks.answering.callers import Reached

AT_ONCE = "at once"
ABOVE = "one above the limit"
ALONE = "one after the other"


@dataclass(frozen=True)
class Round:
    """Some calls, and what they took.

    Args:
        name: `AT_ONCE`, `ABOVE` or `ALONE`.
        reached: of each call; of those above the limit, `answered` is the busy.
        seconds: from the first call to the last greeting.
        cpu: processor seconds of worker and servers meanwhile.
        stolen: processor seconds that the host of this machine gave to others meanwhile.
    """

    name: str
    reached: tuple[Reached, ...]
    seconds: float = 0.0
    cpu: float = 0.0
    stolen: float = 0.0


@dataclass(frozen=True)
class Measured:
    """A time over all calls of some rounds, in seconds; NaN where there was none.

    Args:
        what: of which rounds, and from the call to what.
        missing: calls that did not come so far.
        limit: of the 95th percentile; 0 for none.
    """

    what: str
    calls: int
    p50: float
    p95: float
    longest: float
    missing: int
    limit: float = 0.0

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept and no call is missing; None where there is no limit."""
        return (self.p95 <= self.limit and not self.missing) if self.limit else None

    @classmethod
    def of(cls, what: str, times: Sequence[float | None], limit: float = 0.0) -> "Measured":
        """Return the figures of these times; None is a call that did not come so far."""
        there = sorted(time for time in times if time is not None) or [float("nan")]
        cuts = quantiles(there, n=20, method="inclusive") if len(there) > 1 else there * 19
        return cls(what, len(times), cuts[9], cuts[18], there[-1], list(times).count(None), limit)


LIMITS: tuple[tuple[str, str, str, float], ...] = (
    (AT_ONCE, "answered", "to the answer", 2.5),
    (AT_ONCE, "greeted", "to the greeting", 0.0),
    (ALONE, "answered", "to the answer", 0.0),
    (ALONE, "greeted", "to the greeting", 1.2),
    (ABOVE, "answered", "to the busy", 2.0),
)
"""Rounds, time of their calls, what it is called, limit of its 95th percentile in seconds (0: none)."""


def measured(rounds: Iterable[Round]) -> list[Measured]:
    """Return the figures of all rounds, those of one name together."""
    calls: dict[str, list[Reached]] = {}
    for each in rounds:
        calls.setdefault(each.name, []).extend(each.reached)
    return [
        Measured.of(f"{name}, {what}", [getattr(call, time) for call in calls[name]], limit)
        for name, time, what, limit in LIMITS
        if name in calls
    ]

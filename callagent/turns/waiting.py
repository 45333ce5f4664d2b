"""Finals that were kept back and wait for their fate: an answer is delivered, an acknowledgement dropped."""

from collections.abc import Iterator
from dataclasses import dataclass

from callagent.turns.overlap import Overlap


@dataclass(slots=True)
class Waiting:
    """A final transcript kept back while the agent talks on. `answer`: it is delivered whatever happens."""

    key: int
    onset: float
    answer: bool
    rule: str
    overlap: Overlap


class WaitingRoom:
    """Finals kept back, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    def add(self, waiting: Waiting) -> None:
        """One more final to keep back."""
        waiting.overlap.pending += 1
        self._waiting.append(waiting)

    def take(self) -> list[Waiting]:
        """All of them; none is left."""
        taken, self._waiting = self._waiting, []
        for waiting in taken:
            waiting.overlap.pending -= 1
        return taken

    def take_stale(self, now: float, window: float) -> list[Waiting]:
        """Those that are no answers and began at least `window` seconds ago."""
        stale = [w for w in self._waiting if not w.answer and w.onset + window <= now]
        self._waiting = [w for w in self._waiting if w.answer or w.onset + window > now]
        for waiting in stale:
            waiting.overlap.pending -= 1
        return stale

    def first_onset(self) -> float | None:
        """Onset of the earliest that is not known to be an answer."""
        return min((w.onset for w in self._waiting if not w.answer), default=None)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

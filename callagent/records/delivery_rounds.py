"""Rounds of work in a thread: soon again after one that went well, later and later after those that did not."""

import threading
from collections.abc import Callable


class DeliveryRounds:
    """Does rounds until it is closed, and a last one then.

    Args:
        name: of the thread.
        work: one round; tells whether all went well, and raises nothing.
        last: the last one.
        every_s: seconds from one round to the next.
        longest_pause_s: seconds to which that grows while rounds do not go well.
    """

    def __init__(
        self, name: str, work: Callable[[], bool], last: Callable[[], object], *, every_s: float, longest_pause_s: float
    ) -> None:
        self._work, self._last = work, last
        self._every_s, self._longest_pause_s = every_s, longest_pause_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin with the first round."""
        self._thread.start()

    def close(self, within: float) -> None:
        """Do the last round, for so many seconds at most; blocks."""
        self._ending.set()
        self._thread.join(within)

    def _run(self) -> None:
        pause = self._every_s
        while not self._ending.wait(pause):
            pause = self._every_s if self._work() else min(self._longest_pause_s, pause * 2)
        self._last()

"""What those who talk in a call want of its recording: who records listens here, and nobody else knows of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Wish = Literal["keys", "asked"]
"""Why nothing is to be recorded: digits are keyed in, or code of the author's has asked for it."""


class RecordingControl:
    """The wishes of one call; without anybody who records they come to nothing.

    Attributes:
        agreed: whether the other side has agreed to be recorded.
    """

    def __init__(self) -> None:
        self.agreed = False
        self._pauses: Counter[Wish] = Counter()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the wishes have changed."""
        self._listeners.append(listener)

    @property
    def pauses(self) -> frozenset[Wish]:
        """Why nothing is to be recorded now; empty where nobody minds."""
        return frozenset(wish for wish, times in self._pauses.items() if times)

    def agree(self) -> None:
        """Take note that the other side has agreed."""
        self.agreed = True
        self._tell()

    def pause(self) -> None:
        """Have nothing recorded until `resume`; nothing new where that is so already."""
        self._pauses["asked"] = 1
        self._tell()

    def resume(self) -> None:
        """Take `pause` back."""
        self._pauses["asked"] = 0
        self._tell()

    @contextmanager
    def paused_for_keys(self) -> Iterator[None]:
        """While inside, digits are keyed in."""
        self._pauses["keys"] += 1
        self._tell()
        try:
            yield
        finally:
            self._pauses["keys"] -= 1
            self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

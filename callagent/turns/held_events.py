"""What a recogniser has sent, kept by key until the gate has decided, and where it goes when it is let go of."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Event = TypeVar("Event")


class HeldEvents(Generic[Event]):
    """The events of one call, whichever recogniser they came from.

    A hand-over from one agent to another may replace the recogniser, and with it the outlet. What is let go of while
    there is none, or while the one in use takes nothing any more, waits for the next one.
    """

    def __init__(self) -> None:
        self._held: dict[int, Event] = {}
        self._last_key = 0
        self._outlet: Callable[[Event], bool] | None = None
        self._waiting: list[Event] = []

    def lead_to(self, outlet: Callable[[Event], bool]) -> None:
        """Send everything to `outlet` from now on; it answers False when it takes nothing any more."""
        self._outlet = outlet
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self.send(event)

    def hold(self, event: Event) -> int:
        """Keep an event, and return the key that the gate is to know it by."""
        self._last_key += 1
        self._held[self._last_key] = event
        return self._last_key

    def get(self, key: int) -> Event | None:
        """Return an event that is still held."""
        return self._held.get(key)

    def send(self, event: Event) -> None:
        """Let an event go on to the session without a decision."""
        if self._outlet is None or not self._outlet(event):
            self._waiting.append(event)

    def let_go(self, keys: Iterable[int]) -> None:
        """Let events go on to the session; those that are not held any more are left out."""
        for key in keys:
            if (event := self._held.pop(key, None)) is not None:
                self.send(event)

    def drop(self, keys: Iterable[int]) -> None:
        """Forget events: the session never learns of them."""
        for key in keys:
            self._held.pop(key, None)

    def clear(self) -> None:
        """Forget all of them, also what waits for an outlet."""
        self._held.clear()
        self._waiting.clear()

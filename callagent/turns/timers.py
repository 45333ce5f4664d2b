"""Timers as data: the gate names them, the binding runs them."""

from callagent.turns.decisions import CancelTimer, Decision, SetTimer


class Timers:
    """At most one timer per purpose is set at any time."""

    def __init__(self) -> None:
        self._next = 0
        self._running: dict[str, int] = {}

    def set(self, purpose: str, due: float, out: list[Decision]) -> None:
        """Set the timer for `purpose`, in place of one that is running."""
        self.cancel(purpose, out)
        self._next += 1
        self._running[purpose] = self._next
        out.append(SetTimer(self._next, due, purpose))

    def cancel(self, purpose: str, out: list[Decision]) -> None:
        """Cancel the timer for `purpose`, if it is running."""
        timer = self._running.pop(purpose, None)
        if timer is not None:
            out.append(CancelTimer(timer))

    def fired(self, timer: int) -> str | None:
        """The purpose of a timer that fired, or None for one that was cancelled meanwhile."""
        for purpose, running in self._running.items():
            if running == timer:
                del self._running[purpose]
                return purpose
        return None

    def running(self, purpose: str) -> bool:
        """Whether the timer for `purpose` is set."""
        return purpose in self._running

    def cancel_all(self, out: list[Decision]) -> None:
        """Cancel every timer."""
        for purpose in list(self._running):
            self.cancel(purpose, out)

    def __len__(self) -> int:
        return len(self._running)

"""What the gate answers: data, to be carried out by the binding. Timers are data too."""

from dataclasses import dataclass

from callagent.turns.gate.overlap_record import OverlapRecord


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop the agent now. `onset` is the caller's first sample, `heard` the words known by then."""

    at: float
    rule: str
    onset: float
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep these transcripts back; the agent talks on."""

    at: float
    rule: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget these transcripts: the session never sees them."""

    at: float
    rule: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deliver:
    """Give transcripts that were held to the session, in this order."""

    at: float
    rule: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """An ordinary transcript: give it to the session unchanged."""

    at: float
    rule: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Resume:
    """The agent was stopped for nothing, or had stood by: it goes on with what it was saying, from the last word."""

    at: float
    rule: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `TimerFired(timer)` at time `due`. `purpose` is for the log."""

    timer: int
    due: float
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """The timer is no longer wanted."""

    timer: int


@dataclass(frozen=True, slots=True)
class Journal:
    """One overlap is over; this is what happened."""

    record: OverlapRecord


Decision = Interrupt | Hold | Drop | Deliver | Pass | Resume | SetTimer | CancelTimer | Journal


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
        """Return the purpose of a timer that fired, or None for one that was cancelled meanwhile."""
        for purpose, running in self._running.items():
            if running == timer:
                del self._running[purpose]
                return purpose
        return None

    def running(self, purpose: str) -> bool:
        """Tell whether the timer for `purpose` is set."""
        return purpose in self._running

    def cancel_all(self, out: list[Decision]) -> None:
        """Cancel every timer."""
        for purpose in list(self._running):
            self.cancel(purpose, out)

    def __len__(self) -> int:
        return len(self._running)

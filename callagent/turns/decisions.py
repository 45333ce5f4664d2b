"""What the gate answers: data, to be carried out by the binding. Timers are data too."""

from dataclasses import dataclass

from callagent.turns.journal import OverlapRecord


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

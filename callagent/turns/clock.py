"""The clock that a gate's events are stamped with."""

from typing import Protocol


class Clock(Protocol):
    """The call's clock: `of` turns livekit's `time.time()` stamps into seconds of the call."""

    def now(self) -> float:
        """Seconds since the call began."""

    def of(self, wall: float) -> float:
        """A `time.time()` stamp in seconds of the call."""

"""The time of a call."""

import time


class CallClock:
    """Seconds since the call began.

    Call time follows `time.time()`, the clock of livekit's `created_at` stamps, so that what a session reports and
    what the line measured can be laid on one axis.
    """

    def __init__(self, origin: float | None = None) -> None:
        """Start the call now, or at the `time.time()` stamp `origin`."""
        self._origin = time.time() if origin is None else origin

    def now(self) -> float:
        """Return the seconds since the call began."""
        return self.of(time.time())

    def of(self, wall: float) -> float:
        """Convert a `time.time()` stamp to call time."""
        return wall - self._origin

    def wall(self, at: float) -> float:
        """Convert a call time to a `time.time()` stamp."""
        return self._origin + at

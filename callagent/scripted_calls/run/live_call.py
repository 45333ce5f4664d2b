"""What a level gives the conductor: a phone call that it can act on and watch."""

import asyncio
from pathlib import Path
from typing import Protocol

from callagent.audio import Timeline
from callagent.journal import ObservationLog
from callagent.scripted_calls.script.caller import CallerAudio


class LevelUnavailable(Exception):
    """The level cannot run here; the message says what is missing and how to get it (exit status 3)."""


class ExtraMissing(LevelUnavailable):
    """A Python package of an extra of callagent is not installed; the message says which extra."""


class Utterance(Protocol):
    """One piece of caller audio on its way over the line (callagent.audio's Utterance is one)."""

    @property
    def text(self) -> str:
        """What is said, empty for sounds."""
        ...

    @property
    def started(self) -> "asyncio.Future[float]":
        """Call time of the first sample on the line; cancelled when the call ends before."""
        ...

    @property
    def ended(self) -> "asyncio.Future[float]":
        """Call time of the last sample on the line; cancelled when the call ends before."""
        ...


class Stage(Protocol):
    """One call at one level.

    Life: `start()`, then any of the acts, then `aclose()` (always, also after a failed `start()` or a cancellation).
    The stage adds every observation to `log` as it happens, with call times in seconds from the moment `start()`
    connected the call, and keeps `timeline` exact to the level's resolution (text 1 ms, the others 20 ms).
    """

    @property
    def log(self) -> ObservationLog:
        """What has been observed so far; `log.now` is the call's clock."""
        ...

    @property
    def timeline(self) -> Timeline:
        """Who was audible when, on the line."""
        ...

    async def start(self) -> None:
        """Prepare the caller's voices and connect the call.

        Raises:
            LevelUnavailable: something that the level needs is not there.
        """
        ...

    def speak(self, what: CallerAudio) -> Utterance:
        """Play caller audio, queued behind what is being played. Add CallerAudible and CallerSilent to the log."""
        ...

    async def press_keys(self, digits: str) -> None:
        """Send DTMF digits. Add CallerKeys to the log."""
        ...

    async def hang_up(self) -> None:
        """Hang up as the caller, cutting off what they were saying. Add CallEnded("caller hung up") to the log."""
        ...

    async def aclose(self) -> None:
        """End whatever still runs (the caller hangs up) and release the level's resources; idempotent."""
        ...

    def save_recording(self, path: Path) -> bool:
        """Write what was heard so far: stereo 8 kHz int16 .wav, caller left, agent right.

        Returns:
            False (and writes nothing) at a level without sound.
        """
        ...

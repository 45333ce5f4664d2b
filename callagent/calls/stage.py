"""What a level gives the conductor: a phone call that it can act on and watch."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from callagent.calls.caller import CallerAudio, Recording, Sound, SoundName, Speech
from callagent.calls.model import CallScript, LevelName
from callagent.calls.observe import ObservationLog
from callagent.calls.unavailable import LevelUnavailable
from callagent.line import Timeline
from callagent.profile import Profile

__all__ = [
    "CallPlan",
    "CallerAudio",
    "Checking",
    "GateName",
    "Level",
    "LevelName",
    "LevelUnavailable",
    "Recording",
    "Sound",
    "SoundName",
    "Speech",
    "Stage",
    "Utterance",
]

GateName = Literal["callagent", "stock"]


class Utterance(Protocol):
    """One piece of caller audio on its way over the line (callagent.line's Utterance is one)."""

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


@dataclass(frozen=True)
class CallPlan:
    """One call about to be made.

    `profile` is complete: the script's `agent` part is already merged into it (greeting, replies, `otherwise`, and a
    declaration for each tool that a reply calls and the profile does not declare).
    `voices` is everything the caller will play, so that a level can synthesise it before the call begins.
    """

    script: CallScript
    profile: Profile
    voices: Sequence[CallerAudio]
    gate: GateName = "callagent"


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
        """Prepares the caller's voices and connects the call.

        Raises:
            LevelUnavailable: something that the level needs is not there.
        """
        ...

    def speak(self, what: CallerAudio) -> Utterance:
        """Plays caller audio, queued behind what is being played. Adds CallerAudible and CallerSilent to the log."""
        ...

    async def press_keys(self, digits: str) -> None:
        """Sends DTMF digits. Adds CallerKeys to the log."""
        ...

    async def hang_up(self) -> None:
        """The caller hangs up, cutting off what they were saying. Adds CallEnded("caller hung up") to the log."""
        ...

    async def aclose(self) -> None:
        """Ends whatever still runs (the caller hangs up) and releases the level's resources; idempotent."""
        ...

    def save_recording(self, path: Path) -> bool:
        """Writes what was heard so far: stereo 8 kHz int16 .wav, caller left, agent right.

        Returns:
            False (and writes nothing) at a level without sound.
        """
        ...


class Level(Protocol):
    """A level of scripted calls: makes one stage per call, and holds what the calls of one run share.

    `start()` and `aclose()` run on the same event loop as the calls, except where `shared_loop` is False: then every
    call gets a fresh loop from `new_loop()` and neither is called.
    """

    name: LevelName
    shared_loop: bool

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """A fresh event loop of the kind that the level needs."""
        ...

    async def start(self) -> None:
        """Starts what the calls share (models, servers, worker processes).

        Raises:
            LevelUnavailable: the level cannot run here.
        """
        ...

    def stage(self, plan: CallPlan) -> Stage:
        """A new call, not yet started."""
        ...

    async def aclose(self) -> None:
        """Ends what `start()` started; idempotent."""
        ...


@runtime_checkable
class Checking(Protocol):
    """A level that can tell ahead, before there is an event loop, whether it can make these calls here."""

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Imports and looks up what the calls need.

        Raises:
            LevelUnavailable: something that the level needs is not installed.
            ConfigError: a profile is not valid here.
        """
        ...

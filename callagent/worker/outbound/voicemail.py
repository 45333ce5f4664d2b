"""Voicemail: the message is left once the mailbox records, after its beep or a long silence."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from livekit import rtc

from callagent.audio import FRAME_S, SAMPLE_RATE, Samples, level_dbfs
from callagent.audio.beep import BeepDetector
from callagent.concurrency import BackgroundTasks
from callagent.profile import MachineSettings

if TYPE_CHECKING:
    from livekit.agents import AgentSession

LONGEST_GREETING_S = 90.0
"""How long is waited for the end of a greeting, in seconds, once it is known that a mailbox has answered."""

QUIET_DBFS = -45.0
"""Level up to which nothing is being said."""

SOUND_S = 0.06
"""A sound of this length, in seconds, is part of the greeting: a beep that came before it was not the last word."""

_log = logging.getLogger("callagent.worker")


class Recording(Protocol):
    """Knows when a mailbox records."""

    async def recording(self, patience: float) -> None:
        """Wait until it does."""
        ...


class Mailbox:
    """Listens to who has answered, from the first moment on: the beep may come before anybody asks for it."""

    def __init__(self) -> None:
        self._beeps = BeepDetector()
        self._beeped = False
        self._sound = 0.0
        self._quiet = 0.0
        self._heard = asyncio.Event()
        self._listening = BackgroundTasks(_log, "the mailbox is no longer listened to")

    def listen(self, callee: rtc.RemoteParticipant) -> None:
        """Begin to listen to the callee's microphone."""
        self._listening.start(self._listen(callee), name="callagent.worker.mailbox")

    def hear(self, frame: Samples) -> None:
        """Take the next 20 ms."""
        if self._beeps.feed(frame):
            self._beeped, self._quiet, self._sound = True, 0.0, 0.0
        elif level_dbfs(frame) > QUIET_DBFS:
            self._quiet = 0.0
            self._sound = 0.0 if self._beeps.tone else self._sound + FRAME_S
            self._beeped = self._beeped and self._sound < SOUND_S
        else:
            self._quiet += FRAME_S
            self._sound = 0.0
        self._heard.set()

    async def recording(self, patience: float) -> None:
        """Wait until it records: a beep was the last thing to be heard, or nothing was for `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_GREETING_S):
                while not self._beeped and self._quiet < patience:
                    self._heard.clear()
                    async with asyncio.timeout(patience):
                        await self._heard.wait()

    async def aclose(self) -> None:
        """Stop listening."""
        await self._listening.aclose()

    async def _listen(self, callee: rtc.RemoteParticipant) -> None:
        stream = rtc.AudioStream.from_participant(
            participant=callee,
            track_source=rtc.TrackSource.SOURCE_MICROPHONE,
            sample_rate=SAMPLE_RATE,
            num_channels=1,
            frame_size_ms=round(FRAME_S * 1000),
        )
        try:
            async for event in stream:
                self.hear(np.frombuffer(event.frame.data, dtype=np.int16))
        finally:
            await stream.aclose()


async def leave_message(
    session: "AgentSession[Any]",
    machines: MachineSettings,
    mailbox: Recording,
    first: Callable[[], object] = lambda: None,
) -> bool:
    """Speak after the beep. False: not to the end, because the call ended before.

    Args:
        first: says what has to be said before the message.
    """
    await mailbox.recording(machines.beep)
    first()
    return not (await session.say(machines.message, allow_interruptions=False)).interrupted

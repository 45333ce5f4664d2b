"""Two participants of one room who must not hear each other yet."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livekit import rtc

from callagent.concurrency import all_of, supervised
from callagent.livekit_api import LiveKitClient, ServerError, open_client
from callagent.worker.config import WorkerConfig

BURST_S = (0.02, 0.04, 0.08, 0.16, 0.3, 0.5)
"""Pauses between the first requests after something has changed, in seconds. A gateway subscribes by itself when it
sees a new track, and to everything when its call is answered; who comes first cannot be known."""

STEADY_S = 1.0
"""Seconds between two requests when nothing changes."""

_EVENTS: tuple[rtc.room.EventTypes, ...] = (
    "participant_connected",
    "track_published",
    "participant_attributes_changed",
)

_log = logging.getLogger("callagent.worker")


class Apart:
    """Keeps `one` and `other` from hearing each other, whether they are in the room already or come later.

    Args:
        room: the room as a third participant sees it.
    """

    def __init__(self, config: WorkerConfig, room: rtc.Room, one: str, other: str) -> None:
        self._config = config
        self._room = room
        self._pairs = ((one, other), (other, one))
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Inside they are apart, and afterwards as they were at the end. It fails where they cannot be kept apart."""
        for event in _EVENTS:
            self._room.on(event, self._look)
        try:
            async with supervised(self._keep(), name="callagent.worker.apart"):
                yield
        finally:
            for event in _EVENTS:
                self._room.off(event, self._look)

    def look(self) -> None:
        """Ask again at once, as something may have changed."""
        self._changed.set()

    async def join(self) -> None:
        """Let them hear each other from now on.

        Raises:
            ServerError: the server has not done it.
        """
        async with open_client(self._config) as server:
            for listener, speaker in self._pairs:
                if tracks := self._tracks(listener, speaker):
                    await server.subscribe(self._room.name, listener, tracks, to=True)

    def _look(self, *_: object) -> None:
        self.look()

    async def _keep(self) -> None:
        pauses = iter(BURST_S)
        async with open_client(self._config) as server:
            while True:
                await all_of(*(self._part(server, listener, speaker) for listener, speaker in self._pairs))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(next(pauses, STEADY_S)):
                        await self._changed.wait()
                    self._changed.clear()
                    pauses = iter(BURST_S)

    async def _part(self, server: LiveKitClient, listener: str, speaker: str) -> None:
        tracks = self._tracks(listener, speaker)
        if not tracks:
            return
        try:
            await server.subscribe(self._room.name, listener, tracks, to=False)
        except ServerError as error:
            _log.warning("not kept apart", extra={"room": self._room.name, "error": str(error)})

    def _tracks(self, listener: str, speaker: str) -> list[str]:
        """Return the ids of the speaker's audio; none when one of them is not there, or has none yet."""
        present = self._room.remote_participants
        return list(present[speaker].track_publications) if speaker in present and listener in present else []

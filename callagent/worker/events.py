"""In development, the job tells the room what it decides: JSON data packets on the topic `callagent.events`."""

import asyncio
import logging
from typing import Any

from livekit import rtc
from livekit.rtc.participant import PublishDataError

from callagent.sanitise import json_text

TOPIC = "callagent.events"
LONGEST_PACKET = 14_000
"""Bytes of one packet; a reliable data packet of WebRTC carries 15 kB everywhere."""

FLUSH_TIMEOUT_S = 0.5

_log = logging.getLogger("callagent.worker")


class RoomEvents:
    """Publishes events in order, from a task of its own, to everybody in the room.

    Each packet is an object: `type`, `at` (a `time.time()` stamp) and the fields of its type. There are `turn` (role,
    text, interrupted, metrics: the seconds and stamps of livekit's `MetricsReport`), `tool` (name, arguments),
    `decision` (overlap, as in the journal), `audible` and `silent` (interrupted) for the agent's playouts, `error` and
    `note` (message), `ended` (reason, error).
    """

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._publish(), name="callagent.worker.events")

    def send(self, type: str, at: float, **fields: Any) -> None:
        """Queues an event; one that is too large for a packet is left out and logged."""
        packet = json_text({"type": type, "at": at, **fields}).encode()
        if len(packet) > LONGEST_PACKET:
            _log.warning("event too large for the room", extra={"type": type, "bytes": len(packet)})
            return
        self._queue.put_nowait(packet)

    async def aclose(self) -> None:
        """Sends what is queued, for half a second at most, and ends; idempotent."""
        self._queue.put_nowait(None)
        await asyncio.wait([self._task], timeout=FLUSH_TIMEOUT_S)
        self._task.cancel()

    async def _publish(self) -> None:
        while (packet := await self._queue.get()) is not None:
            if not self._room.isconnected():
                continue
            try:
                await self._room.local_participant.publish_data(packet, reliable=True, topic=TOPIC)
            except PublishDataError as error:
                _log.warning("event not published", extra={"error": error.message})

"""In development, the job tells the room what it decides: JSON data packets on the topic `callagent.events`."""

import asyncio
import logging

from livekit import rtc
from livekit.rtc.participant import PublishDataError

from callagent.concurrency import cancel_and_wait
from callagent.journal import Observation
from callagent.journal.call_record import CallRecord
from callagent.journal.packets import packet_of
from callagent.sanitise import json_text

TOPIC = "callagent.events"
LONGEST_PACKET_BYTES = 14_000
"""Bytes of one packet; a reliable data packet of WebRTC carries 15 kB everywhere."""

FLUSH_TIMEOUT_S = 0.5

_log = logging.getLogger("callagent.worker")


class RoomEvents:
    """Publishes what happens in a call, in order, from a task of its own, to everybody in the room; see `packet_of`.

    Args:
        record: of the call, whose log is followed from now on.
    """

    def __init__(self, room: rtc.Room, record: CallRecord) -> None:
        self._room = room
        self._record = record
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._publish(), name="callagent.worker.events")
        record.log.listen(self._observed)

    async def aclose(self) -> None:
        """Tell how the call ended, sends what is queued, for half a second at most, and end; idempotent."""
        if not self._task.done() and (ended := self._record.ending) is not None:
            self._observed(ended)
        self._queue.put_nowait(None)
        await asyncio.wait([self._task], timeout=FLUSH_TIMEOUT_S)
        await cancel_and_wait(self._task)

    def _observed(self, entry: Observation) -> None:
        """Queue a packet; one that is too large is left out and logged."""
        if (content := packet_of(entry, self._record.clock)) is None:
            return
        packet = json_text(content).encode()
        if len(packet) > LONGEST_PACKET_BYTES:
            _log.warning("event too large for the room", extra={"type": content["type"], "bytes": len(packet)})
            return
        self._queue.put_nowait(packet)

    async def _publish(self) -> None:
        while (packet := await self._queue.get()) is not None:
            if not self._room.isconnected():
                continue
            try:
                await self._room.local_participant.publish_data(packet, reliable=True, topic=TOPIC)
            except PublishDataError as error:
                _log.warning("event not published", extra={"error": error.message})

"""What the job of an outbound call tells the room about it, for whoever dialled."""

import asyncio
import functools
import logging
from datetime import UTC, datetime

from livekit import rtc

from callagent.database import Store, StoreUnavailable
from callagent.livekit_api import NotFound, ServerError, open_client
from callagent.telephony.outbound import ATTRIBUTE, CALLEE, DialOrder, Report, Stage
from callagent.worker.config import WorkerConfig

SEND_TIMEOUT_S = 1.0
"""How long the room may take to accept a report, in seconds."""

READ_TIMEOUT_S = 3.0
"""How long the last report stays to be read, in seconds; who reads it deletes the room. The call itself is over."""

RECORD_TIMEOUT_S = 2.0

_log = logging.getLogger("callagent.worker")


class Telling:
    """Keeps the agent's attribute up to date with the stage of the call, and at its end lets it be read.

    Attributes:
        order: what the call was asked for; its attempt gets the outcome.
    """

    def __init__(self, config: WorkerConfig, room: rtc.Room, order: DialOrder) -> None:
        self.order = order
        self._config, self._room = config, room
        self._told: list[Stage] = []
        self._gone = asyncio.Event()
        room.on("disconnected", lambda *_: self._gone.set())

    async def stage(self, stage: Stage) -> None:
        """Tell a stage, once."""
        if stage not in self._told:
            self._told.append(stage)
            await self._tell(Report(stage))

    async def end(self, report: Report, *, answered: float | None) -> None:
        """Record the outcome, hang up, tell, and stay until it has been read. Bounded, never raises.

        What is recorded before it is told is there for whoever dialled, should both have one database.

        Args:
            answered: when the call was answered, as `time.time()`.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._remove_callee(), name="callagent.worker.remove-callee")
            group.create_task(self._record(report, answered), name="callagent.journal.call_record-outcome")
        await self._tell(report)
        if self.order.watched and self._room.isconnected():
            try:
                async with asyncio.timeout(READ_TIMEOUT_S):
                    await self._gone.wait()
            except TimeoutError:
                _log.info("nobody has read the outcome of a call", extra={"room": self._room.name})

    async def _tell(self, report: Report) -> None:
        if not self._room.isconnected():
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._room.local_participant.set_attributes({ATTRIBUTE: report.as_text()})
        except (TimeoutError, RuntimeError) as error:
            _log.warning("stage not told", extra={"room": self._room.name, "error": str(error)})

    async def _remove_callee(self) -> None:
        """BYE, or CANCEL while it rings, without deleting the room."""
        if CALLEE not in self._room.remote_participants:
            return
        try:
            async with open_client(self._config) as server:
                await server.remove_participant(self._room.name, CALLEE)
        except NotFound:
            return
        except ServerError as error:
            _log.warning("callee not removed", extra={"room": self._room.name, "error": str(error)})

    async def _record(self, report: Report, answered: float | None) -> None:
        """Into the records database. An attempt that is not in there was begun, and is ended, in the dialler's."""
        try:
            async with asyncio.timeout(RECORD_TIMEOUT_S):
                record = functools.partial(_record, self._config.database, self.order.attempt, self._room.name)
                await asyncio.to_thread(record, report, answered)
        except (StoreUnavailable, TimeoutError) as error:
            _log.warning("outcome not recorded", extra={"room": self._room.name, "error": str(error)})


def _record(database: str | None, attempt: str, room: str, report: Report, answered: float | None) -> None:
    store = Store(database)
    try:
        moment = None if answered is None else datetime.fromtimestamp(answered, UTC)
        store.end_attempt(attempt, report.outcome or "", report.detail, room=room, answered=moment)
    finally:
        store.close()

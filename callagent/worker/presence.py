"""A worker tells the records database of itself while it runs: where it is, and how full, for whoever is on duty."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from callagent.database import Database, StoreUnavailable
from callagent.database.tables import WorkerRow
from callagent.database.workers import TOLD_S, forget, tell_of
from callagent.profile.paths import default_location
from callagent.records.delivery_rounds import DeliveryRounds
from callagent.worker.capacity import Capacity
from callagent.worker.config import WorkerConfig

LONGEST_PAUSE_S: Final = 30.0
"""How long a database that is away is left alone at most, in seconds."""

LAST_WORD_S: Final = 3.0
"""How long the database may take to be told that the worker has ended, in seconds."""

_log = logging.getLogger("callagent.worker")


class Presence:
    """Tells, in a thread of its own, until it is closed; a database that is away is told when it is back.

    Args:
        location: of the database.
        agent: the agent name that the worker answers to.
        capacity: knows how full it is.
    """

    def __init__(self, location: str, agent: str, capacity: Capacity) -> None:
        self.id = secrets.token_hex(8)
        self._location, self._agent, self._capacity = location, agent, capacity
        self._started = datetime.now(UTC)
        self._database: Database | None = None
        self._rounds = DeliveryRounds(
            "callagent.presence", self.tell, self._last, every_s=TOLD_S, longest_pause_s=LONGEST_PAUSE_S
        )

    def start(self) -> None:
        """Begin to tell."""
        self._rounds.start()

    def close(self) -> None:
        """Tell that the worker has ended; blocks for `LAST_WORD_S` at most."""
        self._rounds.close(LAST_WORD_S)

    def tell(self) -> bool:
        """Tell how full the worker is now; whether that went well. Blocks."""
        capacity = self._capacity
        row = WorkerRow(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            agent=self._agent,
            calls=capacity.calls,
            max_calls=capacity.max_calls,
            refused=capacity.refused,
            draining=capacity.draining,
            started=self._started,
            seen=datetime.now(UTC),
        )
        try:
            tell_of(self._opened(), row)
        except StoreUnavailable as error:
            _log.info("the database was not told of the worker", extra={"error": str(error)})
            return False
        return True

    def _last(self) -> None:
        try:
            forget(self._opened(), self.id)
        except StoreUnavailable as error:
            _log.info("the database was not told that the worker has ended", extra={"error": str(error)})
        if self._database is not None:
            self._database.close()

    def _opened(self) -> Database:
        if self._database is None:
            self._database = Database(self._location)
        return self._database


@asynccontextmanager
async def told_presence(config: WorkerConfig, capacity: Capacity) -> AsyncIterator[None]:
    """Have the database told of the worker meanwhile, where it keeps its calls there."""
    if not config.keep_calls:
        yield
        return
    presence = Presence(config.database or default_location(), config.agent_name, capacity)
    presence.start()
    try:
        yield
    finally:
        await asyncio.to_thread(presence.close)

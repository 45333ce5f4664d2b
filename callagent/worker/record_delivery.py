"""The worker's part in what remains of calls: their processes write them into the spool, and it delivers from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import prometheus_client

from callagent.profile.paths import default_location
from callagent.records import Delivery, DeliveryThread, places
from callagent.worker.config import WorkerConfig

LAST_DELIVERY_S: Final = 10.0
"""How long the database may take for the calls that have just ended when the worker does, in seconds; what is not
delivered by then is by the next worker, or by whoever looks at the records."""

_waiting = prometheus_client.Gauge("callagent_records_waiting", "Calls in the spool that are not in the database yet")


@asynccontextmanager
async def delivered_records(config: WorkerConfig) -> AsyncIterator[WorkerConfig]:
    """Have the calls of a worker delivered, and give its configuration with the spool that they are left in."""
    if not config.keep_calls:
        yield config
        return
    location = config.database or default_location()
    directories = await asyncio.to_thread(places, location)
    thread = DeliveryThread(Delivery(location, directories, prices=config.prices), _waiting.set)
    try:
        yield replace(config, spool=directories)
    finally:
        await asyncio.to_thread(thread.close, LAST_DELIVERY_S)

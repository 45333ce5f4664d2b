"""What happens to the calls of a worker when they are over, while it serves: delivered, told to others, looked at."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import prometheus_client

from callagent.after_call import analyse_calls
from callagent.profile import Profile, load_profile
from callagent.profile.paths import default_location
from callagent.recording.recording_delivery import RecordingDelivery, RecordingDeliveryThread
from callagent.records import Delivery, DeliveryThread, places
from callagent.records.webhooks.sender import SenderThread
from callagent.worker.config import WorkerConfig
from callagent.worker.metrics.after_call_meters import AnalysisMeter, WebhookMeter

LAST_DELIVERY_S: Final = 10.0
"""How long the database may take for the calls that have just ended when the worker does, in seconds; what is not
delivered by then is by the next worker, or by whoever looks at the records."""

LAST_WEBHOOKS_S: Final = 5.0
"""How long endpoints may take for what they are told when the worker ends, in seconds; the next one sends the rest."""

_waiting = prometheus_client.Gauge("callagent_records_waiting", "Calls in the spool that are not in the database yet")
_recordings_waiting = prometheus_client.Gauge(
    "callagent_recordings_waiting", "Recordings of calls that are over, in the spool and not yet where they are kept"
)
_recordings_delivered = prometheus_client.Counter("callagent_recordings_delivered", "Recordings brought to their place")
_recordings_failed = prometheus_client.Counter(
    "callagent_recording_deliveries_failed", "Times that recordings could not be brought to their place"
)


@asynccontextmanager
async def delivered_records(config: WorkerConfig) -> AsyncIterator[WorkerConfig]:
    """Have the calls of a worker delivered, and give its configuration with the spool that they are left in."""
    if not config.keep_calls:
        yield config
        return
    location = config.database or default_location()
    directories = await asyncio.to_thread(places, location)
    delivery = Delivery(location, directories, prices=config.prices, endpoints=config.webhooks)
    thread = DeliveryThread(delivery, _waiting.set)
    sender = SenderThread(location, config.webhooks, WebhookMeter()) if config.webhooks else None
    try:
        yield replace(config, spool=directories)
    finally:
        await asyncio.to_thread(thread.close, LAST_DELIVERY_S)
        if sender is not None:  # after the calls that have just ended
            await asyncio.to_thread(sender.close, LAST_WEBHOOKS_S)


@asynccontextmanager
async def delivered_recordings(config: WorkerConfig) -> AsyncIterator[WorkerConfig]:
    """Have the recordings of a worker delivered, and give its configuration with the spool that they are left in."""
    if config.recordings is None:
        yield config
        return
    directories = await asyncio.to_thread(config.recordings.spool)
    thread = RecordingDeliveryThread(RecordingDelivery(config.recordings, directories), _count_recordings)
    try:
        yield replace(config, recordings_spool=directories)
    finally:
        await asyncio.to_thread(thread.close, LAST_DELIVERY_S)


def _count_recordings(depth: int, delivered: int, failed: bool) -> None:
    _recordings_waiting.set(depth)
    _recordings_delivered.inc(delivered)
    _recordings_failed.inc(failed)


async def look_at_calls(config: WorkerConfig) -> None:
    """Have models look at the calls of a worker's database when they are over, until cancelled."""
    location, load = config.database or default_location(), functools.partial(profile_of, config)
    await analyse_calls(location, load, prices=config.prices, meter=AnalysisMeter())


def profile_of(config: WorkerConfig, name: str) -> Profile:
    """Return the profile of that name as a worker has it. Blocks. Raise ConfigError."""
    files = (each for each in (config.profile, *config.profile_files) if Path(each).stem == name)
    return load_profile(next(files, name), sets=config.sets)

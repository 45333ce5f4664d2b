"""The worker: answers the calls that livekit-server dispatches to it."""

from callagent.worker.call.room_events import TOPIC as EVENTS_TOPIC
from callagent.worker.capacity import default_max_calls
from callagent.worker.config import (
    AGENT_NAME,
    DEFAULT_PROFILE,
    DEV_KEY,
    DEV_SECRET,
    DEV_URL,
    HEALTH_PORT,
    METRICS_HOST,
    Connection,
    InvalidWorker,
    ServerUnavailable,
    WorkerConfig,
    WorkerError,
    WorkerFailed,
    resolve_connection,
)
from callagent.worker.reload import Reloaded
from callagent.worker.server import serve

__all__ = [
    "AGENT_NAME",
    "DEFAULT_PROFILE",
    "DEV_KEY",
    "DEV_SECRET",
    "DEV_URL",
    "EVENTS_TOPIC",
    "HEALTH_PORT",
    "METRICS_HOST",
    "Connection",
    "InvalidWorker",
    "Reloaded",
    "ServerUnavailable",
    "WorkerConfig",
    "WorkerError",
    "WorkerFailed",
    "default_max_calls",
    "resolve_connection",
    "serve",
]

"""The worker's settings: complete, immutable, and the same in every process of the worker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callagent.livekit_api import connection
from callagent.livekit_api.connection import (
    AGENT_NAME,
    DEV_KEY,
    DEV_SECRET,
    DEV_URL,
    Connection,
    InvalidConnection,
    check_url,
)

__all__ = [
    "AGENT_NAME",
    "DEFAULT_PROFILE",
    "DEV_KEY",
    "DEV_SECRET",
    "DEV_URL",
    "HEALTH_PORT",
    "METRICS_HOST",
    "Connection",
    "InvalidWorker",
    "ServerUnavailable",
    "WorkerConfig",
    "WorkerError",
    "WorkerFailed",
    "resolve_connection",
]

from callagent.profile import DEFAULT_PROFILE
from callagent.recording import Destination
from callagent.records.prices import NO_PRICES, Prices
from callagent.records.webhooks.settings import Endpoint
from callagent.telephony import NO_ROUTES, Routes

HEALTH_PORT = 8081
"""Port of the health endpoint, the one that livekit-agents uses in production."""
METRICS_HOST = "127.0.0.1"
"""Where the metrics endpoint listens unless told otherwise: what it tells is for this machine's monitoring."""
DRAIN_S = 3600.0
"""How long a drain waits for the calls in progress, in seconds."""


class WorkerError(Exception):
    """The worker cannot start or go on; the message is one line for whoever started it."""


class InvalidWorker(WorkerError):
    """A setting is wrong: nothing that waiting would cure."""


class ServerUnavailable(WorkerError):
    """Something that the worker needs is not there: the server, a port, a directory."""


class WorkerFailed(WorkerError):
    """A part of the worker has failed that should not have; the calls in progress were finished."""


@dataclass(frozen=True)
class WorkerConfig:
    """What `callagent serve` was asked to do.

    Args:
        max_calls: calls answered at the same time; one process each.
        port: port of the health endpoint (`/`, `/worker`); 0 takes a free one.
        host: address of the health endpoint; empty listens on all interfaces.
        metrics_host: address of the metrics endpoint.
        metrics_port: port for Prometheus (`/metrics`); None: no metrics endpoint.
        profile_files: files of further profiles, each of which a call may name by its path.
        sets: `--set a.b=c` overrides of every profile.
        routes: profiles by dialled number and by country, for calls that ask for none.
        records: directory for one JSON file per call; None: no records.
        database: file or URL of the records database (attempts, the do-not-call list); None: a file of the user.
        keep_calls: whether calls are kept in that database.
        prices: what models cost, for the cost of calls.
        webhooks: who is told of calls.
        spool: directories in which the processes leave calls for the database, the first one that can be written; set
            by the worker itself.
        recordings: where recordings of calls are kept; None: nowhere, so that no call is recorded.
        recordings_spool: directories in which the processes write them, as `spool`; set by the worker itself.
        otlp: collector to which each call's trace goes, without `/v1/traces`; None: as OpenTelemetry's variables say.
        drain: how long a drain waits for the calls in progress, in seconds.
        sounds: directory in which the processes share what they have synthesised; set by the worker itself.
        reload: whether the author's files are watched, and a change is taken for the next call.
        dev: development mode: the dispatch may carry an agent script, and the job publishes what it decides.
    """

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    max_calls: int
    profile: str = DEFAULT_PROFILE
    profile_files: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    routes: Routes = NO_ROUTES
    agent_name: str = AGENT_NAME
    host: str = ""
    port: int = HEALTH_PORT
    metrics_host: str = METRICS_HOST
    metrics_port: int | None = None
    records: Path | None = None
    database: str | None = field(default=None, repr=False)
    keep_calls: bool = False
    prices: Prices = NO_PRICES
    webhooks: tuple[Endpoint, ...] = ()
    spool: tuple[Path, ...] = ()
    recordings: Destination | None = None
    recordings_spool: tuple[Path, ...] = ()
    otlp: str | None = field(default=None, repr=False)
    drain: float = DRAIN_S
    dev: bool = False
    sounds: Path | None = None
    reload: bool = False

    def __post_init__(self) -> None:
        try:
            check_url(self.url)
        except InvalidConnection as error:
            raise InvalidWorker(str(error)) from None
        if self.max_calls < 1:
            raise InvalidWorker(f"--max-calls must be 1 or more, not {self.max_calls}")
        if self.webhooks and not self.keep_calls:
            raise InvalidWorker("webhooks are made of calls that are kept: leave --no-keep-calls out, or --webhooks")


def resolve_connection(
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    *,
    dev: bool,
    env: Mapping[str, str],
    left_out: str = "",
) -> Connection:
    """As `callagent.livekit_api.connection.resolve_connection`, but raises InvalidWorker."""
    try:
        return connection.resolve_connection(url, api_key, api_secret, dev=dev, env=env, left_out=left_out)
    except InvalidConnection as error:
        raise InvalidWorker(str(error)) from None

"""What a check is, and what it finds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from callagent.worker import AGENT_NAME, DEFAULT_PROFILE, HEALTH_PORT, METRICS_HOST, Connection

SIP_PORT = 5060


@dataclass(frozen=True)
class Address:
    """Where a SIP gateway listens, over UDP."""

    host: str
    port: int = SIP_PORT


@dataclass(frozen=True)
class Subject:
    """The settings. Of the connection any part may be empty; the check of the keys tells.

    Args:
        health_port: port that the worker's health endpoint will listen on; 0 takes any free one.
        host, metrics_host: where those endpoints will listen; an empty host is every interface.
        metrics_port: port of the metrics endpoint; None: there is none.
        records: directory of the call records; None: none are kept.
        database: records database; None: a file of the user.
        gateway: where a SIP gateway should answer; None: not looked at.
    """

    connection: Connection
    profile: str = DEFAULT_PROFILE
    sets: tuple[str, ...] = ()
    agent_name: str = AGENT_NAME
    host: str = ""
    health_port: int = HEALTH_PORT
    metrics_host: str = METRICS_HOST
    metrics_port: int | None = None
    records: Path | None = None
    database: str | None = field(default=None, repr=False)
    gateway: Address | None = None

    @property
    def http_url(self) -> str:
        """The server's URL for plain requests."""
        return self.connection.url.replace("ws", "http", 1) if self.connection.url[:2] == "ws" else self.connection.url

    @property
    def server_host(self) -> str:
        """Host of the server's URL, empty when there is none."""
        return urlsplit(self.connection.url).hostname or ""


State = Literal["ok", "warning", "failed", "skipped"]

LIMIT_S = 5.0
"""Longest that a check may take, in seconds, unless it says otherwise."""

TRY_AGAIN = "try again when the machine is less busy"


@dataclass(frozen=True)
class Finding:
    """What a check has found, and what to do about it. Neither sentence holds a secret or a phone number."""

    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that is looked at.

    Args:
        run: looks; returns what it found. What it does not foresee it raises: that is a failure too.
        needs: names of the checks without which this one makes no sense: it is skipped unless they found nothing wrong.
        limit: seconds after which it counts as failed.
        late: what to say, and what to do, when the limit is over.
    """

    name: str
    run: Callable[[Subject], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    limit: float = LIMIT_S
    late: tuple[str, str] = ("no answer", TRY_AGAIN)


@dataclass(frozen=True)
class Examined:
    """A check with what it found, and how long that took in seconds."""

    check: str
    finding: Finding
    seconds: float


def ok(found: str) -> Finding:
    """Find that all is well."""
    return Finding("ok", found)


def warning(found: str, remedy: str) -> Finding:
    """Find that calls work, and that something about it should be otherwise."""
    return Finding("warning", found, remedy)


def failed(found: str, remedy: str) -> Finding:
    """Find that calls will not work like this."""
    return Finding("failed", found, remedy)


def skipped(found: str, remedy: str = "") -> Finding:
    """Find that nothing was looked at, for the reason given."""
    return Finding("skipped", found, remedy)

"""What is examined: the settings that a worker would be started with."""

from dataclasses import dataclass, field
from pathlib import Path
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

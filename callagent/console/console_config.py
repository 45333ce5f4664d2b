"""What the console is told when it begins: where it listens, what its token is, and what may go wrong with that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from callagent.console.access import SHORTEST_TOKEN
from callagent.livekit_api.connection import Connection
from callagent.plaintext import is_this_machine
from callagent.yaml_config import ConfigError

TOKEN_VARIABLE: Final = "CALLAGENT_CONSOLE_TOKEN"

PORT: Final = 8084
"""Where the console listens; the worker has 8081, livekit-sip 8082, and Prometheus finds the worker at 8083."""


@dataclass(frozen=True)
class ConsoleConfig:
    """How the console is served.

    Args:
        host: address or name of an interface; empty for all of them.
        port: 0 for any that is free.
        token: what is asked for; None: nothing.
        database: a file or an URL; None: that of the environment, or of the user.
        allowed_hosts: names by which it may be asked for, besides those of this machine.
        operator: whether calls can be given orders. A call can be listened to then, too.
        listen: whether calls can be listened to.
        server: where livekit-server is, for both.
    """

    host: str
    port: int = PORT
    token: str | None = field(default=None, repr=False)
    database: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    operator: bool = False
    listen: bool = False
    server: Connection | None = None

    def __post_init__(self) -> None:
        if self.token is None and not self.loopback:
            raise ConfigError.single(
                "--host",
                f"{self.host or 'every interface'} can be reached from other machines: "
                f"the console needs a token there, by --token-file or {TOKEN_VARIABLE}",
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the console."""
        return bool(self.host) and is_this_machine(self.host)

    @property
    def address(self) -> str:
        """The host as a URL has it."""
        return f"[{self.host}]" if ":" in self.host else self.host or "0.0.0.0"


def token_of(file: Path | None, env: Mapping[str, str]) -> str | None:
    """Return the token of a file, or of the environment; None where there is none.

    Raises:
        ConfigError: the file cannot be read, or the token is too short to be one.
    """
    place = "--token-file" if file is not None else TOKEN_VARIABLE
    try:
        token = env.get(TOKEN_VARIABLE) or None if file is None else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.single("--token-file", f"cannot be read: {error}") from error
    if token is None:
        return None
    token = token.strip()
    if len(token) < SHORTEST_TOKEN:
        raise ConfigError.single(
            place, f"a token has {SHORTEST_TOKEN} characters at least; openssl rand -hex 32 writes one"
        )
    return token

"""How to reach livekit-server: its URL and key pair, from options and the environment."""

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jwt.warnings import InsecureKeyLengthWarning

from callagent.plaintext import exposed_message, insecure_allowed, is_exposed


def quieten() -> None:
    """Keep PyJWT from remarking, at every token, that a secret is short: `callagent doctor` says so once."""
    warnings.simplefilter("ignore", InsecureKeyLengthWarning)


AGENT_NAME = "callagent"
"""Name under which workers register, and that dispatches ask for."""

DEV_URL, DEV_KEY, DEV_SECRET = "ws://127.0.0.1:7880", "devkey", "secret"
"""Where `livekit-server --dev` listens, and the key pair that it makes up."""

_VARIABLES = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
_EXAMPLE = "for example ws://127.0.0.1:7880"
_SCHEMES = frozenset({"ws", "wss", "http", "https"})


class InvalidConnection(ValueError):
    """The URL or the key pair is missing or cannot be one; the message is one line."""


@dataclass(frozen=True)
class Connection:
    """How to reach livekit-server."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)


def names_server(url: str, schemes: Collection[str]) -> bool:
    """Whether `url` has one of the schemes and names a host, and a port, if it names one, that there can be."""
    try:
        split = urlsplit(url)
        return split.scheme in schemes and bool(split.hostname) and split.port != 0
    except ValueError:
        return False


def check_url(url: str) -> None:
    """Raise InvalidConnection when `url` is not that of a LiveKit server, or holds a password, which is not shown."""
    if names_server(url, _SCHEMES) and "@" not in urlsplit(url).netloc:
        return
    if "@" in url:
        raise InvalidConnection(f"the LiveKit URL holds a user name or a password; write it without ({_EXAMPLE})")
    raise InvalidConnection(f"not a LiveKit URL: {url!r} ({_EXAMPLE})")


def check_encrypted(url: str, env: Mapping[str, str]) -> None:
    """Raise InvalidConnection for an unencrypted connection to another machine, unless `env` allows it."""
    if is_exposed(url) and not insecure_allowed(env):
        raise InvalidConnection(exposed_message(url))


def resolve_connection(
    url: str | None,
    api_key: str | None,
    api_secret: str | None,
    *,
    dev: bool | None = None,
    env: Mapping[str, str],
    left_out: str = "",
) -> Connection:
    """Settle the URL and the key pair from the options, `LIVEKIT_*` and the development defaults.

    In development mode without a URL the environment does not count: a `.env` that names a production server must not
    send a scripted call there.

    Args:
        dev: development mode; None where a command has no such mode.
        left_out: why a ``.env`` file has added nothing to `env`, where it could have.

    Raises:
        InvalidConnection: one of them is nowhere, or the URL leads to another machine without encryption.
    """
    defaults = {"LIVEKIT_URL": DEV_URL, "LIVEKIT_API_KEY": DEV_KEY, "LIVEKIT_API_SECRET": DEV_SECRET} if dev else {}
    fallback = {**defaults, **({} if dev and not url else {name: env[name] for name in _VARIABLES if env.get(name)})}
    given = dict(zip(_VARIABLES, (url, api_key, api_secret), strict=True))
    found = {name: value or fallback.get(name, "") for name, value in given.items()}
    missing = [name for name, value in found.items() if not value]
    if missing and left_out:
        raise InvalidConnection(left_out)
    if missing:
        hint = ", or --dev" if dev is not None else ""
        raise InvalidConnection(f"{' and '.join(missing)} not set (or use --url, --api-key, --api-secret{hint})")
    check_encrypted(found["LIVEKIT_URL"], env)
    return Connection(*found.values())

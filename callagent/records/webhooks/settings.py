"""Where webhooks go: the file of `serve --webhooks`, checked whole, and the endpoints that it names."""

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from callagent.plaintext import host_of, insecure_allowed, is_exposed
from callagent.records.webhooks.signature import key_of
from callagent.yaml_config import ConfigError, Document, Duration, Problem, Settings, load_yaml, validate
from callagent.yaml_config.units import DURATION, written
from callagent.yaml_config.validation import Text, Texts

VARIABLE: Final = "CALLAGENT_WEBHOOKS"
"""Environment variable with the file of endpoints."""

Event = Literal["started", "answered", "ended", "analysed"]

EVENTS: Final[tuple[Event, ...]] = get_args(Event)
"""What a webhook tells of a call, in the order in which it happens."""

SHORTEST_KEY_BYTES: Final = 16
"""Bytes of a secret at least; Standard Webhooks has 24 to 64."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_log = logging.getLogger("callagent.records")


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("the name of an endpoint has letters, digits, _ . and -, at most 60")
    return name


def _address(url: str) -> str:
    """Return an address that a request can be sent to; what stands for a variable is looked at when it is known."""
    bare = _REFERENCE.sub("x", f"https://host{url[whole.end() :]}" if (whole := _REFERENCE.match(url)) else url)
    try:
        parts = urlsplit(bare)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError as error:
        raise ValueError(f"is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("needs an address such as https://crm.example.com/calls")
    if parts.username is not None or parts.password is not None:
        raise ValueError("may hold no user and password: requests are signed with the secret")
    if parts.fragment:
        raise ValueError("has a part behind #, which is never sent")
    if not url.isascii() or any(character.isspace() for character in url) or "${" in _REFERENCE.sub("", url):
        raise ValueError("may only hold ASCII characters without spaces, and ${NAME} for a variable")
    return url


def _references(secrets: tuple[str, ...]) -> tuple[str, ...]:
    if not secrets:
        raise ValueError("must not be empty")
    if any(_REFERENCE.fullmatch(each) is None for each in secrets):
        raise ValueError("stands in the environment, not in a file: write ${NAME}, the variable that holds it")
    return secrets


def _not_empty(events: tuple[Event, ...]) -> tuple[Event, ...]:
    if not events:
        raise ValueError("must not be empty")
    return events


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class WebhookSettings(Settings):
    """An endpoint: a program that is told of calls."""

    url: Annotated[Text, AfterValidator(_address)] = Field(
        description="Where requests (POST) go; ${NAME} reads the environment, for what is secret in it."
    )
    secret: Annotated[Texts, BeforeValidator(_as_list), AfterValidator(_references)] = Field(
        description="Variable of the environment with the secret that requests are signed with, as ${NAME}; while it "
        "is replaced a list, the new one and the old one."
    )
    events: Annotated[tuple[Event, ...], Field(strict=False), AfterValidator(_not_empty)] = Field(
        EVENTS, description="What it is told: started, answered, ended, analysed."
    )
    profiles: Texts = Field((), description="Names of the profiles whose calls it is told of; left out: all of them.")
    transcript: bool = Field(
        True, description="Whether `ended` holds what was said and done besides the facts of the call."
    )
    timeout: Annotated[Duration, DURATION.within("500 ms", "1 min")] = written(
        "10 s", "How long it may take to answer."
    )


class WebhooksFile(Settings):
    """The file of `callagent serve --webhooks FILE`."""

    webhooks: dict[Annotated[str, AfterValidator(_named)], WebhookSettings] = Field(
        description="Endpoints by name; the name is what `records webhooks` and metrics call it."
    )


@dataclass(frozen=True)
class Endpoint:
    """A program that is told of calls, with what is secret about it."""

    name: str
    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    events: tuple[Event, ...] = EVENTS
    profiles: tuple[str, ...] = ()
    transcript: bool = True
    timeout_s: float = 10.0

    @property
    def host(self) -> str:
        """The host of its address, which is no secret."""
        return host_of(self.url) or ""


def load_webhooks(path: Path | None = None, env: Mapping[str, str] | None = None) -> tuple[Endpoint, ...]:
    """Return the endpoints in a file, or in the one that the environment names; none where nothing does.

    An address that is not encrypted and leads to another machine is a warning in the log.

    Raises:
        ConfigError: the file cannot be used; it names every problem.
    """
    env = os.environ if env is None else env
    named = path or Path(env.get(VARIABLE, ""))
    if named == Path():
        return ()
    document = load_yaml(named)
    file, problems = validate(WebhooksFile, document), list[Problem]()
    found = tuple(_endpoint(document, name, each, env, problems) for name, each in file.webhooks.items())
    if problems:
        raise ConfigError(*problems)
    for endpoint in found:
        if is_exposed(endpoint.url) and not insecure_allowed(env):
            extra = {"endpoint": endpoint.name, "host": endpoint.host}
            _log.warning("webhooks are sent without encryption: what they hold can be read on the way", extra=extra)
    return found


def _endpoint(
    document: Document, name: str, settings: WebhookSettings, env: Mapping[str, str], problems: list[Problem]
) -> Endpoint:
    def problem(key: str, message: str) -> None:
        problems.append(document.problem(("webhooks", name, key), message))

    unset = [found for found in _REFERENCE.findall(settings.url) if not env.get(found)]
    for variable in unset:
        problem("url", f"the environment variable {variable} is not set")
    url = _REFERENCE.sub(lambda found: env.get(found[1], ""), settings.url)
    if not unset and (flaw := _flaw(url)):
        problem("url", flaw)
    keys = []
    for reference in settings.secret:
        variable = reference[2:-1]
        try:
            keys.append(_key(env.get(variable, "")))
        except ValueError as error:
            problem("secret", f"the environment variable {variable} {error}")
    return Endpoint(
        name, url, tuple(keys), settings.events, settings.profiles, settings.transcript, timeout_s=settings.timeout
    )


def _key(secret: str) -> bytes:
    if not secret:
        raise ValueError("is not set")
    key = key_of(secret)
    if len(key) < SHORTEST_KEY_BYTES:
        raise ValueError(f"holds fewer than {SHORTEST_KEY_BYTES} bytes")
    return key


def _flaw(url: str) -> str:
    try:
        _address(url)
    except ValueError as error:
        return str(error)
    return ""

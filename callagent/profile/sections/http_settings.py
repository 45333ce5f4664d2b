"""A tool that is a request to a web server: method, address, headers, body, and what of the answer counts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from callagent.plaintext import exposed_message, host_of, insecure_allowed, is_exposed
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.validation import Settings, Text

METHODS: Final = ("get", "post", "put", "patch", "delete")

FIELD: Final = re.compile(r"\{(\w+)\}")
"""Stands for an argument in the template of an address or a body."""

STEP: Final = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]")
"""One step of a path into JSON: the name of a field, or the number of an entry from 0 on."""

_PATH: Final = re.compile(rf"\$?(?:{STEP.pattern})*")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET: Final = "a secret is for `headers`, where ${NAME} reads the environment"


class HttpRequest(Settings):
    """A request. Only the host that is written is asked, whatever the arguments and its answers say."""

    get: Text | None = Field(None, description="Address, with {name} for an argument in its path or its query.")
    post: Text | None = Field(None, description="Address, as in `get`.")
    put: Text | None = Field(None, description="Address, as in `get`.")
    patch: Text | None = Field(None, description="Address, as in `get`.")
    delete: Text | None = Field(None, description="Address, as in `get`.")
    headers: dict[str, Text] = Field(
        default_factory=dict, description="Headers by name; ${NAME} reads the environment, for keys."
    )
    body: Any = Field(
        None,
        description="What is sent as JSON; a text that is {name} becomes the argument with its type, and within other "
        "text its text. What is left out of the arguments is left out here.",
    )
    result: str = Field(
        "",
        description="What of the answer's JSON is the result, as a path such as items[0].price; left out: all of it.",
    )

    @model_validator(mode="after")
    def _can_be_sent(self) -> "HttpRequest":
        flaws = list(self._flaws())
        if flaws:
            raise FlawsError(*flaws)
        return self

    @property
    def method(self) -> str:
        """The method, in small letters: the name of the key that holds the address."""
        return next((each for each in METHODS if getattr(self, each) is not None), "get")

    @property
    def url(self) -> str:
        """The address, a template."""
        return getattr(self, self.method) or ""

    @property
    def fields(self) -> frozenset[str]:
        """The arguments that it holds."""
        return frozenset(FIELD.findall(self.url)) | frozenset(_fields(self.body))

    def flaws_with(self, parameters: Mapping[str, bool]) -> Iterator[Flaw]:
        """Tell of arguments that do not go together with the tool's parameters (and whether they are required)."""
        where = {**dict.fromkeys(_fields(self.body), "body"), **dict.fromkeys(FIELD.findall(self.url), self.method)}
        for name, key in where.items():
            if name not in parameters:
                yield Flaw((key,), f"{{{name}}} is not a parameter of the tool", nearest(name, parameters))
        for name in FIELD.findall(urlsplit(self.url).path):
            if not parameters.get(name, True):
                yield Flaw((self.method,), f"{{{name}}} may be left out by the LLM, and an address may not lack a part")
        for name in parameters.keys() - self.fields:
            yield Flaw((self.method,), f"does not use the parameter '{name}', nor does `body`")

    def exposure(self, env: Mapping[str, str]) -> str | None:
        """Tell why it is not to be sent without encryption; None where it may be."""
        return exposed_message(self.url) if is_exposed(self.url) and not insecure_allowed(env) else None

    def _flaws(self) -> Iterator[Flaw]:
        given = [each for each in METHODS if getattr(self, each) is not None]
        if len(given) != 1:
            yield Flaw((), f"needs exactly one of {', '.join(METHODS)}: the address")
            return
        yield from (Flaw((self.method,), message) for message in _url_flaws(self.url))
        if self.body is not None and self.method == "get":
            yield Flaw(("body",), "is not sent with `get`")
        if any("${" in text for text in _texts(self.body)):
            yield Flaw(("body",), _SECRET)
        if not _PATH.fullmatch(self.result):
            yield Flaw(("result",), "is not a path such as items[0].price")
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name) or name.casefold() in ("host", "content-length", "transfer-encoding"):
                yield Flaw(("headers", name), "is not a header that can be set")
            elif not value.isascii() or not value.isprintable():
                yield Flaw(("headers", name), "may only hold printable ASCII characters")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return arguments of the repr; of the headers their names."""
        return [("method", self.method), ("host", host_of(self.url)), ("headers", list(self.headers))]


def _url_flaws(url: str) -> Iterator[str]:
    if "${" in url:
        yield _SECRET
        return
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError as error:
        yield f"is no address: {error}"
        return
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield "needs an address such as https://shop.example/stock/{item}"
    elif FIELD.search(parts.netloc) or "{" in parts.netloc:
        yield "needs a host that is written: an argument may not say who is asked"
    elif parts.username is not None or parts.password is not None:
        yield _SECRET
    elif not url.isascii() or any(character.isspace() for character in url):
        yield "may only hold ASCII characters without spaces; write others as %C3%A9"
    else:
        yield from _template_flaws(parts)


def _template_flaws(parts: SplitResult) -> Iterator[str]:
    if parts.fragment:
        yield "has a part behind #, which is never sent"
    if any(segment in (".", "..") for segment in parts.path.split("/")):
        yield "may not have . or .. in its path"
    rest = FIELD.sub("", f"{parts.path}?{parts.query}")
    if "{" in rest or "}" in rest:
        yield "has a brace that is no {name} of an argument"
    if any(FIELD.search(pair.partition("=")[0]) for pair in parts.query.split("&")):
        yield "may hold arguments as values of its query, not as names"


def _texts(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from _texts(value)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from _texts(value)


def _fields(body: Any) -> Iterator[str]:
    for text in _texts(body):
        yield from FIELD.findall(text)

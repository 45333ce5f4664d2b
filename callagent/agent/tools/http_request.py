"""Tools that are a request to a web server: the template filled in, sent to the host that it names, the answer read."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
from livekit.agents.llm import Tool, ToolError, Toolset
from yarl import URL

from callagent.agent.tools.policy import AttemptError
from callagent.profile import FIELD, STEP
from callagent.sanitise import without

if TYPE_CHECKING:
    from callagent.profile import HttpRequest

LARGEST_ANSWER_BYTES: Final = 65_536
"""Bytes of an answer, decompressed; what is larger is refused, because half of it would say something else."""

MOST_REDIRECTS: Final = 3
"""Times that a `get` follows its own host elsewhere."""

LONGEST_REASON: Final = 300
"""Characters of what a server says about a request that it refuses."""

_OPEN: Final = frozenset({"accept", "accept-language", "content-type", "user-agent"})
"""Headers whose values are no secrets."""


class WebConnections(Toolset):
    """What the HTTP tools of a session send their requests over: connections stay open for the next one, and are closed
    with the session. It is a toolset because livekit closes those, and has no tools itself.
    """

    def __init__(self) -> None:
        super().__init__(id="callagent_web_connections")
        self._session: aiohttp.ClientSession | None = None

    @property
    def tools(self) -> Sequence[Tool | Toolset]:
        """None."""
        return []

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, request: "HttpRequest", arguments: Mapping[str, object], limit: float) -> Any:
        """Return what the answer holds within `limit` seconds: of JSON what `result` names, else the text.

        Raises:
            AttemptError: there is no answer, or not one that can be used. It names the host, and no secret.
            ToolError: an argument cannot stand in the address.
        """
        url = filled_url(request.url, arguments)
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        given = {"headers": request.headers, "timeout": aiohttp.ClientTimeout(total=limit)}
        body = filled_body(request.body, arguments)
        if body is not None:
            given["json"] = body
        try:
            text = await _exchange(self._session, request, url, given)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            host = urlsplit(url).hostname
            what = "did not answer in time" if isinstance(error, TimeoutError) else f"failed: {type(error).__name__}"
            raise AttemptError(f"the request to {host} {what}") from None  # the error may quote the address and headers
        return _found(request, without_secrets(text, request.headers))


async def _exchange(session: aiohttp.ClientSession, request: "HttpRequest", url: str, given: Mapping[str, Any]) -> str:
    host = urlsplit(url).hostname
    for _ in range(MOST_REDIRECTS + 1):
        async with session.request(request.method, URL(url, encoded=True), allow_redirects=False, **given) as response:
            if 300 <= response.status < 400 and request.method == "get" and "Location" in response.headers:
                target = urljoin(url, response.headers["Location"])
                if _origin(target) != _origin(url):
                    raise AttemptError(f"{host} sends the request to another host, which is not asked", again=False)
                url = target
                continue
            text = await _text(response, host)
            if not 200 <= response.status < 300:
                reason = " ".join(without_secrets(text, request.headers)[:LONGEST_REASON].split())
                told = f": {reason}" if reason and 400 <= response.status < 500 else ""
                raise AttemptError(f"{host} answered with status {response.status}{told}", again=response.status >= 500)
            return text
    raise AttemptError(f"{host} sends the request from one address to the next", again=False)


async def _text(response: aiohttp.ClientResponse, host: str | None) -> str:
    data = bytearray()
    async for chunk in response.content.iter_chunked(LARGEST_ANSWER_BYTES):
        data += chunk
        if len(data) > LARGEST_ANSWER_BYTES:
            raise AttemptError(f"{host} answered with more than {LARGEST_ANSWER_BYTES // 1024} kB", again=False)
    try:
        return data.decode(response.charset or "utf-8", errors="replace")
    except LookupError:  # an encoding that does not exist
        return data.decode(errors="replace")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def filled_url(template: str, arguments: Mapping[str, object]) -> str:
    """Return the address with the arguments in it, quoted: none of them ends a part of the path, or begins a query.

    Values of the query that are left out go with their names.

    Raises:
        ToolError: a part of the path would be empty, or lead upwards.
    """
    address, mark, query = template.partition("?")
    base = len(address) - len(urlsplit(address).path)
    path = [_segment(part, arguments) for part in address[base:].split("/")]
    kept = [pair for pair in query.split("&") if all(name in arguments for name in FIELD.findall(pair))]
    values = [FIELD.sub(lambda found: _quoted(arguments[found[1]]), pair) for pair in kept]
    return address[:base] + "/".join(path) + (mark + "&".join(values) if values and mark else "")


def _segment(part: str, arguments: Mapping[str, object]) -> str:
    if not FIELD.search(part):
        return part
    filled = FIELD.sub(lambda found: _quoted(arguments.get(found[1], "")), part)
    empty = [name for name in FIELD.findall(part) if not _written(arguments.get(name, "")).strip()]
    if empty or filled in (".", ".."):
        name = empty[0] if empty else FIELD.findall(part)[0]
        raise ToolError(f"{name} cannot be {_written(arguments.get(name, ''))!r}. Ask the caller, and call it again.")
    return filled


def _quoted(value: object) -> str:
    return quote(_written(value), safe="", errors="replace")


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def filled_body(template: Any, arguments: Mapping[str, object]) -> Any:
    """Return the body with the arguments in it; entries whose argument is left out are left out too."""
    if isinstance(template, str):
        whole = FIELD.fullmatch(template)
        if whole:
            return arguments.get(whole[1])
        return FIELD.sub(lambda found: _written(arguments.get(found[1], "")), template)
    if isinstance(template, Mapping):
        return {key: filled_body(each, arguments) for key, each in template.items() if not _is_gone(each, arguments)}
    if isinstance(template, list | tuple):
        return [filled_body(each, arguments) for each in template if not _is_gone(each, arguments)]
    return template


def _is_gone(template: Any, arguments: Mapping[str, object]) -> bool:
    whole = FIELD.fullmatch(template) if isinstance(template, str) else None
    return whole is not None and whole[1] not in arguments


def without_secrets(text: str, headers: Mapping[str, str]) -> str:
    """Return a text without the values of the headers: a server that echoes them tells them to nobody."""
    hidden = [value for name, value in headers.items() if name.casefold() not in _OPEN]
    return without(text, (secret for value in hidden for secret in (value, value.rpartition(" ")[2])))


def _found(request: "HttpRequest", text: str) -> Any:
    host = urlsplit(request.url).hostname
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        if request.result:
            raise AttemptError(f"{host} answered with something that is no JSON", again=False) from error
        return text
    for name, index in STEP.findall(request.result.removeprefix("$")):
        try:
            found = found[int(index)] if index else found[name]
        except (LookupError, TypeError) as error:
            raise AttemptError(f"the answer of {host} holds no {request.result}", again=False) from error
    return found

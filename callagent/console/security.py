"""What stands before every page: whose requests are answered, and the headers of each answer."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callagent.console.access import Access, TooManyTries, is_expected_host, is_own_origin, new_cookie

COOKIE: Final = "callagent_console"

LOGIN: Final = "/login"

WITHOUT_TOKEN: Final = (LOGIN, "/static/")
"""Begins of paths that say nothing about calls."""

LARGEST_FORM_BYTES: Final = 16_384
"""Bytes: a thousand characters of any script, each of which takes up to twelve, and what else a form has."""

READING: Final = ("GET", "HEAD")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of every answer that does not say otherwise itself."""


@dataclass(frozen=True)
class Visitor:
    """The browser that asks: its cookie, what its forms must bring back, and what journals of calls know it by.

    `is_program`: it is no browser, and shows the token with each request.
    """

    cookie: str
    form_token: str
    asked_for_token: bool
    name: str = ""
    is_program: bool = False


class Security:
    """ASGI middleware: refuses what is not meant for here, asks for the token, and adds the headers.

    Args:
        app: what answers.
        access: who is let in.
        loopback: whether only this machine can reach the console.
        allowed_hosts: further names by which it may be asked for.
    """

    def __init__(self, app: ASGIApp, access: Access, *, loopback: bool, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._app, self._access = app, access
        self._loopback, self._allowed_hosts = loopback, allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        cookie = request.cookies.get(COOKIE, "")
        fresh = "" if cookie else new_cookie()
        cookie = cookie or fresh
        scope["visitor"] = self._visitor(request, cookie)
        refusal = self._refusal(request, cookie)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if fresh and "set-cookie" not in headers:
                    keep_cookie(headers, fresh, secure=request.url.scheme == "https")
            await send(message)

        await (refusal or self._app)(scope, receive, send_with_headers)

    def _visitor(self, request: Request, cookie: str) -> Visitor:
        program = not self._access.open and request.headers.get("authorization", "").lower().startswith("bearer ")
        name = "program" if program else f"browser {self._access.name(cookie)}"
        return Visitor(cookie, self._access.form_token(cookie), not self._access.open, name, program)

    def _refusal(self, request: Request, cookie: str) -> Response | None:
        """Return the answer to a request that goes no further; None for one that does."""
        headers = request.headers
        host = headers.get("host", "")
        if not is_expected_host(host, self._allowed_hosts, loopback=self._loopback):
            return PlainTextResponse("The console is not asked for by that name: --allow-host NAME allows one.\n", 421)
        if request.method not in READING and not _is_own(headers, host):
            return PlainTextResponse("Only pages of the console itself may do that.\n", 403)
        if request.url.path.startswith(WITHOUT_TOKEN):
            return None
        try:
            if self._access.admits(cookie, headers.get("authorization", "")):
                return None
        except TooManyTries as error:
            return PlainTextResponse(f"{error}\n", 429, {"Retry-After": f"{error.wait_s:.0f}"})
        if request.method in READING and "text/html" in headers.get("accept", ""):
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{LOGIN}?next={quote(wanted)}", 303)
        return PlainTextResponse("The console asks for its token.\n", 401, {"WWW-Authenticate": "Bearer"})


def visitor_of(request: Request) -> Visitor:
    """Return the browser that asks."""
    visitor: Visitor = request.scope["visitor"]
    return visitor


async def checked_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that a page of the console has sent, or a program that showed the token.

    Raises:
        HTTPException: it is too long, no form, or from elsewhere.
    """
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_FORM_BYTES:
            raise HTTPException(413, "That form is too long.")
    try:
        fields = parse_qs(content.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise HTTPException(400, "That is no form.") from error
    form = {name: values[-1] for name, values in fields.items()}
    check_form_token(request, form.get("form_token", ""))
    return form


def check_form_token(request: Request, given: str) -> None:
    """Return where a request comes from a page of the console, or from a program. Raise HTTPException elsewhere."""
    visitor = visitor_of(request)
    if not visitor.is_program and not hmac.compare_digest(
        visitor.form_token.encode(), given.encode("utf-8", "replace")
    ):
        raise HTTPException(403, "That form is from another page, or an old one. Load the page again.")


def keep_cookie(headers: MutableHeaders, value: str, *, secure: bool) -> None:
    """Have the browser keep its cookie: no script sees it, and no other page's requests bring it."""
    more = "; Secure" if secure else ""
    headers.append("Set-Cookie", f"{COOKIE}={value}; HttpOnly; Path=/; SameSite=Strict{more}")


def _is_own(headers: Headers, host: str) -> bool:
    return is_own_origin(headers.get("origin", ""), headers.get("sec-fetch-site", ""), host)

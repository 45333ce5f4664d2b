"""The console as an ASGI application: its addresses, and what stands before them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from callagent.concurrency import all_of, supervised
from callagent.console.access import Access, TooManyTries, own_path
from callagent.console.console_config import ConsoleConfig
from callagent.console.live_calls import LiveCalls
from callagent.console.live_updates import LiveUpdates, Update
from callagent.console.operator.listening_desk import ListeningDesk
from callagent.console.operator.microphone_desk import MicrophoneDesk
from callagent.console.operator.order_desk import OrderDesk
from callagent.console.operator.order_post import OrderPost
from callagent.console.pages import Pages, page
from callagent.console.rendering import drawing, static_files
from callagent.console.security import LOGIN, Security, checked_form, keep_cookie, visitor_of
from callagent.database import StoreUnavailable
from callagent.records import RecordStore, UnknownCall

MOST_STREAMS: Final = 100
"""Browsers that listen at the same time."""

BREATH_S: Final = 15.0
"""How often a stream in which nothing happens says that it is there, in seconds."""

RETRY = "retry: 2000\n\n"
"""How soon a browser comes back when the stream breaks off, in milliseconds."""


def create_app(
    config: ConsoleConfig, store: RecordStore, *, closing: Callable[[], bool] = lambda: False
) -> ASGIApp:  # fmt: skip
    """Return the application.

    Args:
        store: the database; whoever opened it closes it.
        closing: tells whether the server ends; streams end then.
    """
    access, pages = (
        Access(config.token),
        Pages(store, operator=config.operator, listen=config.listen or config.operator),
    )
    post = None if config.server is None else OrderPost(config.server, store)
    orders = OrderDesk(post if config.operator else None, store)
    microphones = MicrophoneDesk(post if config.operator else None, store, closing=closing)
    ears = ListeningDesk(post if config.listen or config.operator else None, store, closing=closing)
    updates = LiveUpdates(LiveCalls(store), drawing(), closing=closing)
    visits = _Visits(access)
    streams = _Streams(updates)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with supervised(updates.run(), name="callagent.console.updates"):
            yield
            await all_of(ears.aclose(), microphones.aclose())

    routes = [
        Route("/", pages.live),
        Route("/live/events", streams.all_calls),
        Route("/calls", pages.calls),
        Route("/calls/{call}", pages.call),
        Route("/calls/{call}/events", streams.one_call),
        Route("/calls/{call}/orders", orders.give, methods=["POST"]),
        Route("/calls/{call}/take-over", microphones.take_over, methods=["POST"]),
        Route("/microphones/{session}", microphones.hear, methods=["POST"]),
        Route("/microphones/{session}/hand-back", microphones.hand_back, methods=["POST"]),
        Route("/calls/{call}/listen", ears.hear, methods=["POST"]),
        Route("/calls/{call}/report", pages.report),
        Route("/calls/{call}/journal", pages.journal),
        Route("/panel", pages.panel),
        Route("/campaigns", pages.campaigns),
        Route("/do-not-call", pages.do_not_call),
        Route(LOGIN, visits.ask),
        Route(LOGIN, visits.log_in, methods=["POST"]),
        Route("/logout", visits.log_out, methods=["POST"]),
        Route("/static/{name}", _static),
    ]
    handlers = {UnknownCall: _unknown_call, StoreUnavailable: _unavailable, HTTPException: _refused}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    return Security(app, access, loopback=config.loopback, allowed_hosts=config.allowed_hosts)


class _Visits:
    """The page that asks for the token, and what comes of it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def ask(self, request: Request) -> Response:
        """Ask for the token."""
        return page(request, "login.html.j2", wanted=own_path(request.query_params.get("next", "/")), problem="")

    async def log_in(self, request: Request) -> Response:
        """Let a browser in that has the token."""
        form = await checked_form(request)
        wanted = own_path(form.get("next", "/"))
        try:
            cookie = self._access.log_in(form.get("token", "").strip())
        except TooManyTries as error:
            problem = f"{str(error)[0].upper()}{str(error)[1:]}."
            return await asyncio.to_thread(page, request, "login.html.j2", 429, wanted=wanted, problem=problem)
        if cookie is None:
            problem = "That is not the token."
            return await asyncio.to_thread(page, request, "login.html.j2", 401, wanted=wanted, problem=problem)
        answer = RedirectResponse(wanted, 303)
        _set_cookie(answer.headers, cookie, request)
        return answer

    async def log_out(self, request: Request) -> Response:
        """Let a browser in no more."""
        await checked_form(request)
        self._access.log_out(visitor_of(request).cookie)
        return RedirectResponse(LOGIN, 303)


class _Streams:
    """Server-sent events about calls under way."""

    def __init__(self, updates: LiveUpdates) -> None:
        self._updates = updates
        self._open = 0

    async def all_calls(self, request: Request) -> Response:
        """Tell what is new of all calls."""
        return self._stream("", 0)

    async def one_call(self, request: Request) -> Response:
        """Tell what is new of a call, from a line of its journal on."""
        line = request.headers.get("last-event-id") or request.query_params.get("line", "0")
        return self._stream(request.path_params["call"], int(line) if line.isdecimal() and len(line) < 10 else 0)

    def _stream(self, call: str, line: int) -> Response:
        if self._open >= MOST_STREAMS:
            return PlainTextResponse("Too many browsers listen.\n", 503, {"Retry-After": "10"})
        return StreamingResponse(self._events(call, line), media_type="text/event-stream")

    async def _events(self, call: str, line: int) -> AsyncIterator[str]:
        self._open += 1
        try:
            async with self._updates.listening(call, line) as listener:
                yield RETRY
                yield Update("now", {"now": time.time()}).encoded()
                while True:
                    try:
                        async with asyncio.timeout(BREATH_S):
                            update = await listener.updates.get()
                    except TimeoutError:
                        yield ": \n\n"
                        continue
                    if update is None:
                        return
                    yield update.encoded()
        finally:
            self._open -= 1


def _static(request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    content, media_type = found
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})


def _set_cookie(headers: MutableHeaders, cookie: str, request: Request) -> None:
    keep_cookie(headers, cookie, secure=request.url.scheme == "https")


def _unknown_call(request: Request, error: Exception) -> Response:
    return page(request, "problem.html.j2", 404, title="No such call", message=f"{error}.")


def _unavailable(request: Request, error: Exception) -> Response:
    message = f"{error}. Workers keep calls in their spool until it is back."
    return page(request, "problem.html.j2", 503, title="The database cannot be used", message=message)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = {404: "No such page", 403: "Not allowed", 405: "Not possible"}.get(error.status_code, "Not possible")
    message = error.detail if error.status_code != 404 or error.detail != "Not Found" else "There is no such page."
    return page(request, "problem.html.j2", error.status_code, title=title, message=message)

"""Sends the webhooks of a database to their endpoints, each endpoint by itself: one that hangs holds up no other."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import aiohttp

from callagent.concurrency import all_of
from callagent.database import StoreUnavailable, first_line
from callagent.records.webhooks.queue import Due, WebhookQueue
from callagent.records.webhooks.request import ask
from callagent.records.webhooks.retries import Answer, Rest
from callagent.records.webhooks.settings import Endpoint

EVERY_S: Final = 1.0
"""How often the database is asked for webhooks, in seconds."""

AWAY_S: Final = 10.0
"""How long a database that is away is left alone, in seconds."""

AT_ONCE: Final = 8
"""Requests that an endpoint gets side by side; one that fails gets them singly."""

TIDY_EVERY_S: Final = 60.0
"""How often what is a day old is given up, and what was done long ago is deleted, in seconds."""

_log = logging.getLogger("callagent.records")


class Meter(Protocol):
    """What is told in figures of what is sent."""

    def sent(self, endpoint: str, event: str, outcome: str) -> None:
        """Count a request: `delivered`, or why not: `no answer`, `status 500`, …"""

    def given_up(self, endpoint: str, count: int) -> None:
        """Count webhooks that will not be sent any more."""

    def waiting(self, endpoint: str, count: int, oldest_s: float) -> None:
        """Tell how many wait, and for how many seconds the oldest one has."""


class NoMeter:
    """Counts nothing."""

    def sent(self, endpoint: str, event: str, outcome: str) -> None:
        """Count nothing."""

    def given_up(self, endpoint: str, count: int) -> None:
        """Count nothing."""

    def waiting(self, endpoint: str, count: int, oldest_s: float) -> None:
        """Tell nothing."""


@dataclass
class EndpointState:
    """An endpoint, and how it has answered so far; `failing_since` is a moment of the sender's clock."""

    endpoint: Endpoint
    rest: Rest
    is_gone: bool = False
    tidied: float | None = None
    failing_since: float = 0.0


class Sender:
    """Sends what is due, until it is told to end.

    Args:
        queue: of the database.
        endpoints: to which it is sent.
        meter: is told of it.
        clock: monotonic, in seconds.
    """

    def __init__(
        self,
        queue: WebhookQueue,
        endpoints: Sequence[Endpoint],
        meter: Meter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._meter, self._clock = queue, meter or NoMeter(), clock
        self.states = [EndpointState(endpoint, Rest(clock)) for endpoint in endpoints]
        self._away = False

    async def run(self, ending: asyncio.Event) -> None:
        """Send until `ending` is set, and once more what is due then."""
        # What answers must not set cookies; certificates are checked; a proxy is the one of the environment.
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=True) as session:
            await all_of(*(self._serve(session, state, ending) for state in self.states), self._measure(ending))

    async def round(self, session: aiohttp.ClientSession, state: EndpointState) -> int:
        """Send to one endpoint what it may get now; tell how much that was. Raise StoreUnavailable."""
        if state.is_gone or state.rest.over_in_s:
            return 0
        most = 1 if state.rest.failures else AT_ONCE
        endpoint = state.endpoint
        due = await asyncio.to_thread(self._queue.take, endpoint.name, most, endpoint.timeout_s)
        answers = await all_of(*(self._send(session, state, each) for each in due))
        self._look_at(state, answers)
        return len(due)

    async def _serve(self, session: aiohttp.ClientSession, state: EndpointState, ending: asyncio.Event) -> None:
        while True:
            is_last = ending.is_set()
            try:
                await self._tidy(state)
                count = await self.round(session, state)
                self._back()
                pause = 0.0 if count else max(EVERY_S, state.rest.over_in_s)
            except StoreUnavailable as error:
                self._gone_away(error)
                count, pause = 0, AWAY_S
            if is_last and not count:
                return
            if pause:
                await _either(ending, pause)

    async def _tidy(self, state: EndpointState) -> None:
        now = self._clock()
        if state.tidied is not None and now < state.tidied + TIDY_EVERY_S:
            return
        old = await asyncio.to_thread(self._queue.give_up_old, state.endpoint.name)
        await asyncio.to_thread(self._queue.forget_done)
        state.tidied = now
        self._gave_up(state, old)

    async def _send(self, session: aiohttp.ClientSession, state: EndpointState, due: Due) -> Answer:
        answer = await ask(session, state.endpoint, due)
        outcome = "delivered" if answer.verdict == "delivered" else f"status {answer.status}"
        self._meter.sent(state.endpoint.name, due.event, outcome if answer.status is not None else "no answer")
        await self._record(state, due, answer)
        return answer

    async def _record(self, state: EndpointState, due: Due, answer: Answer) -> None:
        match answer.verdict:
            case "delivered":
                await asyncio.to_thread(self._queue.delivered, due.number, answer.status or 200)
            case "again":
                given_up = await asyncio.to_thread(
                    self._queue.failed, due.number, answer.error, answer.status, at_least_s=answer.leave_alone_s
                )
                self._gave_up(state, int(given_up))
            case "too large":
                is_shorter = await asyncio.to_thread(self._queue.too_large, due.number)
                self._gave_up(state, int(not is_shorter))
            case "gone" if not state.is_gone:
                state.is_gone = True
                count = await asyncio.to_thread(self._queue.gone, state.endpoint.name)
                self._meter.given_up(state.endpoint.name, count)
                _log.error("webhook endpoint is gone for good: it is told of nothing more", extra=_extra(state, count))

    def _look_at(self, state: EndpointState, answers: Sequence[Answer]) -> None:
        """Leave an endpoint alone that takes nothing, or wants to be; tell people when that begins and ends."""
        failures = [each for each in answers if each.verdict == "again" and not each.is_of_the_body]
        leave_alone_s = max((each.leave_alone_s for each in failures), default=0.0)
        extra: dict[str, object] = {"endpoint": state.endpoint.name, "host": state.endpoint.host}
        if any(each.verdict == "delivered" for each in answers):
            if state.rest.succeeded(leave_alone_s):
                extra["seconds"] = round(self._clock() - state.failing_since)
                _log.warning("webhook endpoint takes webhooks again", extra=extra)
        elif failures:
            if state.rest.failures == 0:
                state.failing_since = self._clock()
            if state.rest.failed(leave_alone_s):
                extra["error"] = failures[0].error
                _log.error("webhook endpoint takes nothing: webhooks wait, for a day at most", extra=extra)

    def _gave_up(self, state: EndpointState, count: int) -> None:
        if count:
            self._meter.given_up(state.endpoint.name, count)
            _log.error("webhooks given up; `records webhooks --failed` shows them", extra=_extra(state, count))

    async def _measure(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            with suppress(StoreUnavailable):  # whoever sends tells that
                known = {each.endpoint: each for each in await asyncio.to_thread(self._queue.depths)}
                for name in (state.endpoint.name for state in self.states):
                    depth, now = known.get(name), datetime.now(UTC)
                    oldest_s = max(0.0, (now - depth.oldest).total_seconds()) if depth else 0.0
                    self._meter.waiting(name, depth.waiting if depth else 0, oldest_s)
            await _either(ending, AWAY_S)

    def _gone_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            _log.error("database away: webhooks wait", extra={"error": first_line(error)})

    def _back(self) -> None:
        if self._away:
            self._away = False
            _log.warning("database back: webhooks are sent")


class SenderThread:
    """Sends in a thread of its own, with an event loop of its own, until it is closed: no call waits for it.

    Args:
        location: of the database, which is opened in the thread.
        endpoints: to which webhooks are sent.
        meter: is told of it.
    """

    def __init__(self, location: str, endpoints: Sequence[Endpoint], meter: Meter | None = None) -> None:
        self._location, self._endpoints, self._meter = location, endpoints, meter
        self._closing, self._lock = threading.Event(), threading.Lock()
        self._end: Callable[[], object] = self._closing.set
        self._thread = threading.Thread(target=self._run, name="callagent.webhooks", daemon=True)
        self._thread.start()

    def close(self, within: float) -> None:
        """Send what is due for the last time, for so many seconds at most; blocks. What is left is sent later."""
        with self._lock:
            self._closing.set()
            self._end()
        self._thread.join(within)

    def _run(self) -> None:
        is_told = False
        while True:
            is_last = self._closing.is_set()
            try:
                asyncio.run(self._send())
            except StoreUnavailable as error:
                if not is_told:
                    _log.error("database away: webhooks wait", extra={"error": first_line(error)})
                is_told = True
            except Exception:  # the thread's own boundary: what is in the database stays there
                _log.exception("webhooks not sent")
            if is_last or self._closing.wait(AWAY_S):
                return

    async def _send(self) -> None:
        loop, ending = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._end = lambda: loop.call_soon_threadsafe(ending.set)
            if self._closing.is_set():
                ending.set()
        try:
            queue = await asyncio.to_thread(WebhookQueue, self._location)
            try:
                await Sender(queue, self._endpoints, self._meter).run(ending)
            finally:
                await asyncio.to_thread(queue.close)
        finally:
            with self._lock:
                self._end = self._closing.set


def _extra(state: EndpointState, count: int) -> dict[str, object]:
    return {"endpoint": state.endpoint.name, "host": state.endpoint.host, "count": count}


async def _either(ending: asyncio.Event, seconds: float) -> None:
    """Wait for so many seconds, or until it is time to end."""
    try:
        async with asyncio.timeout(seconds):
            await ending.wait()
    except TimeoutError:
        return

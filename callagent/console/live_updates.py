"""What browsers are told of calls under way: one reader of the database for all of them, while any of them listens."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from callagent.console.journal_entries import Entry
from callagent.console.live_calls import LiveCall, LiveCalls
from callagent.database import StoreUnavailable, first_line
from callagent.database.workers import Fleet

EVERY_S: Final = 1.0
"""How often the database is read, in seconds; workers write as often."""

LONGEST_PAUSE_S: Final = 15.0
"""How long a database that is away is left alone at most, in seconds."""

MOST_MESSAGES: Final = 2000
"""Messages that wait for a browser that takes none; then it is let go, and begins anew when it comes back."""

_log = logging.getLogger("callagent.console")


@dataclass(frozen=True, slots=True)
class Update:
    """A message to a browser: `event` is its name, `data` JSON types. Who comes back begins with `next_line`."""

    event: str
    data: Mapping[str, object] = field(repr=False)
    next_line: int | None = None

    def encoded(self) -> str:
        """Return the message as a stream of server-sent events has it."""
        where = "" if self.next_line is None else f"id: {self.next_line}\n"
        return f"{where}event: {self.event}\ndata: {json.dumps(self.data, ensure_ascii=True)}\n\n"


@dataclass(eq=False)
class Listener:
    """A browser that listens: to one call from a line of its journal on, or to all of them.

    Attributes:
        call: the call; empty for all.
        next_line: of that call.
        fresh: whether it has been told nothing yet.
        versions: which version of each call the browser has.
        capacity: what it has been told of the workers.
        updates: what waits for it; None at the end.
    """

    call: str = ""
    next_line: int = 0
    fresh: bool = True
    versions: dict[str, int] = field(default_factory=dict)
    capacity: str = ""
    updates: asyncio.Queue[Update | None] = field(default_factory=lambda: asyncio.Queue(MOST_MESSAGES))

    def give(self, update: Update | None) -> bool:
        """Have a message wait for the browser; False where too many do."""
        try:
            self.updates.put_nowait(update)
        except asyncio.QueueFull:
            return False
        return True


@dataclass(frozen=True)
class Drawing:
    """How calls become HTML: a call among others, the state of one, and an entry of its journal; and the workers."""

    card: Callable[[LiveCall], str]
    status: Callable[[LiveCall], str]
    entry: Callable[[Entry], str]
    capacity: Callable[[Fleet], str]


class LiveUpdates:
    """Reads the calls under way while somebody listens, and tells each listener what it does not have yet.

    Args:
        calls: reads them.
        drawing: makes HTML of them.
        closing: tells whether the console ends, and with it all streams.
    """

    def __init__(self, calls: LiveCalls, drawing: Drawing, *, closing: Callable[[], bool] = lambda: False) -> None:
        self._calls, self._drawing, self._closing = calls, drawing, closing
        self._listeners: set[Listener] = set()
        self._wanted = asyncio.Event()
        self._lock = threading.Lock()
        self._cards: dict[str, tuple[int, str]] = {}
        self._away = False

    @asynccontextmanager
    async def listening(self, call: str = "", next_line: int = 0) -> AsyncIterator[Listener]:
        """Have somebody told meanwhile: of all calls, or of one from that line of its journal on."""
        listener = Listener(call, next_line)
        self._listeners.add(listener)
        self._wanted.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def run(self) -> None:
        """Read and tell, until it is cancelled."""
        pause = EVERY_S
        while True:
            if not self._listeners:
                self._wanted.clear()
                await self._wanted.wait()
            if self._closing():
                self._end_all()
            pause = EVERY_S if await self._round() else min(LONGEST_PAUSE_S, pause * 2)
            self._wanted.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _round(self) -> bool:
        """Read once, and tell everybody; False where the database cannot be read."""
        listeners = list(self._listeners)
        try:
            told = await asyncio.to_thread(self._read, listeners)
        except StoreUnavailable as error:
            if not self._away:
                _log.error("database away: the console shows nothing new", extra={"error": first_line(error)})
            self._away = True
            self._tell_all(Update("trouble", {"message": "the database is away; what is shown is what it last had"}))
            return False
        if self._away:
            self._away = False
            self._tell_all(Update("trouble", {"message": ""}))
        for listener, updates in told:
            self._tell(listener, updates)
        return True

    def _read(self, listeners: list[Listener]) -> list[tuple[Listener, list[Update]]]:
        with self._lock:
            self._calls.read()
            calls = self._calls.calls
            self._cards = {id_: card for id_, card in self._cards.items() if id_ in calls}
            return [
                (each, list(self._of_call(each) if each.call else self._of_all(each)))
                for each in listeners
            ]  # fmt: skip

    def _of_all(self, listener: Listener) -> Iterator[Update]:
        calls = self._calls.calls
        if listener.fresh or any(id_ not in calls for id_ in listener.versions):
            listener.fresh = False
            listener.versions = {id_: version for id_, version in listener.versions.items() if id_ in calls}
            yield Update("calls", {"ids": list(calls)})
        for call in reversed(calls.values()):
            if listener.versions.get(call.id) != call.version:
                listener.versions[call.id] = call.version
                yield Update("card", {"id": call.id, "ended": call.outcome, "html": self._card(call)})
        capacity = self._drawing.capacity(self._calls.fleet)
        if listener.capacity != capacity:
            listener.capacity = capacity
            yield Update("capacity", {"html": capacity})

    def _of_call(self, listener: Listener) -> Iterator[Update]:
        call = self._calls.calls.get(listener.call)
        if call is None:
            yield Update("ended", {"outcome": ""})
            return
        if listener.versions.get(call.id) == call.version:
            return
        listener.versions[call.id] = call.version
        for entry in call.entries:
            if entry.line >= listener.next_line:
                data = {"line": entry.line, "at": entry.at, "html": self._drawing.entry(entry)}
                yield Update("entry", data, entry.line + 1)
        listener.next_line = call.next_line
        yield Update("status", {"html": self._drawing.status(call)})
        if call.outcome:
            yield Update("ended", {"outcome": call.outcome})

    def _card(self, call: LiveCall) -> str:
        version, html = self._cards.get(call.id, (-1, ""))
        if version != call.version:
            html = self._drawing.card(call)
            self._cards[call.id] = (call.version, html)
        return html

    def _tell(self, listener: Listener, updates: list[Update]) -> None:
        for update in updates:
            if not listener.give(update):
                self._let_go(listener)
                return

    def _tell_all(self, update: Update) -> None:
        for listener in list(self._listeners):
            self._tell(listener, [update])

    def _end_all(self) -> None:
        for listener in list(self._listeners):
            self._let_go(listener)

    def _let_go(self, listener: Listener) -> None:
        """End the stream of a listener, whatever waits for it."""
        self._listeners.discard(listener)
        while not listener.updates.empty():
            listener.updates.get_nowait()
        listener.give(None)

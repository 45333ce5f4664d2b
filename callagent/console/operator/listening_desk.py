"""The address at which a browser hears a call under way."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from callagent.concurrency import BackgroundTasks
from callagent.console.operator.call_rooms import LAST_ORDERS_S, PIECE_S, REFUSALS, listening
from callagent.console.operator.mixed_sound import wav_header
from callagent.console.operator.order_desk import giver
from callagent.console.operator.order_post import NotTaken, OrderPost
from callagent.console.security import checked_form
from callagent.operator_orders import new_order
from callagent.records import CallRow, RecordStore
from callagent.records.tables import LIVE

MOST_LISTENERS: Final = 4
"""Browsers that hear calls at the same time; each takes some hundredths of a core, and a participant's place."""

BEHIND_S: Final = 4.0
"""Sound that waits for a browser that takes none, in seconds; then it is let go."""

NOT_ALLOWED: Final = "This console does not listen: callagent console --listen does, and --operator."

_log = logging.getLogger("callagent.console")


class ListeningDesk:
    """Lets browsers hear calls. That somebody listens is in the call's journal before they hear anything.

    Args:
        post: tells the call; None where nobody may listen.
        store: the database of the calls.
        closing: tells whether the console ends.
    """

    def __init__(self, post: OrderPost | None, store: RecordStore, *, closing: Callable[[], bool]) -> None:
        self._post, self._store, self._closing = post, store, closing
        self._listeners: set[asyncio.Task[None]] = set()
        self._tasks = BackgroundTasks(_log, "a call could not be listened to")

    async def hear(self, request: Request) -> Response:
        """Give the sound of a call, as a WAV file that goes on until the call or whoever listens ends it."""
        if self._post is None:
            raise HTTPException(403, NOT_ALLOWED)
        await checked_form(request)
        call = await asyncio.to_thread(self._store.get, request.path_params["call"])
        if call.state != LIVE:
            return PlainTextResponse("the call is over", 409)
        if len(self._listeners) >= MOST_LISTENERS:
            return PlainTextResponse(f"{MOST_LISTENERS} listen already: that is as many as can", 503)
        listener = _Listener()
        listens = self._listen(self._post, call, giver(request), listener)
        task = self._tasks.start(listens, name="callagent.console.listener")
        self._listeners.add(task)
        task.add_done_callback(self._listeners.discard)
        task.add_done_callback(listener.end)
        if refusal := await listener.begun():
            return PlainTextResponse(refusal, 502)
        return StreamingResponse(listener.sound(), media_type="audio/wav")

    async def aclose(self) -> None:
        """Wait until calls were told that nobody listens any more, for some seconds at most."""
        if self._listeners:
            await asyncio.wait(self._listeners, timeout=LAST_ORDERS_S)
        await self._tasks.aclose()

    async def _listen(self, post: OrderPost, call: CallRow, by: str, listener: "_Listener") -> None:
        """Bring the sound of a call to a listener. A task of its own: whoever listens may go at any moment."""
        try:
            answer = await post.send(call, new_order("listen", by))
            if answer.state == "failed":
                raise NotTaken(answer.result)
            async with listening(post.server, call.room, call.id) as heard:
                listener.begin()
                async for piece in heard.pieces():
                    if self._closing() or not listener.take(piece):
                        break
        except REFUSALS as error:
            listener.refuse(str(error))
        listener.end()
        try:
            await post.send(call, new_order("stop listening", by))
        except REFUSALS as error:  # the call is over, as a rule
            _log.info("a call was not told that nobody listens any more", extra={"error": str(error)})


class _Listener:
    """A browser that listens."""

    def __init__(self) -> None:
        self._begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._gone = False

    def begin(self) -> None:
        """Have the answer to the browser begin."""
        self._settle("")

    def refuse(self, why: str) -> None:
        """Tell the browser that there is no sound."""
        self._settle(why)

    async def begun(self) -> str:
        """Return why there is no sound, as soon as that is known; empty where there is."""
        return await self._begun

    def take(self, piece: bytes) -> bool:
        """Have a piece of sound wait for the browser; False where it has gone, or takes none."""
        self._pieces.put_nowait(piece)
        return not self._gone and self._pieces.qsize() * PIECE_S < BEHIND_S

    def end(self, _: object = None) -> None:
        """Have the answer to the browser end, or not begin."""
        self._settle("the console ends")
        self._pieces.put_nowait(None)

    async def sound(self) -> AsyncIterator[bytes]:
        """Yield the sound."""
        try:
            yield wav_header()
            while (piece := await self._pieces.get()) is not None:
                yield piece
        finally:
            self._gone = True

    def _settle(self, why: str) -> None:
        if not self._begun.done():
            self._begun.set_result(why)

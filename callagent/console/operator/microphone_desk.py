"""The addresses at which somebody takes a call over: their microphone comes in pieces, each a request of its own.

So it needs no WebSocket: no further package, the checks of any form, and every proxy lets it through.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from callagent.concurrency import BackgroundTasks
from callagent.console.operator.call_rooms import LAST_ORDERS_S, REFUSALS, talking
from callagent.console.operator.order_desk import NOT_ALLOWED, giver
from callagent.console.operator.order_post import NotTaken, OrderPost
from callagent.console.security import check_form_token, checked_form
from callagent.operator_orders import new_order
from callagent.records import CallRow, RecordStore
from callagent.records.tables import LIVE

MOST_SPEAKERS: Final = 4
"""Calls that are taken over at the same time."""

LOST_S: Final = 5.0
"""After how long without a piece a microphone is taken for lost, and the agent is back, in seconds."""

LARGEST_PIECE_BYTES: Final = 32_000
"""Bytes: a second of sound."""

MOST_PIECES: Final = 6
"""Pieces that wait; of more the oldest is left out: what is said stays with the call."""

FORM_TOKEN: Final = "X-Form-Token"

_log = logging.getLogger("callagent.console")


class MicrophoneDesk:
    """Lets somebody talk with a caller instead of the agent.

    Args:
        post: tells the call; None where nobody may.
        store: the database of the calls.
        closing: tells whether the console ends.
    """

    def __init__(self, post: OrderPost | None, store: RecordStore, *, closing: Callable[[], bool]) -> None:
        self._post, self._store, self._closing = post, store, closing
        self._microphones: dict[str, _Microphone] = {}
        self._tasks = BackgroundTasks(_log, "a call could not be taken over")

    async def take_over(self, request: Request) -> Response:
        """Have the agent fall silent; the answer has the `session` that pieces of the microphone belong to."""
        if self._post is None:
            raise HTTPException(403, NOT_ALLOWED)
        await checked_form(request)
        call = await asyncio.to_thread(self._store.get, request.path_params["call"])
        if call.state != LIVE:
            return PlainTextResponse("the call is over", 409)
        if len(self._microphones) >= MOST_SPEAKERS:
            return PlainTextResponse(f"{MOST_SPEAKERS} calls are taken over already: that is as many as can be", 503)
        session, microphone = secrets.token_hex(16), _Microphone()
        self._microphones[session] = microphone
        talks = self._talk(self._post, call, giver(request), microphone)
        task = self._tasks.start(talks, name="callagent.console.microphone")

        def over(_: object) -> None:
            self._microphones.pop(session, None)
            microphone.settle("the console ends")

        task.add_done_callback(over)
        if refusal := await microphone.begun:
            return PlainTextResponse(refusal, 502)
        return JSONResponse({"session": session})

    async def hear(self, request: Request) -> Response:
        """Take a piece of a microphone: 16 bits, one channel, 16 kHz."""
        if self._post is None:
            raise HTTPException(403, NOT_ALLOWED)
        check_form_token(request, request.headers.get(FORM_TOKEN, ""))
        microphone = self._microphones.get(request.path_params["session"])
        if microphone is None:
            return PlainTextResponse("the agent has the call again", 410)
        piece = b""
        async for chunk in request.stream():
            piece += chunk
            if len(piece) > LARGEST_PIECE_BYTES:
                raise HTTPException(413, "That is more than a second of sound.")
        microphone.put(piece[: len(piece) // 2 * 2])
        return Response(status_code=204)

    async def hand_back(self, request: Request) -> Response:
        """Have the agent back."""
        if self._post is None:
            raise HTTPException(403, NOT_ALLOWED)
        await checked_form(request)
        if (microphone := self._microphones.get(request.path_params["session"])) is not None:
            microphone.end()
        return Response(status_code=204)

    async def aclose(self) -> None:
        """Hand back what is taken over, within some seconds."""
        for microphone in self._microphones.values():
            microphone.end()
        until = asyncio.get_running_loop().time() + LAST_ORDERS_S
        for microphone in [*self._microphones.values()]:
            try:
                async with asyncio.timeout_at(until):
                    await microphone.over.wait()
            except TimeoutError:
                break
        await self._tasks.aclose()

    async def _talk(self, post: OrderPost, call: CallRow, by: str, microphone: "_Microphone") -> None:
        try:
            async with talking(post.server, call.room) as voice:
                answer = await post.send(call, new_order("take over", by, identity=voice.identity))
                if answer.state != "done":
                    raise NotTaken(answer.result or "the agent does not fall silent")
                microphone.settle("")
                while not self._closing() and (piece := await microphone.next()) is not None:
                    await voice.say(piece)
                await post.send(call, new_order("hand back", by))
        except REFUSALS as error:  # the room is left by now, which hands back as well
            microphone.settle(str(error))
        finally:
            microphone.over.set()


class _Microphone:
    """A microphone of a browser."""

    def __init__(self) -> None:
        self.begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def settle(self, refusal: str) -> None:
        """Tell the browser that it is heard, or why it is not; the first word counts."""
        if not self.begun.done():
            self.begun.set_result(refusal)

    def put(self, piece: bytes) -> None:
        """Have a piece wait."""
        while self._pieces.qsize() >= MOST_PIECES:
            self._pieces.get_nowait()
        if piece:
            self._pieces.put_nowait(piece)

    def end(self) -> None:
        """Have nothing come any more."""
        self._pieces.put_nowait(None)

    async def next(self) -> bytes | None:
        """Return the next piece; None at the end, and where none has come for `LOST_S`."""
        try:
            async with asyncio.timeout(LOST_S):
                return await self._pieces.get()
        except TimeoutError:
            return None

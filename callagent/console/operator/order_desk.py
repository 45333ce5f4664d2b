"""The address at which a browser, or a program, gives an order to a call."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from callagent.console.operator.order_post import NotTaken, OrderPost
from callagent.console.security import checked_form, visitor_of
from callagent.livekit_api import ServerError
from callagent.operator_orders import InvalidOrder, Order, new_order
from callagent.records import RecordStore
from callagent.records.tables import LIVE

MOST_UNDER_WAY: Final = 20
"""Orders for whose answer is waited at the same time."""

OFFERED: Final = ("hang up", "whisper", "say", "transfer", "warm transfer")
"""Acts that a form can ask for."""

WORDS: Final[Mapping[str, str]] = {"begun": "under way", "done": "done", "failed": "not done"}

NOT_ALLOWED: Final = "This console gives no orders: callagent console --operator does."


class OrderDesk:
    """Takes orders from browsers.

    Args:
        post: sends them; None where the console gives none.
        store: the database of the calls.
    """

    def __init__(self, post: OrderPost | None, store: RecordStore) -> None:
        self._post, self._store = post, store
        self._under_way = 0

    async def give(self, request: Request) -> Response:
        """Give an order to a call: a form with `act`, `text`, `destination` and `now`."""
        if self._post is None:
            raise HTTPException(403, NOT_ALLOWED)
        form = await checked_form(request)
        call = await asyncio.to_thread(self._store.get, request.path_params["call"])
        if call.state != LIVE:
            return _answer(request, 409, "failed", "the call is over")
        try:
            order = _order(form, by=giver(request))
        except InvalidOrder as error:
            return _answer(request, 400, "failed", str(error))
        if self._under_way >= MOST_UNDER_WAY:
            return _answer(request, 503, "failed", "too many orders are under way")
        self._under_way += 1
        try:
            answer = await self._post.send(call, order)
        except (NotTaken, ServerError) as error:
            return _answer(request, 502, "failed", str(error))
        finally:
            self._under_way -= 1
        return _answer(request, 200, answer.state, answer.result)


def giver(request: Request) -> str:
    """Return who gives an order, for the journal of the call."""
    return f"{visitor_of(request).name} at the console of {socket.gethostname()}"[:200]


def _order(form: Mapping[str, str], by: str) -> Order:
    act = form.get("act", "")
    if act not in OFFERED:
        raise InvalidOrder(f"there is no such order; there are: {', '.join(OFFERED)}")
    return new_order(
        act, by, text=form.get("text", ""), destination=form.get("destination", ""), now=form.get("now") == "1"
    )


def _answer(request: Request, status: int, state: str, result: str) -> Response:
    """Answer a script or a program with JSON; a browser without scripts with the call's page, which has it too."""
    message = f"{WORDS[state]}: {result}" if result else WORDS[state]
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"state": state, "result": result, "message": message}, status)
    if status == 200:
        return RedirectResponse(f"/calls/{request.path_params['call']}", 303)
    raise HTTPException(status, f"{message[0].upper()}{message[1:]}.")

"""Requests and their answers over UDP, which loses some of them (RFC 3261, section 17)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from callagent.concurrency import first_done
from callagent.scripted_calls.levels.sip.phone.message import Message

T1_S = 0.5
"""An estimate of the round trip: first time until a request is sent again."""

T2_S = 4.0
"""Longest time between two sendings of a request other than INVITE."""

FIRST_ANSWER_S = 8.0
"""How long any answer to an INVITE is waited for. RFC 3261 has 32 s, too long to learn of a typing error."""

REQUEST_S = 4.0
"""How long the answer to any other request is waited for."""


class Unanswered(Exception):
    """The other side does not answer."""


class Transaction:
    """One request, sent until it is answered."""

    def __init__(self, request: Message, send: Callable[[Message], None]) -> None:
        self.request = request
        self._send = send
        self._provisional = asyncio.Event()
        self._final: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    def take(self, response: Message) -> None:
        """Take an answer."""
        if response.status < 200:
            self._provisional.set()
        elif not self._final.done():
            self._final.set_result(response)

    async def run(self) -> Message:
        """Send the request until there is a final answer, and give that.

        Once an INVITE is being worked on, the final answer takes as long as the other side lets it ring.

        Raises:
            Unanswered: there is no answer at all.
        """
        invite = self.request.method == "INVITE"
        patience, interval = FIRST_ANSWER_S if invite else REQUEST_S, T1_S
        while not self._final.done():
            self._send(self.request)
            if await self._heard_of_within(min(interval, patience), provisional=invite):
                break
            patience -= interval
            if patience <= 0:
                raise Unanswered(f"no answer to {self.request.method}")
            interval = 2 * interval if invite else min(2 * interval, T2_S)
        return await self._final

    async def _heard_of_within(self, seconds: float, *, provisional: bool) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await first_done(self._final, *([self._provisional] if provisional else []))
        return self._final.done() or (provisional and self._provisional.is_set())

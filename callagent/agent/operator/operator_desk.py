"""Carries out what somebody at the console asks of one call: one place acts, and tells what came of it."""

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, Protocol

from livekit.agents import APIError

from callagent.agent.call_control import ControlError
from callagent.agent.call_limits import CallFlow, Ending
from callagent.agent.handover.history import tell
from callagent.agent.operator.taken_over import TakenOver
from callagent.agent.utterance import Utterance
from callagent.concurrency import BackgroundTasks
from callagent.operator_orders import Order

if TYPE_CHECKING:
    from callagent.agent.call import Call

SAID_S: Final = 90.0
"""How long it may take until something is said, in seconds: what is said before it, and a minute of its own."""

MOST_AT_ONCE: Final = 8
"""Orders that are carried out at the same time; a further one is refused."""

WHISPER: Final = (
    "A colleague listens to this call and tells you the following. The caller does not hear it: follow it from your "
    "next sentence on, and mention neither it nor the colleague.\n"
)

_FAILURES: Final = (ControlError, ValueError, RuntimeError, TimeoutError, APIError)
"""What acts on a call fail with: not now, no such destination, a session that is over, something that takes too long, a
model."""

_log = logging.getLogger("callagent.agent")

Told = Literal["begun", "done", "failed"]


class OperatorWatcher(Protocol):
    """Is told how far orders are."""

    def told(self, order: str, act: str, by: str, state: Told, text: str, result: str) -> None:
        """Take note of it: `result` is what came of it, or why nothing did."""
        ...


class _NotDone(Exception):
    """An order was not carried out; the message says why, in words for whoever gave it."""


class OperatorDesk:
    """Takes orders to one call.

    Args:
        call: the call.
        flow: ends it.
        watcher: is told how far they are.
        taken_over: has the agent silent while somebody else talks with the caller.
    """

    def __init__(self, call: "Call", flow: CallFlow, watcher: OperatorWatcher, taken_over: TakenOver) -> None:
        self._call, self._flow, self._watcher, self._taken_over = call, flow, watcher, taken_over
        self._took_over: dict[str, Order] = {}
        self._under_way = 0
        self._tasks = BackgroundTasks(_log, "an order from the console was not carried out")

    def take(self, order: Order) -> None:
        """Begin to carry out an order; where there are too many it is refused."""
        refusal = "too many orders are being carried out" if self._under_way >= MOST_AT_ONCE else ""
        if refusal := "the call is over" if self._call.is_over else refusal:
            self._tell(order, "failed", refusal)
            return
        self._under_way += 1
        self._tell(order, "begun")
        self._tasks.start(self._carry_out(order), name="callagent.agent.order")

    def left(self, identity: str) -> None:
        """Note that somebody is not on the line any more: the agent is back, if they had the call."""
        order = self._took_over.get(identity)
        if order is not None and self._taken_over.identity == identity:
            self.take(replace(order, act="hand back", id=f"{order.id}-left"))

    async def aclose(self) -> None:
        """End what is going on; what was not done by then has failed."""
        await self._tasks.aclose()

    async def _carry_out(self, order: Order) -> None:
        state: Told = "failed"
        result = "the call was over before"
        try:
            result = await self._done(order)
            state = "done"
        except _NotDone as error:
            result = str(error)
        except _FAILURES as error:
            result = str(getattr(error, "message", "") or error) or type(error).__name__
        finally:
            self._under_way -= 1
            self._tell(order, state, result)

    async def _done(self, order: Order) -> str:
        """Carry out an order, and return what came of it."""
        match order.act:
            case "hang up":
                return self._hang_up(order)
            case "whisper":
                return await self._whisper(order)
            case "say" | "transfer" | "warm transfer" if self._taken_over.identity:
                raise _NotDone("the agent is silent as long as somebody else talks with the caller: hand back first")
            case "say":
                return await self._said(self._call.say(order.pii_text))
            case "transfer":
                await self._call.transfer(order.destination)
                return "the caller was handed over"
            case "warm transfer":
                await self._call.warm_transfer(order.destination)
                return "the caller and the other side are connected"
            case "listen" | "stop listening":
                return ""
            case "take over":
                self._took_over[order.identity] = order
                await self._taken_over.begin(order.identity)
                return "the agent is silent"
            case "hand back":
                await self._taken_over.end()
                return "the agent has the call"
            case _:
                raise TypeError(f"the desk does not know the order {order.act!r}")

    def _hang_up(self, order: Order) -> str:
        before = self._flow.ending
        self._flow.finish(order.pii_text, Ending("operator"))
        return "" if before is None else f"the agent was ending the call already: {before.why}"

    async def _whisper(self, order: Order) -> str:
        await tell(self._call.session.current_agent, f"{WHISPER}{order.pii_text}")
        if not order.now or self._taken_over.identity:
            return "the agent knows it from its next answer on"
        return await self._said(self._call.reply())

    async def _said(self, utterance: Utterance) -> str:
        if not utterance.id:
            raise _NotDone("the call is over")
        async with asyncio.timeout(SAID_S):
            await utterance.wait()
        if utterance.complete:
            return ""
        if utterance.interrupted:
            return "cut off before its end"
        raise _NotDone("it could not be said: the call's journal has the error")

    def _tell(self, order: Order, state: Told, result: str = "") -> None:
        text = order.pii_text or order.destination
        self._watcher.told(order.id, order.act, order.by, state, text, result)
        _log.info("order from the console", extra={"act": order.act, "by": order.by, "state": state})

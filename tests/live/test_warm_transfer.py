"""The whole of a warm transfer, on the wire: the caller presses a key, the agent of a worker calls somebody."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from livekit import api

from callagent.scripted_calls.levels.sip.sip_call import OwnNumber
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.live.phones import Callee, Caller, callee, calling
from tests.live.rooms import CALLEE, outbound_trunk
from tests.support.consultation import CALLER_HZ, HUMAN_HZ
from tests.support.livekit_server import RunningWorker, record_of

pytestmark = [pytest.mark.sip, pytest.mark.local_models, pytest.mark.timeout(180)]

NEVER_MIND = "I am sorry, nobody is there."


def script(trunk: str) -> dict[str, Any]:
    """An agent that transfers the call at the key 1, and connects whoever answers and says nothing."""
    return {
        "greeting": "",
        "tools": {
            "warm_transfer": {},
            "connect_to_caller": {"description": "The one of the consultation.", "returns": "done"},
        },
        "replies": [
            {"when": "1", "call": "warm_transfer", "with": {"destination": "desk"}},
            {"when": "/^$/", "call": "connect_to_caller"},
        ],
        "transfer": {"destinations": {"desk": {"to": CALLEE}}, "trunk": trunk, "ringing": "20 s"},
        "hold": {"volume": 0},
        "phrases": {"transferring": "One moment.", "not_transferred": NEVER_MIND},
    }


@dataclass
class Call:
    caller: Caller
    human: Callee
    room: str

    async def asks(self) -> None:
        """The caller asks for the transfer, and the human's telephone rings."""
        await self.caller.press("1#")
        await self.human.rings()


@asynccontextmanager
async def call(stack: SipStack, worker: RunningWorker) -> AsyncIterator[Call]:
    room = f"call-{secrets.token_hex(4)}"
    async with callee(HUMAN_HZ) as human, outbound_trunk(stack, human.peer.port) as trunk:
        metadata = json.dumps({"agent": script(trunk)})
        dispatch = api.RoomAgentDispatch(agent_name=worker.agent_name, metadata=metadata)
        number = await OwnNumber.take(stack.server, room, dispatch)
        try:
            async with calling(stack, number.number, CALLER_HZ) as caller:
                yield Call(caller, human, room)
        finally:
            await number.release()


def transfers(record: dict[str, Any]) -> list[dict[str, Any]]:
    """What the record says of them, without when."""
    events = (event for event in record["events"] if event["type"] == "warm transfer")
    return [{name: value for name, value in event.items() if name not in ("at", "type")} for event in events]


@pytest.mark.parametrize("first", ["caller", "human"])
async def test_whoever_hangs_up_first_ends_the_call_of_the_other(
    sip_stack: SipStack, sip_worker: RunningWorker, first: str
) -> None:
    async with call(sip_stack, sip_worker) as made:
        await made.asks()
        await made.human.answer()
        since = asyncio.get_running_loop().time()
        await asyncio.gather(made.human.ears.until(CALLER_HZ, 2.0, since), made.caller.ears.until(HUMAN_HZ, 2.0, since))
        if first == "caller":
            await made.caller.phone.hang_up()
            await made.human.peer.request("BYE")
        else:
            await made.human.hang_up()
            async with asyncio.timeout(10):
                assert not (await made.caller.phone.ended).by_us
        record = await record_of(sip_worker, made.room)
    assert transfers(record) == [{"outcome": "accepted", "to": CALLEE, "way": "same room"}]
    assert (record["reason"], record["error"]) == ("transferred", None)


async def test_who_is_busy_leaves_the_caller_with_the_agent(sip_stack: SipStack, sip_worker: RunningWorker) -> None:
    async with call(sip_stack, sip_worker) as made:
        await made.asks()
        refused = asyncio.get_running_loop().time()
        await made.human.refuse(486, "Busy Here")
        await made.caller.ears.until_loud(refused)  # no music, so that this is the agent
        await made.caller.phone.hang_up()
        record = await record_of(sip_worker, made.room)
    (transfer,) = transfers(record)
    assert (transfer["outcome"], transfer["detail"]) == ("failed", "busy: 486 Busy Here")
    assert [tool["result"] for tool in record["tools"]] == [NEVER_MIND]


async def test_a_caller_who_hangs_up_while_it_rings_leaves_nobody_ringing(
    sip_stack: SipStack, sip_worker: RunningWorker
) -> None:
    async with call(sip_stack, sip_worker) as made:
        await made.asks()
        await made.caller.phone.hang_up()
        await made.human.peer.request("CANCEL")
        record = await record_of(sip_worker, made.room)
    assert record["reason"] == "caller hung up"

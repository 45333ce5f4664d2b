"""Calls to any SIP address, answered here by a scripted socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callagent.cli.endpoints import VARIABLE
from callagent.journal import CallEnded, TransferRequested, Trouble
from callagent.scripted_calls import load_call, plan_call
from callagent.scripted_calls.levels.sip import URI_VARIABLE, SipLevel
from callagent.scripted_calls.levels.sip.phone import offer
from callagent.scripted_calls.levels.sip.phone.message import Message
from callagent.scripted_calls.levels.sip.sip_level import credentials_of
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from tests.support.loopback import LOOPBACK
from tests.support.sip_peer import Peer, peer, reply, within

SCRIPT = Path(__file__).parents[4] / "configs" / "calls" / "hang-up-mid-sentence.yaml"


def answers(request: Message) -> list[Message]:
    return [] if request.method == "ACK" else [reply(request, 200, body=offer(LOOPBACK, 9, "pcmu"))]


def busy(request: Message) -> list[Message]:
    return [reply(request, 486, "Busy Here")] if request.method == "INVITE" else []


@asynccontextmanager
async def called(uri: str) -> AsyncIterator[Stage]:
    level = SipLevel(uri=uri)
    level.check([])
    await level.start()
    stage = level.stage(plan_call(load_call(SCRIPT)))
    try:
        await stage.start()
        yield stage
    finally:
        await stage.aclose()
        await level.aclose()


def address(other: Peer) -> str:
    return f"sip:agent@{LOOPBACK}:{other.port}"


async def test_whoever_answers_is_hung_up_on() -> None:
    async with peer(answers) as other, called(address(other)) as stage:
        await stage.hang_up()
        assert stage.log.of(CallEnded)[0].reason == "caller hung up"
    assert other.methods() == ["INVITE", "ACK", "BYE"]


async def test_an_agent_that_hangs_up_ends_the_call() -> None:
    async with peer(answers) as other, called(address(other)) as stage:
        other.send(within(other.received[0], "BYE", other.port))
        async with asyncio.timeout(5):
            await other.response("BYE")
        assert [ended.reason for ended in stage.log.of(CallEnded)] == ["agent hung up"]


async def test_a_transfer_is_observed_and_followed() -> None:
    async with peer(answers) as other, called(address(other)) as stage:
        other.send(within(other.received[0], "REFER", other.port, Refer_To="<tel:+12025550199>"))
        assert (await other.response("REFER")).status == 202
        assert [asked.to for asked in stage.log.of(TransferRequested)] == ["tel:+12025550199"]


async def test_a_refusal_is_the_cause() -> None:
    async with peer(busy) as other, called(address(other)) as stage:
        assert [trouble.message for trouble in stage.log.of(Trouble)] == ["the call was not answered: 486 Busy Here"]
        assert stage.log.of(CallEnded)[0].reason == "error"


async def test_a_host_that_does_not_exist_is_unavailable() -> None:
    with pytest.raises(LevelUnavailable, match=r"^nowhere\.invalid cannot be called: "):
        async with called("sip:agent@nowhere.invalid"):
            pass


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert URI_VARIABLE == VARIABLE
    monkeypatch.setenv("CALLAGENT_LIVEKIT_SIP", "/nowhere")
    monkeypatch.setenv(VARIABLE, "sip:agent@127.0.0.1")
    SipLevel().check([])


def test_credentials_come_from_the_environment_and_are_masked() -> None:
    found = credentials_of({"CALLAGENT_SIP_USERNAME": "me", "CALLAGENT_SIP_PASSWORD": "hunter2"})
    assert found is not None and (found.username, "hunter2" in repr(found)) == ("me", False)
    assert credentials_of({}) is None

"""Calls that go out, on the wire: a real livekit-sip calls sipp."""

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit import api

from callagent.scripted_calls.servers.local_stack import SipStack
from tests.live.rooms import Desk, desk, dial, outbound_trunk, transfer
from tests.live.sipp import Sipp, sipp
from tests.support.loopback import unused_port

pytestmark = [pytest.mark.sip, pytest.mark.timeout(60)]


@asynccontextmanager
async def callee(
    stack: SipStack, directory: Path, scenario: str, replace: tuple[str, str] = ("", "")
) -> AsyncIterator[tuple[Desk, Sipp, str]]:
    """A room with us in it, somebody who can be called, and the trunk to them."""
    port = unused_port(socket.SOCK_DGRAM)
    async with (
        desk(stack) as ours,
        outbound_trunk(stack, port) as trunk,
        sipp(scenario, directory, "-m", "1", port=port, replace=replace) as other,
    ):
        yield ours, other, trunk


async def test_a_callee_answers_and_is_hung_up_on(sip_stack: SipStack, tmp_path: Path) -> None:
    async with callee(sip_stack, tmp_path, "callee_answers") as (ours, other, trunk):
        await dial(sip_stack, trunk, ours.name)
        await ours.has_answered()
        await ours.hang_up()
        await other.finished()


async def test_a_callee_hangs_up(sip_stack: SipStack, tmp_path: Path) -> None:
    async with callee(sip_stack, tmp_path, "callee_hangs_up") as (ours, other, trunk):
        await dial(sip_stack, trunk, ours.name)
        await ours.left_alone()
        await other.finished()


@pytest.mark.parametrize(
    ("status", "reason"),
    [(486, "Busy Here"), (603, "Decline"), (404, "Not Found"), (480, "Temporarily Unavailable")],
)
async def test_a_refusal_is_told_with_its_status(sip_stack: SipStack, tmp_path: Path, status: int, reason: str) -> None:
    replace = ("486 Busy Here", f"{status} {reason}")
    async with callee(sip_stack, tmp_path, "callee_refuses", replace) as (ours, other, trunk):
        with pytest.raises(api.SipCallError) as caught:
            await dial(sip_stack, trunk, ours.name)
        assert caught.value.sip_status_code == status
        await other.finished()


async def test_no_answer_is_a_cancel_after_the_ringing_time(sip_stack: SipStack, tmp_path: Path) -> None:
    async with callee(sip_stack, tmp_path, "callee_rings") as (ours, other, trunk):
        began = time.monotonic()
        with pytest.raises(api.TwirpError):
            await dial(sip_stack, trunk, ours.name, ringing=3)
        assert 2.5 < time.monotonic() - began < 8
        await other.finished()


async def test_a_transfer_is_followed(sip_stack: SipStack, tmp_path: Path) -> None:
    async with callee(sip_stack, tmp_path, "callee_follows_transfer") as (ours, other, trunk):
        await dial(sip_stack, trunk, ours.name)
        await ours.has_answered()
        await transfer(sip_stack, ours.name)
        await ours.left_alone()
        await other.finished()


async def test_a_refused_transfer_keeps_the_call(sip_stack: SipStack, tmp_path: Path) -> None:
    async with callee(sip_stack, tmp_path, "callee_refuses_transfer") as (ours, other, trunk):
        await dial(sip_stack, trunk, ours.name)
        await ours.has_answered()
        with pytest.raises(api.TwirpError):
            await transfer(sip_stack, ours.name)
        assert [each.attributes["sip.callStatus"] for each in ours.callers()] == ["active"]
        await ours.hang_up()
        await other.finished()

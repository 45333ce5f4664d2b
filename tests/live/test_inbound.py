"""Calls that come in, on the wire: sipp and our own telephone call a real livekit-sip."""

import socket
from pathlib import Path

import pytest
from livekit import api

from callagent.audio import Impairments
from callagent.livekit_api import open_client
from callagent.scripted_calls.levels.sip.phone import Phone, SipUri, answered_media
from callagent.scripted_calls.levels.sip.phone_call import RtpWire
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.live.rooms import desk, number_of
from tests.live.sipp import CALLER, sipp
from tests.support.loopback import LOOPBACK, unused_port

pytestmark = [pytest.mark.sip, pytest.mark.timeout(60)]

CALLS = 8


def target(stack: SipStack, number: str) -> list[str]:
    return [f"{LOOPBACK}:{stack.sip_port}", "-s", number]


def udp() -> int:
    return unused_port(socket.SOCK_DGRAM)


async def test_a_caller_is_answered_and_hangs_up(sip_stack: SipStack, tmp_path: Path) -> None:
    async with desk(sip_stack) as ours, number_of(sip_stack, ours.name) as number:
        arguments = [*target(sip_stack, number), "-m", "1"]
        async with sipp("caller_hangs_up", tmp_path, *arguments, port=udp()) as caller:
            await ours.has_answered()
            (participant,) = ours.callers()
            assert participant.attributes["sip.trunkPhoneNumber"] == number
            assert participant.attributes["sip.phoneNumber"].startswith(CALLER)
            await caller.finished()
            await ours.left_alone()


async def test_a_caller_is_hung_up_on(sip_stack: SipStack, tmp_path: Path) -> None:
    async with desk(sip_stack) as ours, number_of(sip_stack, ours.name) as number:
        arguments = [*target(sip_stack, number), "-m", "1"]
        async with sipp("caller_waits", tmp_path, *arguments, port=udp()) as caller:
            await ours.has_answered()
            await ours.hang_up()
            await caller.finished()


async def test_a_caller_gives_up_while_it_rings(sip_stack: SipStack, tmp_path: Path) -> None:
    async with number_of(sip_stack, "nobody-is-here") as number:
        arguments = [*target(sip_stack, number), "-m", "1"]
        async with sipp("caller_gives_up", tmp_path, *arguments, port=udp()) as caller:
            await caller.finished()


async def test_a_wrong_password_is_refused(sip_stack: SipStack, tmp_path: Path) -> None:
    number = "+12025550177"
    async with open_client(sip_stack.server) as server:
        info = api.SIPInboundTrunkInfo(name="guarded", numbers=[number], auth_username="me", auth_password="right")
        trunk = await server.create(info)
        try:
            arguments = [*target(sip_stack, number), "-m", "1", "-au", "me", "-ap", "wrong"]
            async with sipp("wrong_password", tmp_path, *arguments, port=udp()) as caller:
                await caller.finished()
        finally:
            await server.delete_trunk(trunk)


async def test_keys_arrive_once_each_in_their_order(sip_stack: SipStack) -> None:
    async with desk(sip_stack) as ours, number_of(sip_stack, ours.name) as number:
        wire = RtpWire(codec="pcmu", impairments=Impairments(), on_change=lambda _: None, on_key=lambda _: None)
        phone = await Phone.open(SipUri.parse(f"sip:{number}@{LOOPBACK}:{sip_stack.sip_port}"))
        try:
            phone.call(CALLER, await wire.open(phone.host))
            wire.connect(answered_media(await phone.answered, "pcmu"))
            wire.start(0.0)
            await ours.has_answered()
            await wire.rtp.press("1225#*0")
            await ours.until(lambda: len(ours.keys) >= 7)
            assert ours.keys == list("1225#*0")
            assert wire.rtp.received > 0
        finally:
            await phone.aclose()
            await wire.aclose()


async def test_eight_calls_at_once_are_all_answered(sip_stack: SipStack, tmp_path: Path) -> None:
    async with desk(sip_stack) as ours, number_of(sip_stack, ours.name) as number:
        arguments = [*target(sip_stack, number), "-m", str(CALLS), "-r", str(CALLS), "-rp", "100"]
        async with sipp("caller_hangs_up", tmp_path, *arguments, port=udp()) as callers:
            await ours.has_answered(CALLS)
            await callers.finished()
            await ours.left_alone()

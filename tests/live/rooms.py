"""Our side of a call at the wire level: a participant in the room, and the numbers that lead there."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from livekit import api, rtc

from callagent.audio import SAMPLE_RATE, Samples
from callagent.livekit_api import open_client
from callagent.scripted_calls.levels.sip.sip_call import OwnNumber
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.support.loopback import LOOPBACK

CALLEE = "+12025550199"
OURS = "+12025550100"
NOBODY = api.RoomAgentDispatch(agent_name="nobody")


class Desk:
    """Answers what comes into its room, by being there and listening; notes keys, arrivals and departures."""

    def __init__(self, stack: SipStack, name: str) -> None:
        self.name = name
        self.keys: list[str] = []
        self.answered: set[str] = set()
        self.room = rtc.Room()
        self.voice = rtc.AudioSource(SAMPLE_RATE, 1)
        self._stack = stack
        self._changed = asyncio.Event()
        for event in ("participant_connected", "participant_disconnected", "participant_attributes_changed"):
            self.room.on(event, lambda *_: self._look())
        self.room.on("sip_dtmf_received", self._key)

    def callers(self) -> list[rtc.RemoteParticipant]:
        return [each for each in self.room.remote_participants.values() if each.attributes.get("sip.callStatus")]

    async def until(self, condition: Callable[[], bool], within: float = 20) -> None:
        async with asyncio.timeout(within):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def has_answered(self, calls: int = 1) -> None:
        """Waits until that many calls have been active, some of which may be over."""
        await self.until(lambda: len(self.answered) >= calls)

    async def left_alone(self) -> None:
        await self.until(lambda: not self.callers())

    async def say(self, pcm: Samples) -> None:
        """Says 8 kHz samples, and returns when they have been said."""
        await self.voice.capture_frame(rtc.AudioFrame(pcm.tobytes(), SAMPLE_RATE, 1, pcm.size))
        await self.voice.wait_for_playout()

    async def hang_up(self) -> None:
        async with open_client(self._stack.server) as server:
            await server.delete_room(self.name)

    def _look(self) -> None:
        active = (each for each in self.callers() if each.attributes["sip.callStatus"] == "active")
        self.answered.update(each.identity for each in active)
        self._changed.set()

    def _key(self, key: rtc.SipDTMF) -> None:
        self.keys.append(key.digit)
        self._changed.set()


@asynccontextmanager
async def desk(stack: SipStack) -> AsyncIterator[Desk]:
    made = Desk(stack, f"desk-{secrets.token_hex(4)}")
    grants = api.VideoGrants(room_join=True, room=made.name)
    token = api.AccessToken(stack.server.api_key, stack.server.api_secret).with_identity("desk").with_grants(grants)
    try:
        await made.room.connect(stack.server.url, token.to_jwt())
        track = rtc.LocalAudioTrack.create_audio_track("voice", made.voice)
        await made.room.local_participant.publish_track(track, rtc.TrackPublishOptions())
        yield made
    finally:
        await made.room.disconnect()
        await made.voice.aclose()


@asynccontextmanager
async def number_of(stack: SipStack, room: str, agent: api.RoomAgentDispatch = NOBODY) -> AsyncIterator[str]:
    number = await OwnNumber.take(stack.server, room, agent)
    try:
        yield number.number
    finally:
        await number.release()


@asynccontextmanager
async def outbound_trunk(stack: SipStack, port: int) -> AsyncIterator[str]:
    """A trunk to that port of this machine; its id."""
    async with open_client(stack.server) as server:
        info = api.SIPOutboundTrunkInfo(name=f"to {port}", address=f"{LOOPBACK}:{port}", numbers=[OURS])
        trunk = await server.create(info)
        try:
            yield trunk
        finally:
            await server.delete_trunk(trunk)


async def dial(stack: SipStack, trunk: str, room: str, *, ringing: int = 10, **fields: Any) -> api.SIPParticipantInfo:
    request = api.CreateSIPParticipantRequest(
        sip_trunk_id=trunk, sip_call_to=CALLEE, room_name=room, participant_identity="callee", **fields
    )
    request.wait_until_answered = True
    request.ringing_timeout.FromSeconds(ringing)
    server = stack.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret, failover=False) as client:
        return await client.sip.create_sip_participant(request, timeout=ringing + 10)


async def transfer(stack: SipStack, room: str) -> None:
    request = api.TransferSIPParticipantRequest(
        participant_identity="callee", room_name=room, transfer_to="tel:+12025550142"
    )
    server = stack.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret, failover=False) as client:
        await client.sip.transfer_sip_participant(request, timeout=15)

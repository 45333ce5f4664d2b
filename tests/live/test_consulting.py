"""A warm transfer in one room, on the wire: one telephone waits, one is called, through a real livekit-sip."""

import asyncio
import functools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit import api, rtc
from livekit.agents import AudioConfig
from livekit.agents.utils.participant import wait_for_participant

from callagent.audio import SAMPLE_RATE
from callagent.scripted_calls.servers.local_stack import SipStack
from callagent.worker import WorkerConfig
from callagent.worker.transfer.hold_music import playing
from callagent.worker.transfer.same_room_transfer import Consultation, Held, dial_human
from tests.live.phones import Callee, Caller, callee, calling
from tests.live.rooms import CALLEE, number_of, outbound_trunk
from tests.support.consultation import AGENT_HZ, CALLER_HZ, HUMAN_HZ, MUSIC_HZ, history, now, session
from tests.support.virtual_call import a_profile

pytestmark = [pytest.mark.sip, pytest.mark.timeout(120)]

LEAK_S = 0.3
"""How long the two may hear each other at the moment of the answer, on a busy machine."""


class Call:
    """A caller in a room with our connection, and somebody who can be called.

    Attributes:
        running: the consultation.
    """

    def __init__(self, caller: Caller, human: Callee, ours: rtc.Room, running: "asyncio.Task[None]") -> None:
        self.caller, self.human, self.ours, self.running = caller, human, ours, running


@asynccontextmanager
async def consulting(stack: SipStack, song: str) -> AsyncIterator[Call]:
    server, name, ours = stack.server, f"call-{secrets.token_hex(4)}", rtc.Room()
    config = WorkerConfig(server.url, server.api_key, server.api_secret, max_calls=1)
    token = api.AccessToken(server.api_key, server.api_secret).with_identity("agent-1").with_kind("agent")
    await ours.connect(server.url, token.with_grants(api.VideoGrants(room_join=True, room=name)).to_jwt())
    voice = rtc.LocalAudioTrack.create_audio_track("agent", rtc.AudioSource(SAMPLE_RATE, 1))
    await ours.local_participant.publish_track(voice, rtc.TrackPublishOptions())  # without one it goes on ringing
    try:
        async with (
            callee(HUMAN_HZ) as human,
            outbound_trunk(stack, human.peer.port) as trunk,
            number_of(stack, name) as number,
            calling(stack, number, CALLER_HZ) as caller,
        ):
            profile = a_profile(hold={"longest": "60 s"}, transfer={"trunk": trunk, "ringing": "10 s"})
            waiting = await wait_for_participant(ours, kind=rtc.ParticipantKind.PARTICIPANT_KIND_SIP)
            held = Held(ours, waiting.identity, session(), history(), playing(ours, AudioConfig(song)))
            dial = functools.partial(dial_human, config, profile, name, CALLEE)
            running = asyncio.create_task(Consultation(config, profile, held, dial).run())
            try:
                yield Call(caller, human, ours, running)
            finally:
                running.cancel()
                await asyncio.wait([running])
    finally:
        await ours.disconnect()


async def test_who_is_called_talks_with_the_agent_alone_and_then_with_the_caller(
    sip_stack: SipStack, song: str
) -> None:
    async with consulting(sip_stack, song) as call:
        caller, human = call.caller.ears, call.human.ears
        await call.human.rings()
        await caller.until(MUSIC_HZ, 1.0, 0.0)
        call.human.voice.quiet = True
        await call.human.answer()
        await human.until(AGENT_HZ, 0.5, 0.0)  # silence is spoken to
        call.human.voice.quiet = False
        await caller.until(MUSIC_HZ, 2.0, now())
        leaked = {
            "caller to human": human.seconds_of(CALLER_HZ),
            "music to human": human.seconds_of(MUSIC_HZ),
            "human to caller": caller.seconds_of(HUMAN_HZ),
            "agent to caller": caller.seconds_of(AGENT_HZ),
        }
        call.human.voice.quiet = True  # which is understood as consent
        await call.running
        connected = now()
        call.human.voice.quiet = False
        await asyncio.gather(human.until(CALLER_HZ, 1.0, connected), caller.until(HUMAN_HZ, 1.0, connected))
        assert caller.seconds_of(MUSIC_HZ, now() - 0.5) == 0.0
        assert all(seconds <= LEAK_S for seconds in leaked.values()), leaked

"""A warm transfer in one room, by what is heard at both ends: tones, over a real livekit-server."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest
from livekit import api, rtc
from livekit.agents import Agent, AgentSession, AudioConfig

from callagent.concurrency import cancel_and_wait
from callagent.livekit_api import CONSULTED, Refused, hang_up
from callagent.livekit_api import capabilities as moving
from callagent.profile import Profile
from callagent.worker import Connection, WorkerConfig
from callagent.worker.call.room_io import room_options
from callagent.worker.transfer import same_room_transfer
from callagent.worker.transfer.hold_music import playing
from callagent.worker.transfer.same_room_transfer import HUMAN, Consultation, Held, NotConnected
from tests.support.consultation import (
    AGENT_HZ,
    CALLER_HZ,
    HUMAN_HZ,
    MUSIC_HZ,
    SOON_S,
    RoomPhone,
    history,
    now,
    session,
)
from tests.support.livekit_server import new_room
from tests.support.virtual_call import a_profile

pytestmark = [pytest.mark.room, pytest.mark.timeout(180)]

CALLER, OURS = "sip_caller", "agent-1"
VOICE = "roomio_audio"
"""Name of the track that a session speaks on."""

LEAK_S = 0.4
"""How long the human may hear the caller when they answer, on a busy machine."""


@pytest.fixture(autouse=True)
def silence_is_soon_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same_room_transfer, "SILENCE_S", 0.8)


class Call:
    """A caller in a room with our agent's connection, and a human who can be called into it."""

    def __init__(self, server: Connection, song: str, session: AgentSession[Any]) -> None:
        self.server = server
        self.name = new_room()
        self.config = WorkerConfig(server.url, server.api_key, server.api_secret, max_calls=1)
        self.profile: Profile = a_profile(hold={"longest": "60 s"})
        self.ours = rtc.Room()
        self.caller, self.human = RoomPhone(CALLER_HZ), RoomPhone(HUMAN_HZ)
        self.session = session
        self._song = song

    def consultation(self, dial: Any = None) -> Consultation:
        held = Held(self.ours, CALLER, self.session, history(), self.music())
        return Consultation(self.config, self.profile, held, dial or self.answer)

    async def answer(self) -> None:
        """The human answers after a moment."""
        await self.human.join(self.server, self.name, HUMAN, **{CONSULTED: "true"})
        await asyncio.sleep(0.5)
        await self.human.answer()

    async def fails(self, dial: Any = None) -> str:
        """Waits until it has come to nothing, and gives why; everything must be as before then."""
        with pytest.raises(NotConnected) as caught:
            await self.consultation(dial).run()
        assert self.session.input.audio_enabled and self.session.output.audio_enabled
        assert [each.name for each in self.ours.local_participant.track_publications.values()] == [VOICE]
        async with asyncio.timeout(SOON_S):
            while await self.there() - {CALLER, OURS}:  # noqa: ASYNC110 - of a server there is no event to wait for
                await asyncio.sleep(0.1)
        return str(caught.value)

    def music(self) -> AbstractAsyncContextManager[None]:
        return playing(self.ours, AudioConfig(self._song))

    async def there(self) -> set[str]:
        """Identities of those in the room, as the server has it."""
        async with api.LiveKitAPI(self.server.url, self.server.api_key, self.server.api_secret) as client:
            listed = await client.room.list_participants(api.ListParticipantsRequest(room=self.name))
        return {each.identity for each in listed.participants}

    async def __aenter__(self) -> "Call":
        await self.caller.join(self.server, self.name, CALLER)
        grants = api.VideoGrants(room_join=True, room=self.name)
        token = api.AccessToken(self.server.api_key, self.server.api_secret).with_identity(OURS).with_kind("agent")
        await self.ours.connect(self.server.url, token.with_grants(grants).to_jwt())
        options = room_options(self.profile, CALLER)
        await self.session.start(Agent(instructions=""), room=self.ours, room_options=options, record=False)
        await self.caller.answer()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()
        await self.human.aclose()
        await self.caller.aclose()
        await self.ours.disconnect()


async def test_who_waits_and_who_is_asked_hear_each_other_only_once_they_are_connected(
    livekit: Connection, song: str
) -> None:
    async with Call(livekit, song, session()) as call:
        running = asyncio.create_task(call.consultation().run())
        human, caller = call.human.ears, call.caller.ears
        call.human.voice.quiet = True
        await human.until(AGENT_HZ, 0.5, 0.0)  # silence is spoken to
        call.human.voice.quiet = False
        await caller.until(MUSIC_HZ, 1.0, now())
        assert not call.session.input.audio_enabled and not call.session.output.audio_enabled
        call.human.voice.quiet = True  # which is understood as consent
        await running
        connected = now()
        heard = [human.seconds_of(each) for each in (CALLER_HZ, MUSIC_HZ)]
        assert heard[0] <= LEAK_S and heard[1] == 0.0, heard
        assert [caller.seconds_of(each) for each in (HUMAN_HZ, AGENT_HZ)] == [0.0, 0.0]
        call.human.voice.quiet = False
        await asyncio.gather(human.until(CALLER_HZ, 1.0, connected), caller.until(HUMAN_HZ, 1.0, connected))
        assert caller.seconds_of(MUSIC_HZ, now() - 0.5) == 0.0
        assert await call.there() == {CALLER, HUMAN, OURS}
        assert not call.ours.remote_participants[HUMAN].attributes.get(CONSULTED)
        assert not call.session.input.audio_enabled


@pytest.mark.any_speed
async def test_who_declines_leaves_the_caller_with_the_agent(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session("decline_transfer", reason="at lunch")) as call:
        speaking = asyncio.create_task(says_something(call.human))
        assert await call.fails() == "declined: at lunch"
        await speaking


@pytest.mark.any_speed
async def test_a_mailbox_is_hung_up_on(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session("voicemail_detected")) as call:
        speaking = asyncio.create_task(says_something(call.human))
        assert await call.fails() == "voicemail"
        await speaking


@pytest.mark.any_speed
async def test_who_hangs_up_while_they_are_asked_leaves_the_caller_with_the_agent(
    livekit: Connection, song: str
) -> None:
    async with Call(livekit, song, session()) as call:
        call.human.voice.quiet = True

        async def hang_up() -> None:
            await call.human.ears.until(AGENT_HZ, 0.2, 0.0)
            await call.human.room.disconnect()

        leaving = asyncio.create_task(hang_up())
        assert await call.fails() == "hung up"
        await leaving


@pytest.mark.any_speed
async def test_nobody_is_asked_for_longer_than_a_caller_may_be_on_hold(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session()) as call:
        hold = call.profile.hold.model_copy(update={"longest": 2.0})  # less than a profile may say
        call.profile = call.profile.model_copy(update={"hold": hold})
        assert await call.fails() == "it took too long"


@pytest.mark.any_speed
async def test_a_call_that_is_not_answered_leaves_the_caller_with_the_agent(livekit: Connection, song: str) -> None:
    async def busy() -> None:
        raise NotConnected("busy: 486 Busy Here")

    async with Call(livekit, song, session()) as call:
        assert await call.fails(busy) == "busy: 486 Busy Here"


@pytest.mark.any_speed
async def test_the_agent_is_heard_by_everybody_again(livekit: Connection, song: str) -> None:
    async def busy() -> None:
        raise NotConnected("busy")

    async with Call(livekit, song, session()) as call:
        await call.fails(busy)
        async with call.music():
            await call.human.join(livekit, call.name, "sip_another")
            await call.human.answer()
            await call.human.ears.until(MUSIC_HZ, 0.5, 0.0)


@pytest.mark.any_speed
async def test_who_is_called_does_not_stay_without_a_caller(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session()) as call:

        async def hang_up() -> None:
            await call.human.ears.until(AGENT_HZ, 0.2, 0.0)
            await call.caller.room.disconnect()

        call.human.voice.quiet = True
        leaving = asyncio.create_task(hang_up())
        with pytest.raises(NotConnected, match="the caller has hung up"):
            await call.consultation().run()
        await leaving
        assert HUMAN not in await call.there()


async def test_who_comes_when_they_were_given_up_already_does_not_stay(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session()) as call:
        dialled = asyncio.Event()

        async def late() -> None:
            dialled.set()
            await asyncio.sleep(SOON_S)

        running = asyncio.create_task(call.consultation(late).run())
        await dialled.wait()
        running.cancel()
        await asyncio.sleep(0.2)
        came = asyncio.Event()
        call.ours.on("participant_connected", lambda who: came.set() if who.identity == HUMAN else None)
        joining = asyncio.create_task(call.human.join(livekit, call.name, HUMAN))
        await came.wait()
        await asyncio.wait([running])
        await cancel_and_wait(joining)  # who is sent away while their track is being published is told of no end
        assert running.cancelled() and HUMAN not in await call.there()
        assert call.session.input.audio_enabled


@pytest.mark.any_speed
async def test_a_room_that_is_gone_ends_it(livekit: Connection, song: str) -> None:
    async with Call(livekit, song, session()) as call:

        async def delete() -> None:
            await call.human.ears.until(AGENT_HZ, 0.2, 0.0)
            assert await hang_up(call.config, call.name)

        call.human.voice.quiet = True
        deleting = asyncio.create_task(delete())
        with pytest.raises(NotConnected):
            await call.consultation().run()
        await deleting


@pytest.mark.any_speed
async def test_a_livekit_server_moves_nobody_and_is_asked_once(
    livekit: Connection, song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_known", {})
    async with Call(livekit, song, session()) as call:
        assert not await moving.can_move(call.config, call.name)
        assert await call.there() == {CALLER, OURS}
    refused = replace(call.config, api_secret="another secret, which the server does not take")
    assert not await moving.can_move(refused, "a room that is not there")


@pytest.mark.parametrize(
    ("code", "message", "can"),
    [
        ("unknown", "twirp error unknown: not implemented", False),  # livekit-server 1.13.5
        ("unimplemented", "", False),
        ("bad_route", "no handler for path", False),
        ("not_found", "participant does not exist", True),
        ("unknown", "participant client version does not support moving", True),
    ],
)
def test_what_a_server_says_that_cannot_move(code: str, message: str, can: bool) -> None:
    assert moving.is_unimplemented(Refused(message, code=code)) is not can


async def says_something(phone: RoomPhone) -> None:
    """For a while, once they have been spoken to."""
    phone.voice.quiet = True
    await phone.ears.until(AGENT_HZ, 0.2, 0.0)
    phone.voice.quiet = False
    await asyncio.sleep(1.5)
    phone.voice.quiet = True

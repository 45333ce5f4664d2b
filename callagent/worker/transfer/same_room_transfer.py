"""A warm transfer in the caller's own room, for a server that cannot move participants.

Three talk in one room, two at a time. The job's participant plays music to the caller. A second one of ours talks with
the human. Both let nobody else subscribe to their tracks; caller and human, who are telephones and subscribe to
whatever there is, are kept apart by the server until the human takes the call.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc
from livekit.agents import AgentSession, CloseEvent
from livekit.agents.llm import ChatContext
from livekit.agents.types import NOT_GIVEN
from livekit.agents.voice import room_io

from callagent.agent.number_reading import digit_reader
from callagent.agent.turn_handling import stock_turn_handling
from callagent.concurrency import beside, first_done
from callagent.livekit_api import CONSULTANT, CONSULTED, NotFound, ServerError, open_client
from callagent.phone_numbers.dial_string import read_dial_string
from callagent.profile import Profile
from callagent.telephony.outbound import failure_of
from callagent.worker.call.room_io import room_options
from callagent.worker.config import WorkerConfig
from callagent.worker.transfer.briefing_agent import Consultant, settle
from callagent.worker.transfer.media_isolation import Apart

HUMAN = "human-agent-sip"
"""Identity of the human in the room, the one that livekit-agents' own task gives."""

SILENCE_S = 3.0
"""How long the human may say nothing before our side begins, in seconds."""

CONNECT_S = 10.0
"""How long our second participant may take to join, in seconds."""

SETTLED_S = 2.0
"""How long LiveKit may take to say why a call was not answered, once its participant has left, in seconds."""

AWAY_S = (0.0, 0.3, 0.7, 1.5, 3.0)
"""Pauses before each attempt to hang up on the human, in seconds."""

Dial = Callable[[], Coroutine[Any, Any, None]]
"""Brings the human into the room, and returns when they have answered. Raises NotConnected."""


_log = logging.getLogger("callagent.worker")


class NotConnected(Exception):
    """Nobody has taken the call; the message says why."""


@dataclass(frozen=True)
class Held:
    """The call of somebody who waits.

    Args:
        room: the room, as the job's own participant sees it.
        caller: identity of the caller.
        session: the one that the caller talks with.
        history: what was said.
        music: what the caller hears while inside.
    """

    room: rtc.Room
    caller: str
    session: AgentSession[Any]
    history: ChatContext
    music: AbstractAsyncContextManager[object]


class Consultation:
    """One attempt to hand a call over.

    Args:
        dial: brings the human into the room.
    """

    def __init__(self, config: WorkerConfig, profile: Profile, held: Held, dial: Dial) -> None:
        self._config, self._profile, self._held, self._dial = config, profile, held, dial
        self._settled: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._apart = Apart(config, held.room, held.caller, HUMAN)
        self._dialling: asyncio.Task[None] | None = None
        self._is_answered = False

    async def run(self) -> None:
        """Talk with the human, and connect them with the caller.

        On return the two talk, and the caller's session neither hears nor is heard. Otherwise it has the caller again,
        and the human is gone.

        Raises:
            NotConnected: it has come to nothing.
            ServerError: so it has, because of the server.
        """
        held = self._held
        async with AsyncExitStack() as on_failure:
            on_failure.callback(_take_back, held)
            on_failure.push_async_callback(self._send_away)
            _put_aside(held)
            async with held.music, self._apart.kept(), self._second_place() as place:
                await self._talk(place)
            await self._apart.join()
            await self._keep()
            if not {held.caller, HUMAN} <= held.room.remote_participants.keys():
                raise NotConnected("hung up")
            on_failure.pop_all()

    async def _talk(self, place: rtc.Room) -> None:
        """Return when the human takes the call."""
        session = _session(self._profile, self._held.session)
        session.on("close", self._session_closed)
        try:
            with self._watched(place):
                await session.start(
                    Consultant(self._held.history, self._settled),
                    room=place,
                    room_options=_room_options(self._profile),
                    record=False,
                    session_host=False,
                )
                await self._answered()
                async with asyncio.timeout(self._profile.hold.longest):
                    problem = await self._settled
        except TimeoutError:
            raise NotConnected("it took too long") from None
        finally:
            session.off("close", self._session_closed)
            await session.aclose()
        if problem:
            raise NotConnected(problem)

    async def _answered(self) -> None:
        """Return when the human has answered, or when everything is settled already."""
        async with beside(self._dial(), name="callagent.worker.consult") as dialling:
            self._dialling = dialling
            await first_done(dialling, self._settled)
            if dialling.done():
                dialling.result()
                self._is_answered = True
        self._apart.look()

    @asynccontextmanager
    async def _second_place(self) -> AsyncIterator[rtc.Room]:
        """Yield a second participant of ours in the room, whom the human alone can hear."""
        grants = api.VideoGrants(room_join=True, room=self._held.room.name, can_update_own_metadata=True)
        token = api.AccessToken(self._config.api_key, self._config.api_secret)
        token = token.with_identity(CONSULTANT).with_kind("agent").with_grants(grants)
        room = rtc.Room()
        try:
            async with asyncio.timeout(CONNECT_S):
                await room.connect(self._config.url, token.to_jwt())
            _let_hear(room, HUMAN)
            yield room
        except rtc.ConnectError as error:
            raise NotConnected(f"cannot join the room: {error}") from error
        finally:
            await room.disconnect()

    @contextmanager
    def _watched(self, place: rtc.Room) -> Iterator[None]:
        """Inside, it is settled as soon as somebody who is needed has left."""
        self._held.room.on("participant_disconnected", self._left)
        self._held.room.on("disconnected", self._connection_lost)
        place.on("disconnected", self._connection_lost)
        try:
            yield
        finally:
            self._held.room.off("participant_disconnected", self._left)
            self._held.room.off("disconnected", self._connection_lost)
            place.off("disconnected", self._connection_lost)

    def _left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._held.caller:
            settle(self._settled, "the caller has hung up")
        elif participant.identity == HUMAN:
            wait = 0.0 if self._is_answered else SETTLED_S
            asyncio.get_running_loop().call_later(wait, settle, self._settled, "hung up")

    def _connection_lost(self, *_: object) -> None:
        settle(self._settled, "the connection to the server was lost")

    def _session_closed(self, event: CloseEvent) -> None:
        error = getattr(event.error, "error", event.error)
        settle(self._settled, f"the agent failed: {type(error).__name__}: {error}" if error else "the agent was closed")

    async def _keep(self) -> None:
        """Make the human a party to this call like any other from now on."""
        async with open_client(self._config) as server:
            await server.set_attributes(self._held.room.name, HUMAN, {CONSULTED: ""})

    async def _send_away(self) -> None:
        """Hang up on the human. One who was being called when that was given up may yet come, for a moment."""
        if self._dialling is None:
            return
        name = self._held.room.name
        async with open_client(self._config) as server:
            for pause in AWAY_S if self._dialling.cancelled() else AWAY_S[:1]:
                await asyncio.sleep(pause)
                try:
                    await server.remove_participant(name, HUMAN)
                    return
                except NotFound:
                    continue
                except ServerError as error:
                    _log.warning("human not hung up on", extra={"room": name, "error": str(error)})


async def dial_human(config: WorkerConfig, profile: Profile, room: str, to: str) -> None:
    """Call the human through the profile's trunk, wait until they answer, and key their extension.

    Raises:
        NotConnected: they do not.
    """
    ringing, human = profile.transfer.ringing, read_dial_string(to)
    request = api.CreateSIPParticipantRequest(
        sip_trunk_id=profile.transfer.trunk,
        sip_call_to=human.to,
        dtmf=human.keys,
        room_name=room,
        participant_identity=HUMAN,
        participant_attributes={CONSULTED: "true"},
        ringing_timeout=Duration(seconds=round(ringing)),
        wait_until_answered=True,
    )
    try:
        async with open_client(config) as server:
            await server.call(request)
    except ServerError as error:
        failure = failure_of(error)
        raise NotConnected(f"{failure.outcome}: {failure.detail}") from error


def _session(profile: Profile, caller: AgentSession[Any]) -> AgentSession[Any]:
    """Return a session with the models of the caller's."""
    return AgentSession(
        vad=caller.vad or NOT_GIVEN,
        stt=caller.stt or NOT_GIVEN,
        llm=caller.llm or NOT_GIVEN,
        tts=caller.tts or NOT_GIVEN,
        turn_handling=stock_turn_handling(profile),
        tts_text_transforms=["filter_markdown", "filter_emoji", digit_reader(profile.number_reading)],
        aec_warmup_duration=None,
        user_away_timeout=SILENCE_S,
        session_close_transcript_timeout=0.0,
    )


def _room_options(profile: Profile) -> room_io.RoomOptions:
    """As for a caller, but what is said stays between the two, and who leaves is dealt with here."""
    return replace(room_options(profile, HUMAN), close_on_disconnect=False, text_output=False)


def _put_aside(held: Held) -> None:
    _set_audio(held.session, enabled=False)
    _let_hear(held.room, held.caller)


def _take_back(held: Held) -> None:
    _set_audio(held.session, enabled=True)
    held.room.local_participant.set_track_subscription_permissions(allow_all_participants=True)


def _set_audio(session: AgentSession[Any], *, enabled: bool) -> None:
    """Do nothing to a session that has been closed meanwhile."""
    if session.input.audio is not None:
        session.input.set_audio_enabled(enabled)
    if session.output.audio is not None:
        session.output.set_audio_enabled(enabled)


def _let_hear(room: rtc.Room, identity: str) -> None:
    """Let nobody else subscribe to what our participant in that room publishes."""
    alone = rtc.ParticipantTrackPermission(participant_identity=identity, allow_all=True)
    room.local_participant.set_track_subscription_permissions(
        allow_all_participants=False, participant_permissions=[alone]
    )

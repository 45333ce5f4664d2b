"""The telephone of a call in a room: keys, transfers and music, over LiveKit."""

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal

import aiohttp
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from livekit import api, rtc
from livekit.agents import AgentSession, AudioConfig, JobContext
from livekit.agents.beta.workflows import WarmTransferTask
from livekit.agents.llm import ChatContext, ToolError
from livekit.protocol.sip import STS_TRANSFER_FAILED, SIPTransferReason
from livekit.rtc.participant import PublishDTMFError

from callagent.agent import ControlError
from callagent.agent.dtmf.keys import dtmf_code
from callagent.agent.untrusted_text import NOTICE, conversation
from callagent.journal import AgentKeys, DoNotCall, Observation, OnHold, TransferRequested
from callagent.journal.call_record import CallRecord
from callagent.livekit_api import CallRefused, ServerError, open_client
from callagent.livekit_api.capabilities import can_move
from callagent.phone_numbers.dial_string import read_dial_string
from callagent.profile import Profile
from callagent.telephony import CallContext
from callagent.worker.call.background_track import BackgroundTrack
from callagent.worker.config import WorkerConfig
from callagent.worker.transfer.hold_music import music_of, playing
from callagent.worker.transfer.same_room_transfer import Consultation, Held, NotConnected, dial_human

BETWEEN_KEYS_S = 0.3
"""Seconds from one key that is sent to the next: machines miss keys that come faster."""

Way = Literal["moved", "same room"]
"""How a warm transfer is done: the human is moved here from a room of their own, or called into this one."""

FAILURES = (
    ToolError,
    ValueError,
    RuntimeError,
    NotConnected,
    rtc.ConnectError,
    ServerError,
    TimeoutError,
    api.ServerError,
    aiohttp.ClientError,
    DecodeError,
)
"""What a warm transfer fails with; the last three come from the requests of livekit-agents' own task, and RuntimeError
from one that is awaited where livekit-agents does not allow it."""

_log = logging.getLogger("callagent.worker")


class RoomControl:
    """A CallControl over the room of a job; what it does is recorded.

    Args:
        context: who the other party is.
        handed_over: called when the call is somebody else's. Its argument is True when they talk in this room, which
            must stay, and False when the network has taken the caller away.
        track: background sounds of the call, which make room for music.
    """

    def __init__(
        self,
        config: WorkerConfig,
        ctx: JobContext,
        context: CallContext,
        profile: Profile,
        record: CallRecord,
        *,
        handed_over: Callable[[bool], None],
        track: BackgroundTrack | None = None,
    ) -> None:
        self._config = config
        self._ctx = ctx
        self._context = context
        self._caller = context.identity
        self._profile = profile
        self._record = record
        self._handed_over = handed_over
        self._track = track
        self._session: AgentSession[Any] | None = None

    def attach(self, session: AgentSession[Any]) -> None:
        """Take the session that the caller talks with; a warm transfer needs it."""
        self._session = session

    async def send_dtmf(self, keys: str) -> None:
        """Send keys as the agent's own (RFC 4733 once SIP carries them on)."""
        for index, key in enumerate(keys):
            if index:
                await asyncio.sleep(BETWEEN_KEYS_S)
            try:
                await self._ctx.room.local_participant.publish_dtmf(code=dtmf_code(key), digit=key)
            except PublishDTMFError as error:
                detail = error.message or type(error).__name__
                raise self._failure("keys sent", AgentKeys(self._now, keys[:index], detail), detail) from error
        self._record.log.add(AgentKeys(self._now, keys))

    async def transfer(self, to: str) -> None:
        """Have the caller's phone call somebody else (REFER)."""
        uri = read_dial_string(to).uri
        if uri is None:
            raise self._not_transferred(to, "a REFER presses no keys; warm_transfer does")
        request = api.TransferSIPParticipantRequest(
            room_name=self._ctx.room.name,
            participant_identity=self._caller,
            transfer_to=uri,
            play_dialtone=True,
            ringing_timeout=Duration(seconds=round(self._profile.transfer.ringing)),
        )
        try:
            async with open_client(self._config) as server:
                answer = await server.transfer(request)
        except CallRefused as error:
            raise self._not_transferred(to, f"{error.sip_status} {error.reason}".strip()) from error
        except ServerError as error:
            raise self._not_transferred(to, str(error)) from error
        if answer.status == STS_TRANSFER_FAILED:
            reason = f"{SIPTransferReason.Name(answer.reason)} {answer.sip_status.status}".strip()
            raise self._not_transferred(to, reason)
        self._record.log.add(TransferRequested(self._now, to))
        self._handed_over(False)

    async def consult(self, to: str, history: ChatContext) -> None:
        """Call somebody and tell them what it is about; when they take the call, they and the caller talk here."""
        way: Way | Literal[""] = ""
        try:
            way = "moved" if await can_move(self._config, self._ctx.room.name) else "same room"
            await (self._native(to, history) if way == "moved" else self._consultation(to, history))
        except FAILURES as error:
            detail = str(getattr(error, "message", "") or error) or type(error).__name__
            raise self._not_transferred(to, detail, warm=True, way=way) from error
        self._record.log.add(TransferRequested(self._now, to, warm=True, way=way))
        self._handed_over(True)
        self._current.shutdown()

    async def _native(self, to: str, history: ChatContext) -> None:
        """Call the human in a room of their own, and move them here."""
        transfer, human = self._profile.transfer, read_dial_string(to)
        await WarmTransferTask(
            human.to,
            dtmf=human.keys or None,
            sip_trunk_id=transfer.trunk,
            ringing_timeout=transfer.ringing,
            hold_audio=await self._music(),
            chat_ctx=conversation(history),
            extra_instructions=NOTICE,
            turn_handling={"turn_detection": "vad"},
        )

    async def _consultation(self, to: str, history: ChatContext) -> None:
        """Call the human in this room."""
        room = self._ctx.room
        held = Held(room, self._caller, self._current, history, self._playing())
        dial = functools.partial(dial_human, self._config, self._profile, room.name, to)
        await Consultation(self._config, self._profile, held, dial).run()

    def hold_music(self) -> AbstractAsyncContextManager[object]:
        """Return the profile's music, over and over."""
        return self._playing()

    async def do_not_call(self) -> None:
        """Put the other party's number on the list."""
        context = self._context
        if not context.number.startswith("+"):
            raise self._not_listed("the number is not known")
        if problem := await asyncio.to_thread(_never_call, self._config.database, context, self._record.call):
            raise self._not_listed(problem)
        self._record.log.add(DoNotCall(self._now, _sureness(context)))

    @asynccontextmanager
    async def _playing(self) -> AsyncIterator[None]:
        async with playing(self._ctx.room, await self._music()):
            self._record.log.add(OnHold(self._now, begun=True))
            try:
                yield
            finally:
                self._record.log.add(OnHold(self._now, begun=False))

    @property
    def _now(self) -> float:
        return self._record.clock.now()

    @property
    def _current(self) -> AgentSession[Any]:
        if self._session is None:
            raise RuntimeError("the call has no session yet")
        return self._session

    async def _music(self) -> AudioConfig:
        """Return what the caller hears on hold, once livekit's player can play it."""
        if self._track is not None:
            await self._track.release()
        music, problem = await asyncio.to_thread(music_of, self._profile)
        if problem:
            self._record.note(problem)
        return music

    def _not_transferred(self, to: str, detail: str, *, warm: bool = False, way: str = "") -> ControlError:
        entry = TransferRequested(self._now, to, detail or "refused", warm, way)
        return self._failure("warm transfer" if warm else "transfer", entry, detail)

    def _not_listed(self, detail: str) -> ControlError:
        return self._failure("do not call", DoNotCall(self._now, refused=detail), detail)

    def _failure(self, what: str, entry: Observation, detail: str) -> ControlError:
        self._record.log.add(entry)
        return ControlError(f"{what}: {detail}")


def _sureness(context: CallContext) -> str:
    """Tell how sure the other party's number is: nobody can pretend to be the one that we have dialled."""
    return "dialled" if context.direction == "outbound" else context.attestation


def _never_call(database: str | None, context: CallContext, job: str) -> str:
    """Put the number on the list of the records database; give the problem where that cannot be done."""
    from callagent.database import Store, StoreUnavailable  # 20 MB of SQLAlchemy, which few calls need

    try:
        store = Store(database)
        try:
            store.add_do_not_call(
                context.number,
                "asked for in a call",
                job=job,
                direction=context.direction,
                attestation=_sureness(context),
            )
        finally:
            store.close()
    except StoreUnavailable as error:
        return str(error)
    return ""

"""One call at the level `room`: a participant of kind SIP in a room of a real livekit-server."""

import asyncio
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livekit import api, rtc

from callagent.calls.caller import CallerAudio
from callagent.calls.observe import (
    AgentAudible,
    AgentSilent,
    AgentStateName,
    CallEnded,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    EndReason,
    Observation,
    ObservationLog,
    PlayoutEnded,
    Trouble,
)
from callagent.calls.rendering import impairments_of, render
from callagent.calls.room.aftermath import complete, read_record
from callagent.calls.room.gateway import Gateway
from callagent.calls.room.listener import RoomListener
from callagent.calls.room.voice import Change
from callagent.calls.stage import CallPlan, Utterance
from callagent.line import CallClock, Samples, Timeline
from callagent.worker import Connection

ANSWER_TIMEOUT_S = 20.0
"""How long the caller lets it ring."""

CONNECT_TIMEOUT_S = 10.0
TAIL_S = 0.5
"""Seconds after which a playout counts as ended although something can still be heard: the next one has begun."""

CALLER_NUMBER = "+12025550123"
DIALLED_NUMBER = "+12025550100"
"""Numbers that nobody has: 555-01xx is kept for fiction."""

DTMF_CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}
"""Event codes of RFC 4733."""

FIXED_BY_WORKER = {"name", "description", "extends", "abstract", "providers"}


class RoomStage:
    """A call into a room that dispatches the agent by name, as a SIP dispatch rule does.

    Args:
        broken: resolves, with the cause, when something that the call needs has died.
        records: where the worker leaves its records, if it does.
    """

    def __init__(
        self,
        plan: CallPlan,
        connection: Connection,
        agent_name: str,
        *,
        broken: "asyncio.Future[str]",
        records: Path | None = None,
    ) -> None:
        self._plan = plan
        self._connection = connection
        self._agent_name = agent_name
        self._broken = broken
        self._records = records
        self._room_name = f"call-{secrets.token_hex(6)}"
        self._clock = CallClock()
        self._log = ObservationLog(lambda: self._clock.now())
        self._gateway = Gateway(
            codec=plan.script.line.codec,
            impairments=impairments_of(plan.script.line),
            on_change=self._agent_changed,
        )
        self._room = rtc.Room()
        self._listener: RoomListener | None = None
        self._watching: asyncio.Task[None] | None = None
        self._sounds: dict[CallerAudio, Samples] = {}
        self._playout_ends: list[bool] = []
        self._spoken = 0

    @property
    def log(self) -> ObservationLog:
        """What has been observed so far."""
        return self._log

    @property
    def timeline(self) -> Timeline:
        """Who was audible when."""
        return self._gateway.timeline

    async def start(self) -> None:
        """Joins the room and publishes the caller's line; the agent is dispatched by the server meanwhile."""
        self._sounds = {what: await render(what, self._plan.profile.language) for what in self._plan.voices}
        self._room.on("disconnected", self._disconnected)
        self._clock = CallClock()
        self._listener = RoomListener(
            self._room,
            self._log,
            self._clock,
            on_audio=self._gateway.receive,
            on_playout_end=self._playout_ended,
            on_state=self._agent_state,
        )
        self._watching = asyncio.create_task(self._watch(self._listener), name="callagent.calls.room.watch")
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await self._room.connect(self._connection.url, self._token())
        self._gateway.start(self._clock.now())
        self._listener.look_around()
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await self._room.local_participant.publish_track(self._gateway.microphone, options)

    def speak(self, what: CallerAudio) -> Utterance:
        """Plays caller audio."""
        text = getattr(what, "text", "")
        utterance = self._gateway.speak(self._sounds[what], text)
        index, self._spoken = self._spoken, self._spoken + 1
        self._observe(utterance.started, lambda at: CallerAudible(at, index, text))
        self._observe(utterance.ended, lambda at: CallerSilent(at, index))
        return utterance

    async def press_keys(self, digits: str) -> None:
        """Sends DTMF digits."""
        for digit in digits:
            await self._room.local_participant.publish_dtmf(code=DTMF_CODES[digit], digit=digit)
        self._log.add(CallerKeys(self._clock.now(), digits))

    async def hang_up(self) -> None:
        """The caller leaves the room."""
        self._end("caller hung up")
        await self._room.disconnect()

    async def aclose(self) -> None:
        """Leaves the room, if need be, and ends everything."""
        if self._watching is not None:
            self._end("caller hung up")
        self._gateway.hang_up()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        await self._room.disconnect()
        if self._listener is not None:
            await self._listener.aclose()
            await self._look_back(self._listener)
            self._listener = None
        await self._gateway.aclose()

    def save_recording(self, path: Path) -> bool:
        """Writes what was heard so far."""
        self._gateway.save_recording(path)
        return True

    async def _look_back(self, listener: RoomListener) -> None:
        """Completes the log from the worker's record, if an agent had answered."""
        if self._records is None or not listener.agent_joined.is_set() or self._broken.done():
            return
        if (record := await read_record(self._records, self._room_name)) is not None:
            complete(self._log, self._clock, record)

    def _token(self) -> str:
        dispatch = api.RoomAgentDispatch(agent_name=self._agent_name, metadata=self._metadata())
        token = (
            api.AccessToken(self._connection.api_key, self._connection.api_secret)
            .with_identity(f"sip_{CALLER_NUMBER}")
            .with_name(f"Phone {CALLER_NUMBER}")
            .with_kind("sip")
            .with_grants(api.VideoGrants(room_join=True, room=self._room_name))
            .with_room_config(api.RoomConfiguration(agents=[dispatch]))
            .with_attributes(
                {
                    "sip.callStatus": "active",
                    "sip.phoneNumber": CALLER_NUMBER,
                    "sip.trunkPhoneNumber": DIALLED_NUMBER,
                    "sip.trunkID": "ST_scripted",
                    "sip.callID": f"SCL_{secrets.token_hex(6)}",
                    "sip.callIDFull": f"{secrets.token_hex(8)}@127.0.0.1",
                }
            )
        )
        return token.to_jwt()

    def _metadata(self) -> str:
        profile = self._plan.profile.model_dump(mode="json", by_alias=True, exclude=FIXED_BY_WORKER)
        return json.dumps({"profile": self._plan.profile.name, "agent": profile, "gate": self._plan.gate})

    async def _watch(self, listener: RoomListener) -> None:
        """Ends the call when nobody answers, or when the server or the worker dies."""
        joined = asyncio.create_task(listener.agent_joined.wait(), name="callagent.calls.room.answer")
        try:
            waited: list[asyncio.Future[Any]] = [joined, self._broken]
            await asyncio.wait(waited, timeout=ANSWER_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
            if joined.done():
                await asyncio.wait([self._broken])
        finally:
            joined.cancel()
            await asyncio.wait([joined])
        if self._broken.done():
            self._fail(self._broken.result())
        else:
            self._fail(f"no agent answered within {ANSWER_TIMEOUT_S:g} s")

    def _fail(self, message: str) -> None:
        self._log.add(Trouble(self._clock.now(), message))
        self._end("error")

    def _disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        if self._log.ended is not None:
            return
        by_agent = reason in (rtc.DisconnectReason.ROOM_DELETED, rtc.DisconnectReason.PARTICIPANT_REMOVED)
        ended_by = self._listener.ended_by if self._listener else None
        if by_agent and ended_by in (None, "agent hung up"):
            self._end("agent hung up")
        elif by_agent:
            self._fail(f"the worker ended the call: {ended_by}")
        else:
            self._fail(f"the connection to the room was lost ({rtc.DisconnectReason.Name(reason)})")

    def _end(self, reason: EndReason) -> None:
        self._gateway.hang_up()
        self._log.add(CallEnded(self._clock.now(), reason))

    def _agent_state(self, state: AgentStateName) -> None:
        self._gateway.voice.speaking = state == "speaking"

    def _agent_changed(self, change: Change) -> None:
        self._log.add(AgentAudible(change.at) if change.audible else AgentSilent(change.at))
        if not change.audible:
            self._log_playout_ends()

    def _playout_ended(self, interrupted: bool) -> None:
        """The worker is ahead of the line: the end counts once the last of the audio has been heard."""
        if interrupted:
            self._gateway.voice.cut_off()
        self._playout_ends.append(interrupted)
        if self.timeline.agent_active:
            asyncio.get_running_loop().call_later(TAIL_S, self._log_playout_ends)
        else:
            self._log_playout_ends()

    def _log_playout_ends(self) -> None:
        for interrupted in self._playout_ends:
            self._log.add(PlayoutEnded(self._clock.now(), interrupted))
        self._playout_ends.clear()

    def _observe(self, moment: "asyncio.Future[float]", observation: Callable[[float], Observation]) -> None:
        def came(moment: "asyncio.Future[float]") -> None:
            if not moment.cancelled() and moment.exception() is None:
                self._log.add(observation(moment.result()))

        moment.add_done_callback(came)

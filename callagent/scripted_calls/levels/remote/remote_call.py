"""What a call has at every level where the agent is another process: a wire, a log, and the worker's own account."""

import asyncio
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from livekit import api, rtc

from callagent.audio import CallClock, Samples, Timeline
from callagent.audio.audibility import Change
from callagent.audio.remote_line import Wire
from callagent.concurrency import cancel_and_wait, first_done
from callagent.journal import (
    AgentAudible,
    AgentSilent,
    AgentStateName,
    CallEnded,
    CallerAudible,
    CallerSilent,
    EndReason,
    Observation,
    ObservationLog,
    PlayoutEnded,
    Trouble,
)
from callagent.scripted_calls.levels.remote.record_reader import complete, journal_of_room
from callagent.scripted_calls.levels.remote.room_listener import RoomListener
from callagent.scripted_calls.run.caller_audio import render
from callagent.scripted_calls.run.live_call import Utterance
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.caller import CallerAudio
from callagent.yaml_config import ConfigError

TAIL_S = 0.5
"""Seconds after which a playout counts as ended although something can still be heard: the next one has begun."""

FIXED_BY_WORKER = {"name", "description", "extends", "abstract", "providers", "provider_options"}
CODE_OF_WORKER = {"agent", "state", "hooks", "mcp", "agents"}
"""What the worker has from the profile itself: what runs, and secrets, do not go over the network."""

W = TypeVar("W", bound=Wire)


class LineStage(ABC, Generic[W]):
    """The common part of a stage. A level adds how the call is made, keyed, and hung up.

    Args:
        broken: resolves, with the cause, when something that the call needs has died.
        records: where the worker leaves its records, if it does.
    """

    def __init__(self, plan: CallPlan, *, broken: "asyncio.Future[str]", records: Path | None = None) -> None:
        self._plan = plan
        self._broken = broken
        self._records = records
        self._room_name = f"call-{secrets.token_hex(6)}"
        self._clock = CallClock()
        self._log = ObservationLog(lambda: self._clock.now())
        self._wire = self._new_wire()
        self._begun = False
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
        return self._wire.timeline

    @abstractmethod
    async def start(self) -> None:
        """Prepare the caller's voices and connect the call."""

    @abstractmethod
    async def press_keys(self, digits: str) -> None:
        """Send DTMF digits."""

    @abstractmethod
    async def hang_up(self) -> None:
        """Hang up as the caller."""

    @abstractmethod
    async def aclose(self) -> None:
        """End everything."""

    def speak(self, what: CallerAudio) -> Utterance:
        """Play caller audio."""
        text = getattr(what, "text", "")
        utterance = self._wire.speak(self._sounds[what], text)
        index, self._spoken = self._spoken, self._spoken + 1
        self._observe(utterance.started, lambda at: CallerAudible(at, index, text))
        self._observe(utterance.ended, lambda at: CallerSilent(at, index))
        return utterance

    def save_recording(self, path: Path) -> bool:
        """Write what was heard so far."""
        self._wire.save_recording(path)
        return True

    @abstractmethod
    def _new_wire(self) -> W:
        """Return the wire of this level; called once, at the end of the construction's common part."""

    async def _render_voices(self) -> None:
        self._sounds = {what: await render(what, self._plan.profile.language) for what in self._plan.voices}

    def _dispatch(self, agent_name: str) -> api.RoomAgentDispatch:
        """Return the agent with the script's part for it, as `callagent serve --dev` takes it."""
        plan = self._plan
        profile = plan.profile.model_dump(mode="json", by_alias=True, exclude=FIXED_BY_WORKER | CODE_OF_WORKER)
        own = {name for name, tool in plan.profile.tools.items() if tool.run or tool.http}
        profile["tools"] = {name: tool for name, tool in profile["tools"].items() if name not in own}
        chosen = {"profile": plan.profile_file or plan.profile.name, "agent": profile, "gate": plan.gate}
        metadata = {**plan.script.context.metadata, **chosen}
        if mocks := plan.script.agent.mock:
            metadata["mock"] = {name: mock.model_dump(mode="json", exclude_unset=True) for name, mock in mocks.items()}
        if watched := plan.script.watched:
            metadata["watch_state"] = watched
        return api.RoomAgentDispatch(agent_name=agent_name, metadata=json.dumps(metadata))

    def _begin(self) -> None:
        """Begin the call now."""
        self._clock = CallClock()
        self._begun = True

    def _listen(self, room: rtc.Room, on_audio: Callable[[rtc.RemoteAudioTrack], None]) -> RoomListener:
        """Return what the room tells from now on is observed."""
        self._listener = RoomListener(
            room,
            self._log,
            self._clock,
            on_audio=on_audio,
            on_playout_end=self._playout_ended,
            on_state=self._agent_state,
        )
        return self._listener

    def _watch(self, answered: asyncio.Event, patience: float) -> "asyncio.Task[None]":
        """End the call when nobody answers, or when the server or the worker dies."""
        self._watching = asyncio.create_task(
            self._watch_over(answered, patience), name="callagent.scripted_calls.watch"
        )
        return self._watching

    async def _stop_watching(self) -> None:
        if self._watching is not None:
            await cancel_and_wait(self._watching)

    async def _look_back(self) -> None:
        """Complete the log from the worker's record, if an agent had answered; call it after leaving the room."""
        if (listener := self._listener) is None:
            return
        self._listener = None
        await listener.aclose()
        if self._records is None or not listener.agent_joined.is_set() or self._broken.done():
            return
        try:
            journal = await journal_of_room(self._records, self._room_name)
        except ConfigError as error:
            self._log.add(Trouble(self._log.now(), f"the worker's journal: {error}"))
        else:
            if journal is not None:
                complete(self._log, self._clock, journal)

    async def _watch_over(self, answered: asyncio.Event, patience: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await first_done(answered, self._broken)
        if answered.is_set():
            await first_done(self._broken)
        if self._broken.done():
            self._fail(self._broken.result())
        else:
            self._fail(f"no agent answered within {patience:g} s")

    def _fail(self, message: str) -> None:
        self._log.add(Trouble(self._clock.now(), message))
        self._end("error")

    def _end(self, reason: EndReason) -> None:
        self._wire.hang_up()
        self._log.add(CallEnded(self._clock.now(), reason))

    def _ended_by_agent(self) -> None:
        """End the call, as the other side has hung up: the agent did, or the worker says why it had to."""
        ended_by = self._listener.ended_by if self._listener else None
        if ended_by in (None, "agent hung up"):
            self._end("agent hung up")
        else:
            self._fail(f"the worker ended the call: {ended_by}")

    def _agent_state(self, state: AgentStateName) -> None:
        self._wire.voice.speaking = state == "speaking"

    def _agent_changed(self, change: Change) -> None:
        self._log.add(AgentAudible(change.at) if change.audible else AgentSilent(change.at))
        if not change.audible:
            self._log_playout_ends()

    def _playout_ended(self, interrupted: bool) -> None:
        """End the call once the last of the audio has been heard: the worker is ahead of the line."""
        if interrupted:
            self._wire.voice.cut_off()
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

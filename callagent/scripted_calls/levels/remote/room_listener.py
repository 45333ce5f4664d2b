"""What a participant of the room gets to know of the agent, as observations of the call."""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, get_args

from livekit import rtc
from livekit.rtc.data_stream import StreamError

from callagent.audio import CallClock
from callagent.concurrency import BackgroundTasks
from callagent.journal import (
    AgentAudible,
    AgentKeys,
    AgentState,
    AgentStateName,
    AgentWords,
    CallerHeard,
    GateDecided,
    Note,
    Observation,
    ObservationLog,
    PlayoutEnded,
    Trouble,
)
from callagent.journal.observer import TranscriptLog
from callagent.journal.packets import observation_of
from callagent.turns import OverlapRecord
from callagent.worker import EVENTS_TOPIC

TRANSCRIPTION_TOPIC = "lk.transcription"
TRANSCRIPTION_FINAL = "lk.transcription_final"
AGENT_STATE = "lk.agent.state"
"""Topic and attributes under which livekit-agents publishes transcripts and the agent's state."""

SAME_S = 0.2
"""Two equal transcripts within this time are one that came by two ways."""

STATES: tuple[AgentStateName, ...] = get_args(AgentStateName)

_log = logging.getLogger("callagent.scripted_calls")


class RoomListener:
    """Listens to a room that the caller is about to join, and adds what happens to the log.

    Args:
        on_audio: called with the agent's audio track.
        on_playout_end: called when a playout of the agent is over, and whether it was cut off.
        on_state: called with every state of the agent.
    """

    def __init__(
        self,
        room: rtc.Room,
        log: ObservationLog,
        clock: CallClock,
        *,
        on_audio: Callable[[rtc.RemoteAudioTrack], None],
        on_playout_end: Callable[[bool], None],
        on_state: Callable[[AgentStateName], None],
    ) -> None:
        self.agent_joined = asyncio.Event()
        self.ended_by: str | None = None
        self._room = room
        self._log = log
        self._clock = clock
        self._on_audio = on_audio
        self._on_playout_end = on_playout_end
        self._on_state = on_state
        self._transcripts = TranscriptLog(log, before=SAME_S, after=SAME_S)
        self._caller = ""
        self._streams = BackgroundTasks(_log, "a transcript of the room could not be read")
        room.on("participant_connected", self._joined)
        room.on("participant_attributes_changed", self._attributes_changed)
        room.on("track_subscribed", self._subscribed)
        room.on("data_received", self._received)
        room.on("sip_dtmf_received", self._keys_received)
        room.register_text_stream_handler(TRANSCRIPTION_TOPIC, self._transcribed)

    def look_around(self) -> None:
        """Take notice of an agent that was in the room first."""
        for participant in self._room.remote_participants.values():
            self._joined(participant)

    async def aclose(self) -> None:
        """Wait until the transcripts that are still open have ended; call it after leaving the room."""
        await self._streams.aclose()

    def _joined(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            self.agent_joined.set()
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_SIP:
            self._caller = participant.identity

    def _attributes_changed(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        for state in STATES:
            if changed.get(AGENT_STATE) == state:
                self._on_state(state)
                self._log.add(AgentState(self._clock.now(), state))

    def _subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if isinstance(track, rtc.RemoteAudioTrack):
            self._joined(participant)
            self._on_audio(track)

    def _transcribed(self, reader: rtc.TextStreamReader, identity: str) -> None:
        caller = self._caller or self._room.local_participant.identity
        read = self._read_caller(reader) if identity == caller else self._read_agent(reader)
        self._streams.start(_until_cut_off(read), name="callagent.scripted_calls.room.transcript")

    async def _read_caller(self, reader: rtc.TextStreamReader) -> None:
        final = (reader.info.attributes or {}).get(TRANSCRIPTION_FINAL) == "true"
        text = "".join([piece async for piece in reader])
        self._transcripts.add(CallerHeard(self._clock.now(), text, final))

    async def _read_agent(self, reader: rtc.TextStreamReader) -> None:
        joint = " " if self._log.last(AgentWords) else ""
        before = len(self._log.of(PlayoutEnded))
        async for piece in reader:
            if any(end.interrupted for end in self._log.of(PlayoutEnded)[before:]):
                continue  # the rest of what was cut off
            self._log.add(AgentWords(self._clock.now(), joint + piece))
            joint = ""

    def _keys_received(self, keys: rtc.SipDTMF) -> None:
        by_caller = keys.participant is not None and keys.participant.identity == self._caller
        if keys.digit and not by_caller:
            self._log.add(AgentKeys(self._clock.now(), keys.digit))

    def _received(self, packet: rtc.DataPacket) -> None:
        if packet.topic != EVENTS_TOPIC:
            return
        try:
            event = json.loads(packet.data)
            if event["type"] == "ended":
                self.ended_by = event["reason"]
            elif (entry := observation_of(event, self._clock)) is not None:
                self._take(entry)
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("event of the worker not understood", extra={"error": str(error)})

    def _take(self, entry: Observation) -> None:
        """Log what the job tells, but for what is heard on the line itself."""
        match entry:
            case AgentAudible():
                pass
            case PlayoutEnded(interrupted=interrupted):
                self._on_playout_end(interrupted)
            case Note(at=at, message=message):
                self._log.add(Trouble(at, message))
            case GateDecided(overlap=OverlapRecord(heard=heard)):
                for each in heard:
                    self._transcripts.add(CallerHeard(each.at, each.text, each.final))
                self._log.add(entry)
            case _:
                self._log.add(entry)


async def _until_cut_off(read: Coroutine[Any, Any, None]) -> None:
    """Read a transcript to its end, or to the end of the call."""
    with suppress(StreamError):
        await read

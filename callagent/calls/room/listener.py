"""What a participant of the room gets to know of the agent, as observations of the call."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, get_args

from livekit import rtc

from callagent.calls.observe import (
    AgentState,
    AgentStateName,
    AgentWords,
    CallerHeard,
    GateDecided,
    ObservationLog,
    ToolCalled,
    Trouble,
    TurnAdded,
)
from callagent.line import CallClock
from callagent.worker import EVENTS_TOPIC

TRANSCRIPTION_TOPIC = "lk.transcription"
TRANSCRIPTION_FINAL = "lk.transcription_final"
AGENT_STATE = "lk.agent.state"
"""Topic and attributes under which livekit-agents publishes transcripts and the agent's state."""

STATES: tuple[AgentStateName, ...] = get_args(AgentStateName)

_log = logging.getLogger("callagent.calls")


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
        self._streams: set[asyncio.Task[None]] = set()
        room.on("participant_connected", self._joined)
        room.on("participant_attributes_changed", self._attributes_changed)
        room.on("track_subscribed", self._subscribed)
        room.on("data_received", self._received)
        room.register_text_stream_handler(TRANSCRIPTION_TOPIC, self._transcribed)

    def look_around(self) -> None:
        """Takes notice of an agent that was in the room first."""
        for participant in self._room.remote_participants.values():
            self._joined(participant)

    async def aclose(self) -> None:
        """Waits until the transcripts that are still open have ended; call it after leaving the room."""
        for stream in self._streams:
            stream.cancel()
        if self._streams:
            await asyncio.wait(self._streams)

    def _joined(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            self.agent_joined.set()

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
        own = identity == self._room.local_participant.identity
        read = self._read_caller(reader) if own else self._read_agent(reader)
        task = asyncio.create_task(read, name="callagent.calls.room.transcript")
        self._streams.add(task)
        task.add_done_callback(self._streams.discard)

    async def _read_caller(self, reader: rtc.TextStreamReader) -> None:
        final = (reader.info.attributes or {}).get(TRANSCRIPTION_FINAL) == "true"
        text = "".join([piece async for piece in reader])
        self._log.add(CallerHeard(self._clock.now(), text, final))

    async def _read_agent(self, reader: rtc.TextStreamReader) -> None:
        async for piece in reader:
            self._log.add(AgentWords(self._clock.now(), piece))

    def _received(self, packet: rtc.DataPacket) -> None:
        if packet.topic != EVENTS_TOPIC:
            return
        try:
            event = json.loads(packet.data)
            self._take(event, self._clock.of(float(event["at"])))
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("event of the worker not understood", extra={"error": str(error)})

    def _take(self, event: dict[str, Any], at: float) -> None:
        match event["type"]:
            case "turn":
                self._log.add(TurnAdded(at, event["role"], event["text"]))
            case "tool":
                self._log.add(ToolCalled(at, event["name"], json.loads(event["arguments"] or "{}")))
            case "decision":
                overlap = event["overlap"]
                self._log.add(
                    GateDecided(at, overlap["heard"], overlap["decision"], overlap["rule"], overlap["reaction_ms"])
                )
            case "silent":
                self._on_playout_end(bool(event["interrupted"]))
            case "error" | "note":
                self._log.add(Trouble(at, event["message"]))
            case "ended":
                self.ended_by = event["reason"]

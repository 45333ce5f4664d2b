"""What a participant of the room gets to know of the agent, as observations of the call."""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, get_args

from livekit import rtc
from livekit.rtc.data_stream import StreamError

from callagent.calls.observe import (
    AgentKeys,
    AgentState,
    AgentStateName,
    AgentWords,
    CallerHeard,
    GateDecided,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    Trouble,
    TurnAdded,
)
from callagent.calls.watch import turn_metrics
from callagent.line import CallClock
from callagent.worker import EVENTS_TOPIC

TRANSCRIPTION_TOPIC = "lk.transcription"
TRANSCRIPTION_FINAL = "lk.transcription_final"
AGENT_STATE = "lk.agent.state"
"""Topic and attributes under which livekit-agents publishes transcripts and the agent's state."""

SAME_S = 0.2
"""Two equal transcripts within this time are one that came by two ways."""

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
        self._caller = ""
        self._streams: set[asyncio.Task[None]] = set()
        room.on("participant_connected", self._joined)
        room.on("participant_attributes_changed", self._attributes_changed)
        room.on("track_subscribed", self._subscribed)
        room.on("data_received", self._received)
        room.on("sip_dtmf_received", self._keys_received)
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
        task = asyncio.create_task(_until_cut_off(read), name="callagent.calls.room.transcript")
        self._streams.add(task)
        task.add_done_callback(self._streams.discard)

    async def _read_caller(self, reader: rtc.TextStreamReader) -> None:
        final = (reader.info.attributes or {}).get(TRANSCRIPTION_FINAL) == "true"
        text = "".join([piece async for piece in reader])
        self._heard(self._clock.now(), text, final)

    def _heard(self, at: float, text: str, final: bool) -> None:
        """Logs a transcript once: the gate tells of those that it keeps, the session of those that it gets."""
        known = (entry for entry in reversed(self._log.of(CallerHeard)) if abs(entry.at - at) < SAME_S)
        if not any(entry.text == text and entry.final == final for entry in known):
            self._log.add(CallerHeard(at, text, final))

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
            self._take(event, self._clock.of(float(event["at"])))
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("event of the worker not understood", extra={"error": str(error)})

    def _take(self, event: dict[str, Any], at: float) -> None:
        match event["type"]:
            case "turn":
                self._log.add(TurnAdded(at, event["role"], event["text"], turn_metrics(event["metrics"], self._clock)))
            case "tool":
                self._log.add(ToolCalled(at, event["name"], event["arguments"]))
            case "decision":
                self._decided(event["overlap"], at)
            case "silent":
                self._on_playout_end(bool(event["interrupted"]))
            case "error" | "note":
                self._log.add(Trouble(at, event["message"]))
            case "ended":
                self.ended_by = event["reason"]

    def _decided(self, overlap: dict[str, Any], at: float) -> None:
        for heard in overlap["transcripts"]:
            self._heard(at + heard["at"] - overlap["at"], heard["text"], heard["final"])
        self._log.add(GateDecided(at, overlap["heard"], overlap["decision"], overlap["rule"], overlap["reaction_ms"]))


async def _until_cut_off(read: Coroutine[Any, Any, None]) -> None:
    """Reads a transcript to its end, or to the end of the call."""
    with suppress(StreamError):
        await read

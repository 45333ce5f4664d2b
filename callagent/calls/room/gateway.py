"""The caller's telephone line into a room, as a SIP gateway makes it: 8 kHz G.711 on one side, a track on the other."""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from livekit import rtc

from callagent.calls.room.voice import AgentVoice, Change
from callagent.line import (
    AUDIBLE_DBFS,
    FRAME_S,
    SAMPLE_RATE,
    CodecName,
    Impairments,
    Samples,
    Timeline,
    Utterance,
    level_dbfs,
    write_stereo,
)
from callagent.line.caller import CallerVoice
from callagent.line.frames import SILENCE
from callagent.line.pacer import Pacer
from callagent.line.recording import Recorder
from callagent.line.trunk import Trunk

PREFILL = 2
"""Frames that are held back before received audio is played, against the network's jitter: 40 ms."""

MOST_HELD = 8
"""Frames held at most; audio that arrives faster than real time is thinned out beyond it."""

MOST_AHEAD_S = 0.04
"""Seconds of the caller's audio that may wait in the track; after a stall more of it would wait for the whole call."""

FRAME_MS = 20
SOURCE_QUEUE_MS = 200


class Gateway:
    """Carries both directions through one G.711 trunk, 20 ms at a time, and keeps timeline and recording.

    `microphone` is the track to publish; `receive` takes the agent's. `on_change` hears when the agent comes onto the
    line or leaves it.
    """

    def __init__(
        self,
        *,
        codec: CodecName,
        impairments: Impairments,
        on_change: Callable[[Change], None],
    ) -> None:
        self.timeline = Timeline()
        self.voice = AgentVoice(self.timeline)
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=SOURCE_QUEUE_MS)
        self.microphone = rtc.LocalAudioTrack.create_audio_track("phone", self._source)
        self._trunk = Trunk(codec, impairments)
        self._caller = CallerVoice(self.timeline)
        self._recorder = Recorder()
        self._pacer = Pacer(self._tick, period=FRAME_S)
        self._on_change = on_change
        self._outgoing: asyncio.Queue[Samples] = asyncio.Queue()
        self._incoming: deque[Samples] = deque(maxlen=MOST_HELD)
        self._primed = False
        self._ticks = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._hung_up = False

    def start(self, now: float) -> None:
        """Frames flow from call time `now` on; what came before was silence."""
        while self._time < now:
            self._record(SILENCE, SILENCE, SILENCE)
        first_in = self._time - now
        self._tasks.append(asyncio.create_task(self._pacer.run(first_in=first_in), name="callagent.calls.room.line"))
        self._tasks.append(asyncio.create_task(self._send(), name="callagent.calls.room.send"))

    def receive(self, track: rtc.RemoteAudioTrack) -> None:
        """Plays the agent's track on the line from now on."""
        self._tasks.append(asyncio.create_task(self._receive(track), name="callagent.calls.room.receive"))

    def speak(self, pcm: Samples, text: str = "") -> Utterance:
        """Lets the caller say 8 kHz mono int16 samples, after whatever is still being said."""
        return self._caller.speak(pcm, text)

    def hang_up(self) -> None:
        """The call is over, in mid-sentence on either side; idempotent."""
        if self._hung_up:
            return
        self._hung_up = True
        self._caller.close(self._time)
        if (change := self.voice.leave()) is not None:
            self._on_change(change)
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Hangs up and waits for the end of everything; raises the error that broke the line, if one did."""
        self.hang_up()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._source.aclose()
        for task in self._tasks:
            if not task.cancelled():
                task.result()

    def save_recording(self, path: Path) -> None:
        """Writes what was heard, caller left, agent right."""
        write_stereo(path, self._recorder.caller, self._recorder.agent)

    @property
    def _time(self) -> float:
        return self._ticks * FRAME_S

    def _tick(self) -> None:
        at = self._time
        spoken = self._caller.next_frame(at)
        at_agent, at_caller = self._trunk.exchange(spoken, self._next_received())
        self._outgoing.put_nowait(at_agent)
        self._record(spoken, at_agent, at_caller)
        if (change := self.voice.hear(at, level_dbfs(at_caller))) is not None:
            self._on_change(change)

    def _record(self, spoken: Samples, at_agent: Samples, at_caller: Samples) -> None:
        self._recorder.add(at_agent, at_caller)
        self.timeline.add_levels(caller=level_dbfs(spoken), agent=level_dbfs(at_caller))
        self._ticks += 1

    def _next_received(self) -> Samples:
        while len(self._incoming) > PREFILL and level_dbfs(self._incoming[0]) <= AUDIBLE_DBFS:
            self._incoming.popleft()  # what a stall has piled up is made good in the next pause
        self._primed = bool(self._incoming) and (self._primed or len(self._incoming) >= PREFILL)
        return self._incoming.popleft() if self._primed else SILENCE

    async def _send(self) -> None:
        while True:
            frame = await self._outgoing.get()
            behind = self._source.queued_duration > MOST_AHEAD_S or not self._outgoing.empty()
            if behind and level_dbfs(frame) <= AUDIBLE_DBFS:
                continue
            await self._source.capture_frame(rtc.AudioFrame(frame.tobytes(), SAMPLE_RATE, 1, frame.size))

    async def _receive(self, track: rtc.RemoteAudioTrack) -> None:
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                self._incoming.append(np.frombuffer(bytes(event.frame.data), dtype=np.int16))
        finally:
            await stream.aclose()

"""The caller's telephone line at the levels where the agent is another process: 8 kHz G.711 in both directions."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from callagent.audio import (
    AUDIBLE_DBFS,
    FRAME_S,
    CodecName,
    Impairments,
    Samples,
    Timeline,
    Utterance,
    level_dbfs,
    write_stereo,
)
from callagent.audio.audibility import AgentVoice, Change
from callagent.audio.caller_end import CallerVoice
from callagent.audio.g711 import SILENCE, mixed
from callagent.audio.pacing import Pacer
from callagent.audio.phone_line import Trunk
from callagent.audio.recorder import Recorder
from callagent.concurrency import wait_for_end

PREFILL = 2
"""Frames that are held back before received audio is played, against the network's jitter: 40 ms."""

MOST_HELD = 8
"""Frames held at most; audio that arrives faster than real time is thinned out beyond it."""


class Wire(ABC):
    """Carries both directions through one G.711 trunk, 20 ms at a time, and keeps timeline and recording.

    What is behind it takes the caller's frames in `send`, and hands the agent's to `play`, and what is heard behind the
    agent to `play_beside`: that is on the line, and nobody's speech. `on_change` hears when the
    agent comes onto the line or leaves it.
    """

    def __init__(self, *, codec: CodecName, impairments: Impairments, on_change: Callable[[Change], None]) -> None:
        self.timeline = Timeline()
        self.voice = AgentVoice(self.timeline)
        self._trunk = Trunk(codec, impairments)
        self._caller = CallerVoice(self.timeline)
        self._recorder = Recorder()
        self._pacer = Pacer(self._tick, period=FRAME_S)
        self._on_change = on_change
        self._incoming: deque[Samples] = deque(maxlen=MOST_HELD)
        self._beside: deque[Samples] = deque(maxlen=MOST_HELD)
        self._primed = False
        self._ticks = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._hung_up = False

    def start(self, now: float) -> None:
        """Let frames flow from call time `now` on; what came before was silence."""
        while self._time < now:
            self._record(SILENCE, SILENCE, SILENCE, SILENCE)
        self.run(self._pacer.run(first_in=self._time - now), "line")

    @abstractmethod
    def send(self, frame: Samples) -> None:
        """Take the next 20 ms of the caller, as they come out of the trunk."""

    def play(self, frame: Samples) -> None:
        """Take the next 20 ms of the agent."""
        self._incoming.append(frame)

    def play_beside(self, frame: Samples) -> None:
        """Take the next 20 ms of what is heard behind the agent."""
        self._beside.append(frame)

    def speak(self, pcm: Samples, text: str = "") -> Utterance:
        """Let the caller say 8 kHz mono int16 samples, after whatever is still being said."""
        return self._caller.speak(pcm, text)

    def run(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        """Run something for as long as the line is open."""
        self._tasks.append(asyncio.create_task(coroutine, name=f"callagent.audio.{name}"))

    def hang_up(self) -> None:
        """End the call, in mid-sentence on either side; idempotent."""
        if self._hung_up:
            return
        self._hung_up = True
        self._caller.close(self._time)
        if (change := self.voice.leave()) is not None:
            self._on_change(change)
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Hang up and wait for the end of everything; raise the error that broke the line, if one did."""
        self.hang_up()
        try:
            await wait_for_end(*self._tasks)
        finally:
            await self.close_media()

    @abstractmethod
    async def close_media(self) -> None:
        """Release what the wire is connected to."""

    def save_recording(self, path: Path) -> None:
        """Write what was heard, caller left, agent right."""
        write_stereo(path, self._recorder.caller, self._recorder.agent)

    @property
    def _time(self) -> float:
        return self._ticks * FRAME_S

    def _tick(self) -> None:
        at = self._time
        spoken = self._caller.next_frame(at)
        agent, beside = self._next_received(), self._beside.popleft() if self._beside else None
        at_agent, at_caller = self._trunk.exchange(spoken, mixed(agent, beside))
        self.send(at_agent)
        heard = at_caller if beside is None else agent
        self._record(spoken, at_agent, at_caller, heard)
        if (change := self.voice.hear(at, level_dbfs(heard))) is not None:
            self._on_change(change)

    def _record(self, spoken: Samples, at_agent: Samples, at_caller: Samples, agent: Samples) -> None:
        """Take what the caller has spoken, what each side hears, and what of that is the agent's speech."""
        self._recorder.add(at_agent, at_caller)
        self.timeline.add_levels(caller=level_dbfs(spoken), agent=level_dbfs(agent))
        self._ticks += 1

    def _next_received(self) -> Samples:
        while len(self._incoming) > PREFILL and level_dbfs(self._incoming[0]) <= AUDIBLE_DBFS:
            self._incoming.popleft()  # what a stall has piled up is made good in the next pause
        self._primed = bool(self._incoming) and (self._primed or len(self._incoming) >= PREFILL)
        return self._incoming.popleft() if self._primed else SILENCE

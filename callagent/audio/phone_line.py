"""A telephone line inside the process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from callagent.audio.background_sound import LineMixer
from callagent.audio.caller_end import CallerVoice, Utterance
from callagent.audio.g711 import FRAME_RATE, FRAME_S, G711, SILENCE, CodecName, Samples, level_dbfs, mixed
from callagent.audio.impairments import Concealment, Impairments, Network, Surroundings
from callagent.audio.pacing import CallClock, Pacer
from callagent.audio.recorder import Recorder, write_stereo
from callagent.audio.session_io import LineInput, LineOutput
from callagent.audio.timeline import Timeline
from callagent.concurrency import wait_for_end


class Trunk:
    """Takes what both sides send in one frame and returns what each side hears: coded, carried, concealed."""

    def __init__(self, codec: CodecName, impairments: Impairments) -> None:
        self._surroundings = Surroundings(impairments)
        loss, seed = impairments.loss, impairments.seed
        self._to_agent = _Way(codec, Network(loss=loss, jitter=impairments.jitter, seed=(seed, 1)))
        self._to_caller = _Way(codec, Network(loss=loss, jitter=0.0, seed=(seed, 2)))

    def exchange(self, caller: Samples, agent: Samples) -> tuple[Samples, Samples]:
        """Return what the agent hears of the caller, and what the caller hears of the agent; 160 samples each."""
        at_caller = self._to_caller.send(agent)
        at_agent = self._to_agent.send(self._surroundings.pick_up(caller, at_caller))
        return at_agent, at_caller


class _Way:
    def __init__(self, codec: CodecName, network: Network) -> None:
        self._codec = G711(codec)
        self._network = network
        self._concealment = Concealment()

    def send(self, frame: Samples) -> Samples:
        payload = self._network.carry(self._codec.encode(frame))
        return self._concealment.fill(None if payload is None else self._codec.decode(payload))


_CLEAN = Impairments()


@dataclass(frozen=True)
class Playout:
    """The agent's audio came onto the line or left it, at call time `at`; `interrupted` when it was cut off."""

    at: float
    playing: bool
    interrupted: bool = False


class PhoneLine:
    """An 8 kHz G.711 call between a caller, whom `speak` speaks for, and an `AgentSession`.

    Both directions carry 20 ms frames in real time, silence included, as a trunk does. `audio_input` and `audio_output`
    are what the session is given; `timeline` tells who was on the line when, and the recording holds what each side
    heard. `background` mixes sounds into what the caller hears; they are in the recording, and in no timeline, which is
    about who speaks. Ticks fall on whole multiples of 20 ms of call time. Only the heartbeat that `start` begins knows
    real time: `tick` moves the line by one frame and may be called by hand instead.
    """

    def __init__(
        self, *, codec: CodecName = "pcmu", impairments: Impairments = _CLEAN, clock: CallClock | None = None
    ) -> None:
        """Lay the line; call time is that of `clock`, by default it begins now."""
        self.clock = clock or CallClock()
        self.timeline = Timeline()
        self.audio_input = LineInput()
        self.audio_output = LineOutput(self.clock)
        self.background = LineMixer()
        self._trunk = Trunk(codec, impairments)
        self._voice = CallerVoice(self.timeline)
        self._recorder = Recorder()
        self._pacer = Pacer(self.tick, period=FRAME_S)
        self._pacing: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[Playout], None]] = []
        self._microphone: Callable[[], Samples] | None = None
        self._loudspeaker: Callable[[Samples], None] = lambda frame: None
        self._ticks = 0
        self._hung_up = False

    async def start(self) -> None:
        """Connect: frames flow from now on."""
        if self._pacing is not None:
            raise RuntimeError("the line was started before")
        now = max(0.0, self.clock.now())
        while self._time < now:
            self._record(SILENCE, SILENCE, SILENCE, SILENCE)
        self._pacing = asyncio.create_task(self._run(first_in=self._time - now), name="phone line")

    async def aclose(self) -> None:
        """Hang up and stop. Raise the error that broke the line, if one did."""
        self.hang_up()
        if self._pacing is not None:
            await wait_for_end(self._pacing)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def speak(self, pcm: Samples, text: str = "") -> Utterance:
        """Let the caller say 8 kHz mono int16 samples (or make a sound), after whatever is still being said.

        Raises `ValueError` for anything else and `LineClosedError` when the call is over.
        """
        return self._voice.speak(pcm, text)

    def connect_person(self, microphone: Callable[[], Samples], loudspeaker: Callable[[Samples], None]) -> None:
        """Let a person take the caller's place: every frame they say is asked for, every one they hear is given.

        Both are called once in 20 ms, with 160 samples each way, and must not wait.
        """
        self._microphone, self._loudspeaker = microphone, loudspeaker

    def hang_up(self) -> None:
        """End the call, in mid-sentence on either side; the session's audio input ends. Do nothing twice."""
        if self._hung_up:
            return
        self._hung_up = True
        self._voice.close(self._time)
        self.audio_input.close()
        self.audio_output.close()
        self.background.close()
        self._follow_agent(playing=False)
        if self._pacing is not None:
            self._pacing.cancel()

    @property
    def hung_up(self) -> bool:
        """Whether the call is over."""
        return self._hung_up

    def on_agent_playout(self, callback: Callable[[Playout], None]) -> None:
        """Call `callback` whenever the agent's audio comes onto the line or leaves it."""
        self._listeners.append(callback)

    @property
    def worst_lateness(self) -> float:
        """The longest time in seconds by which a frame was late because the event loop was busy."""
        return self._pacer.worst_lateness

    @property
    def caller_audio(self) -> Samples:
        """What the agent heard so far, from call time 0: 8 kHz mono int16, a copy."""
        return self._recorder.caller

    @property
    def agent_audio(self) -> Samples:
        """What the caller heard so far, as long as `caller_audio`: 8 kHz mono int16, a copy."""
        return self._recorder.agent

    def save_recording(self, path: str | Path) -> None:
        """Write a stereo WAV file, caller left and agent right. Plain file I/O: call it in a thread or at the end."""
        write_stereo(Path(path), self.caller_audio, self.agent_audio)

    def tick(self) -> None:
        """Move everything on by 20 ms; nothing happens when the call is over."""
        if self._hung_up:
            return
        at = self._time
        agent = self.audio_output.next_frame(at)
        caller = self._voice.next_frame(at) if self._microphone is None else self._microphone()
        self._follow_agent(playing=agent is not None)
        beside = self.background.next_frame()
        fading = self.audio_output.fading_frame()
        at_agent, at_caller = self._trunk.exchange(caller, mixed(agent, beside, fading))
        self.audio_input.push(at_agent)
        self._loudspeaker(at_caller)
        alone = beside is None and fading is None
        self._record(caller, at_agent, at_caller, at_caller if alone else mixed(agent))

    @property
    def _time(self) -> float:
        return self._ticks / FRAME_RATE

    async def _run(self, *, first_in: float) -> None:
        try:
            await self._pacer.run(first_in=first_in)
        finally:
            self.hang_up()

    def _record(self, spoken: Samples, at_agent: Samples, at_caller: Samples, agent: Samples) -> None:
        """Take what the caller has spoken, what each side hears, and what of that is the agent's speech."""
        self._recorder.add(at_agent, at_caller)
        self.timeline.add_levels(caller=level_dbfs(spoken), agent=level_dbfs(agent))
        self._ticks += 1

    def _follow_agent(self, *, playing: bool) -> None:
        was_playing, was_cut = self.timeline.agent_active, self.audio_output.take_cut()
        if was_cut:
            self.timeline.cut_agent(self._time)
        elif not playing:
            self.timeline.end_agent(self._time)
        if was_playing and not self.timeline.agent_active:
            self._notify(Playout(self._time, playing=False, interrupted=was_cut))
        if playing and not self.timeline.agent_active:
            self.timeline.begin_agent(self._time)
            self._notify(Playout(self._time, playing=True))

    def _notify(self, change: Playout) -> None:
        for listener in self._listeners:
            listener(change)

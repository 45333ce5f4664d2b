"""Telephones that say and hear tones, and an agent that does too, for who hears whom in one room."""

import asyncio
import math
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from livekit import api, rtc
from livekit.agents import AgentSession, APIConnectOptions, LanguageCode, stt, tts, utils, vad
from livekit.agents.llm import ChatContext
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers.types import Reply, Script
from callagent.worker import Connection

CALLER_HZ, HUMAN_HZ, AGENT_HZ, MUSIC_HZ = 400, 1000, 1600, 2400
AUDIBLE_DBFS = -45.0
"""A tone that is louder was heard; those here are said at -12 dBFS."""

SOON_S = 60
"""Seconds; how long anything may take on a busy machine."""

AMPLITUDE = 8000
LOUD = 1000
PAUSE_S = 0.3
YES = "Yes, put them through."
SUMMARY = "There is somebody on the line who wants to speak with you about the bill."


def history() -> ChatContext:
    context = ChatContext()
    context.add_message(role="assistant", content="Hello, what can I do for you?")
    context.add_message(role="user", content="I want to speak with somebody about my bill.")
    return context


def tone(hertz: float, frame: int, rate: int = SAMPLE_RATE) -> Samples:
    """The frame of 20 ms with that number of a tone that never ends."""
    size = round(FRAME_S * rate)
    at = np.arange(frame * size, (frame + 1) * size)
    return (AMPLITUDE * np.sin(2 * math.pi * hertz * at / rate)).astype(np.int16)


def level(frame: Samples, hertz: float) -> float:
    """Level of one tone in a frame of 20 ms at 8 kHz, in dBFS."""
    turns = np.exp(-2j * math.pi * hertz * np.arange(frame.size) / SAMPLE_RATE)
    amplitude = 2 * abs(np.dot(frame.astype(float), turns)) / frame.size
    return 20 * math.log10(max(amplitude, 1e-3) / 32768)


class Ears:
    """What one end of the line hears, frame by frame."""

    def __init__(self) -> None:
        self._frames: list[tuple[float, Samples]] = []
        self._audible: dict[float, list[bool]] = {}
        self._heard = asyncio.Event()

    def hear(self, frame: Samples) -> None:
        self._frames.append((asyncio.get_running_loop().time(), np.array(frame, np.int16)))
        self._heard.set()

    def seconds_of(self, hertz: float, since: float = 0.0) -> float:
        """How long that tone was audible."""
        audible = self._audible.setdefault(hertz, [])
        audible += [level(frame, hertz) > AUDIBLE_DBFS for _, frame in self._frames[len(audible) :]]
        return round(FRAME_S * sum(was for was, (at, _) in zip(audible, self._frames, strict=True) if at >= since), 2)

    async def until(self, hertz: float, seconds: float, since: float) -> None:
        """Waits until that much of the tone was heard since then."""
        await self._until(lambda: self.seconds_of(hertz, since) >= seconds)

    async def until_loud(self, since: float) -> None:
        """Waits until there was any sound since then."""
        await self._until(lambda: any(at >= since and max(frame) > LOUD for at, frame in self._frames))

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON_S):
            while not condition():
                self._heard.clear()
                await self._heard.wait()


class Voice:
    """Says a tone, 20 ms after 20 ms, as long as it is not `quiet`."""

    def __init__(self, hertz: float, send: Callable[[Samples], Any]) -> None:
        self.quiet = False
        self._hertz = hertz
        self._send = send

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        began, silence = loop.time(), np.zeros(FRAME_SAMPLES, np.int16)
        for frame in range(10**9):
            self._send(silence if self.quiet else tone(self._hertz, frame))
            await asyncio.sleep(began + (frame + 1) * FRAME_S - loop.time())


@asynccontextmanager
async def talking(voice: Voice) -> AsyncIterator[None]:
    task = asyncio.create_task(voice.run(), name="voice")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class RoomPhone:
    """A telephone as livekit-sip brings one into a room: silent as it rings, then subscribed to all there is."""

    def __init__(self, hertz: float) -> None:
        self.room = rtc.Room()
        self.ears = Ears()
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=200)
        self._frames: asyncio.Queue[Samples] = asyncio.Queue()
        self.voice = Voice(hertz, self._frames.put_nowait)
        self._answered = False
        self._tasks: list[asyncio.Task[None]] = []
        self.room.on("track_published", self._published)
        self.room.on("track_subscribed", self._subscribed)

    async def join(self, server: Connection, room: str, identity: str, **attributes: str) -> None:
        token = api.AccessToken(server.api_key, server.api_secret).with_identity(identity).with_kind("sip")
        token = token.with_grants(api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True))
        token = token.with_attributes({"sip.callStatus": "ringing", **attributes})
        await self.room.connect(server.url, token.to_jwt(), rtc.RoomOptions(auto_subscribe=False))
        track = rtc.LocalAudioTrack.create_audio_track("phone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self._tasks += [asyncio.create_task(self.voice.run()), asyncio.create_task(self._say())]

    async def answer(self) -> None:
        """From now on it hears everybody."""
        self._answered = True
        for participant in self.room.remote_participants.values():
            for publication in participant.track_publications.values():
                publication.set_subscribed(True)
        await self.room.local_participant.set_attributes({"sip.callStatus": "active"})

    async def aclose(self) -> None:
        await self.room.disconnect()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._source.aclose()

    async def _say(self) -> None:
        while True:
            samples = await self._frames.get()
            await self._source.capture_frame(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE, 1, samples.size))

    def _published(self, publication: rtc.RemoteTrackPublication, _: object) -> None:
        if self._answered:
            publication.set_subscribed(True)

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        self._tasks.append(asyncio.create_task(self._listen(track)))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1, frame_size_ms=round(1000 * FRAME_S))
        try:
            async for event in stream:
                self.ears.hear(np.frombuffer(event.frame.data, np.int16))
        finally:
            await stream.aclose()


@pytest.fixture
def song(tmp_path: Path) -> str:
    """A file with ten seconds of a tone."""
    path = tmp_path / "music.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(b"".join(tone(MUSIC_HZ, frame, 48000).tobytes() for frame in range(500)))
    return str(path)


def now() -> float:
    """The time of the running loop."""
    return asyncio.get_running_loop().time()


def session(tool: str = "connect_to_caller", **arguments: Any) -> AgentSession[Any]:
    """A session that speaks in a tone, understands every sound as `YES`, and calls the tool then."""
    replies = (Reply(when="yes", tool=tool, args=arguments),)
    return AgentSession(
        vad=LoudVAD(), stt=OneSentence(), llm=ScriptedLLM(Script(replies, otherwise=SUMMARY)), tts=ToneTTS()
    )


class ToneTTS(tts.TTS[str]):
    """A second of a tone for every sentence."""

    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=SAMPLE_RATE, num_channels=1)

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Tone(tts=self, input_text=text, conn_options=conn_options)


class _Tone(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=SAMPLE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        output_emitter.push(b"".join(tone(AGENT_HZ, frame).tobytes() for frame in range(50)))
        output_emitter.flush()


class Loudness:
    """Tells where a sound began and, after 300 ms of silence, that it is over."""

    def __init__(self) -> None:
        self._quiet = math.inf

    def feed(self, frame: rtc.AudioFrame) -> str:
        loud = max(frame.data, default=0) > LOUD
        began, self._quiet = self._quiet, 0.0 if loud else self._quiet + frame.duration
        if loud:
            return "began" if began == math.inf else ""
        if PAUSE_S <= self._quiet < math.inf:
            self._quiet = math.inf
            return "over"
        return ""


class LoudVAD(vad.VAD):
    """Sound is speech."""

    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=FRAME_S))

    def stream(self) -> vad.VADStream:
        return _Activity(self)


class _Activity(vad.VADStream):
    async def _main_task(self) -> None:
        kinds = {"began": vad.VADEventType.START_OF_SPEECH, "over": vad.VADEventType.END_OF_SPEECH}
        loudness = Loudness()
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame) and (what := loudness.feed(frame)):
                event = vad.VADEvent(kinds[what], 0, 0.0, 0.5, PAUSE_S, speaking=what == "began")
                self._event_ch.send_nowait(event)


class OneSentence(stt.STT[str]):
    """Whatever was said, it was `YES`."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))

    def stream(
        self, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        return _Words(stt=self, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError


class _Words(stt.RecognizeStream):
    async def _run(self) -> None:
        loudness = Loudness()
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame) and loudness.feed(frame) == "over":
                words = stt.SpeechData(language=LanguageCode("en"), text=YES)
                event = stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[words])
                self._event_ch.send_nowait(event)

"""A recogniser that hears nothing and a voice that beeps, as an author's own: a worker that is ready without models."""

from pathlib import Path
from shutil import copy
from typing import Any

import numpy as np
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr, stt, tts
from livekit.agents.utils import AudioBuffer

from callagent.profile import DEFAULT_PROFILE

RATE = 24_000
SECONDS = 0.6
PITCH_HZ = 440

PROVIDERS = "providers: {stt: {use: 'quiet_providers:Deaf'}, tts: {use: 'quiet_providers:Beep'}, llm: {use: script}}\n"
"""What a profile needs, once the module lies beside it."""


DEFAULT = f"extends: en-US\n{PROVIDERS}flow: {{idle: 10 min}}\n"
"""The default profile without models. It lets a silent caller be."""


def put_beside(directory: Path) -> None:
    """Copies this module into the directory of a profile."""
    copy(__file__, directory)


def write_quiet_default(directory: Path) -> None:
    """Has the default profile, in a directory of profiles, take the place of the shipped one."""
    put_beside(directory)
    (directory / f"{DEFAULT_PROFILE}.yaml").write_text(DEFAULT, encoding="utf-8")


class Deaf(stt.STT[Any]):
    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return _Hearing(stt=self, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError


class _Hearing(stt.RecognizeStream):
    async def _run(self) -> None:
        async for _ in self._input_ch:
            pass


class Beep(tts.TTS[Any]):
    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE, num_channels=1)

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Sound(tts=self, input_text=text, conn_options=conn_options)


class _Sound(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(request_id="beep", sample_rate=RATE, num_channels=1, mime_type="audio/pcm")
        tone = np.sin(np.arange(int(RATE * SECONDS)) * 2 * np.pi * PITCH_HZ / RATE) * 12_000
        output_emitter.push(tone.astype(np.int16).tobytes())
        output_emitter.flush()

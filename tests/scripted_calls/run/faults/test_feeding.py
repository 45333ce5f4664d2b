"""A recogniser with faults passes on what the one inside fails with, whichever end that is at."""

import asyncio

import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.scripted_calls.run.faults.faulty_providers import FaultySTT
from callagent.scripted_calls.run.faults.schedule import Strikes


class Picky(stt.STT[str]):
    """A recogniser that waits for audio for ever, because it does not take any."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))

    def stream(
        self, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        return PickyStream(stt=self, conn_options=conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError


class PickyStream(stt.RecognizeStream):
    def push_frame(self, frame: rtc.AudioFrame) -> None:
        raise ValueError("the sample rate of the input frames must be consistent")

    async def _run(self) -> None:
        await asyncio.Event().wait()


async def test_audio_that_is_not_taken_ends_the_stream() -> None:
    async with asyncio.timeout(10), FaultySTT(Picky(), Strikes(None)).stream() as stream:
        stream.push_frame(rtc.AudioFrame(bytes(320), 8000, 1, 160))
        with pytest.raises(ValueError, match="sample rate of the input frames"):
            await anext(stream)

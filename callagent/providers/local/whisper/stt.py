"""Whisper as a recogniser for an `AgentSession`."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from livekit.agents import stt, utils, vad
from livekit.agents.stt import SpeechData, SpeechEvent, SpeechEventType
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)

from callagent.providers.local.whisper.stream import Listening, Passes, WhisperStream


class WhisperSTT(stt.STT[Any]):
    """Streaming recognition on this machine, mono, any sample rate.

    `recogniser` makes the passes, in a thread of its own. The detector (`vad`) gives speech probabilities, `listening`
    says what follows from them.
    """

    def __init__(
        self,
        recogniser: Passes,
        detector: vad.VAD,
        *,
        listening: Listening,
    ) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self._detector = detector
        self._listening = listening
        self._recogniser = recogniser
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="whisper")

    @property
    def model(self) -> str:
        """Name of the model."""
        return "whisper-tiny.en"

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return "local"

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Return a stream of one call's audio."""
        options = replace(self._listening, language=language) if utils.is_given(language) else self._listening
        return WhisperStream(
            self,
            conn_options,
            detector=self._detector,
            recogniser=self._recogniser,
            thread=self._thread,
            options=options,
        )

    async def _recognize_impl(
        self,
        buffer: utils.AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> SpeechEvent:
        finals: list[SpeechData] = []
        async with self.stream(language=language, conn_options=conn_options) as stream:
            stream.push_frame(utils.merge_frames(buffer))
            stream.end_input()
            async for event in stream:
                if event.type is SpeechEventType.FINAL_TRANSCRIPT:
                    finals += event.alternatives
        if not finals:
            return SpeechEvent(SpeechEventType.FINAL_TRANSCRIPT)
        whole = replace(
            finals[0],
            text=" ".join(each.text for each in finals),
            end_time=finals[-1].end_time,
            confidence=min(each.confidence for each in finals),
        )
        return SpeechEvent(SpeechEventType.FINAL_TRANSCRIPT, alternatives=[whole])

    async def aclose(self) -> None:
        """End the decoding thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

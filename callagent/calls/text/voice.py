"""TTS of level text: silence that lasts as long as the words would."""

import asyncio

from livekit.agents import APIConnectOptions, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.calls.text.cues import spoken_length
from callagent.line import SAMPLE_RATE

FIRST_BYTE_S = 0.1
"""From a sentence to its first audio, as of a good streaming voice."""


class ScriptedTTS(tts.TTS[str]):
    """8 kHz mono silence, as long as it takes to say the text at `pace` times the natural speed."""

    def __init__(self, pace: float = 1.0) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=SAMPLE_RATE, num_channels=1)
        self._pace = pace

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """One sentence."""
        return _Silence(self, self._pace, text, conn_options)


class _Silence(tts.ChunkedStream):
    def __init__(self, voice: ScriptedTTS, pace: float, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self._pace = pace

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=SAMPLE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        await asyncio.sleep(FIRST_BYTE_S)
        output_emitter.push(bytes(2 * round(spoken_length(self.input_text) / self._pace * SAMPLE_RATE)))
        output_emitter.flush()

"""STT and VAD of level text: they hear no audio, they report what the scripted caller's cues say."""

from collections.abc import AsyncIterable, Callable

from livekit.agents import APIConnectOptions, LanguageCode, stt, utils, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.scripted_calls.levels.text.cues import INFERENCE_S, Cue
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller

CONFIDENCE = 0.9
"""Of every transcript: what a good recogniser gives for clear speech."""

_WORDS = {
    "interim": stt.SpeechEventType.INTERIM_TRANSCRIPT,
    "final": stt.SpeechEventType.FINAL_TRANSCRIPT,
}
_ACTIVITY = {
    "speech started": vad.VADEventType.START_OF_SPEECH,
    "speech goes on": vad.VADEventType.INFERENCE_DONE,
    "speech ended": vad.VADEventType.END_OF_SPEECH,
}


class ScriptedSTT(stt.STT[str]):
    """Interim and final transcripts of what the scripted caller says."""

    def __init__(self, caller: ScriptedCaller, language: str) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.caller = caller
        self.language = LanguageCode(language)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Return a stream of transcripts, whatever audio it gets."""
        return _Transcripts(self, conn_options)

    async def _recognize_impl(
        self, buffer: AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        raise NotImplementedError("the scripted recogniser only streams")


class _Transcripts(stt.RecognizeStream):
    def __init__(self, scripted: ScriptedSTT, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=scripted, conn_options=conn_options)
        self._caller = scripted.caller
        self._language = scripted.language
        self._id = utils.shortuuid()

    async def _run(self) -> None:
        await _listen(self._caller, self._report, self._input_ch)

    def _report(self, cue: Cue) -> None:
        if cue.kind in _WORDS and not self._event_ch.closed:
            words = stt.SpeechData(language=self._language, text=cue.text, confidence=CONFIDENCE)
            self._event_ch.send_nowait(
                stt.SpeechEvent(type=_WORDS[cue.kind], request_id=self._id, alternatives=[words])
            )


class ScriptedVAD(vad.VAD):
    """Speech activity of the scripted caller."""

    def __init__(self, caller: ScriptedCaller) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=INFERENCE_S))
        self.caller = caller

    def stream(self) -> vad.VADStream:
        """Return a stream of activity, whatever audio it gets."""
        return _Activity(self)


class _Activity(vad.VADStream):
    def __init__(self, scripted: ScriptedVAD) -> None:
        super().__init__(scripted)
        self._caller = scripted.caller

    async def _main_task(self) -> None:
        await _listen(self._caller, self._report, self._input_ch)

    def _report(self, cue: Cue) -> None:
        if cue.kind not in _ACTIVITY or self._event_ch.closed:
            return
        speaking = cue.kind != "speech ended"
        self._event_ch.send_nowait(
            vad.VADEvent(
                type=_ACTIVITY[cue.kind],
                samples_index=0,
                timestamp=cue.at,
                speech_duration=cue.speech + (cue.silence if speaking else 0.0),
                silence_duration=0.0 if speaking else cue.silence,
                probability=0.0 if cue.silence else 1.0,
                speaking=speaking,
                raw_accumulated_speech=0.0 if cue.silence else cue.speech,
                raw_accumulated_silence=cue.silence,
            )
        )


async def _listen(caller: ScriptedCaller, report: Callable[[Cue], None], audio: AsyncIterable[object]) -> None:
    """Have every cue reported for as long as there is audio, whatever is in it."""
    stop = caller.listen(report)
    try:
        async for _ in audio:
            pass
    finally:
        stop()

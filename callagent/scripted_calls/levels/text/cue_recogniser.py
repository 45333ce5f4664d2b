"""STT, VAD and end-of-turn model of level text: they hear no audio, they report what the scripted caller's cues say."""

from collections.abc import AsyncIterable, Callable

from livekit import rtc
from livekit.agents import APIConnectOptions, LanguageCode, stt, utils, vad
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from callagent.scripted_calls.levels.text.cues import INFERENCE_S, Cue
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller

UNFINISHED = (",", ";", ":", "-", "…", "...")
"""Ends of an utterance after which the caller goes on, to the end-of-turn model of this level."""

_WORDS = {
    "interim": stt.SpeechEventType.INTERIM_TRANSCRIPT,
    "final": stt.SpeechEventType.FINAL_TRANSCRIPT,
}
_EDGES = {
    "speech started": stt.SpeechEventType.START_OF_SPEECH,
    "final": stt.SpeechEventType.END_OF_SPEECH,
}
_ACTIVITY = {
    "speech started": vad.VADEventType.START_OF_SPEECH,
    "speech goes on": vad.VADEventType.INFERENCE_DONE,
    "speech ended": vad.VADEventType.END_OF_SPEECH,
}


class ScriptedSTT(stt.STT[str]):
    """Interim and final transcripts of what the scripted caller says.

    Args:
        tells_ends: whether it tells as well when speech begins and has ended.
    """

    def __init__(self, caller: ScriptedCaller, language: str, *, tells_ends: bool = True) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.caller = caller
        self.language = LanguageCode(language)
        self.tells_ends = tells_ends

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
        self._tells_ends = scripted.tells_ends
        self._id = utils.shortuuid()

    async def _run(self) -> None:
        await _listen(self._caller, self._report, self._input_ch)

    def _report(self, cue: Cue) -> None:
        if self._event_ch.closed:
            return
        if cue.kind in _WORDS:
            words = stt.SpeechData(language=self._language, text=cue.text, confidence=cue.confidence)
            self._send(_WORDS[cue.kind], words)
        if cue.kind in _EDGES and self._tells_ends and not cue.more:
            self._send(_EDGES[cue.kind])

    def _send(self, kind: stt.SpeechEventType, *words: stt.SpeechData) -> None:
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, request_id=self._id, alternatives=[*words]))


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


class ScriptedTurnModel:
    """The end-of-turn model: an utterance that is written as unfinished (`UNFINISHED`) sounds unfinished."""

    name = "scripted"

    def __init__(self, caller: ScriptedCaller) -> None:
        self._finished = True
        caller.listen(self._listen)

    async def threshold(self) -> float:
        """Return one between the two probabilities."""
        return 0.5

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Take no notice: at this level audio says nothing but how loud it is."""

    async def probability(self, silence: float) -> float:
        """Tell whether what was said last is finished."""
        return 1.0 if self._finished else 0.0

    def forget(self) -> None:
        """Begin a new turn."""
        self._finished = True

    def _listen(self, cue: Cue) -> None:
        if cue.kind in _WORDS:
            self._finished = not cue.text.rstrip().endswith(UNFINISHED)


async def _listen(caller: ScriptedCaller, report: Callable[[Cue], None], audio: AsyncIterable[object]) -> None:
    """Have every cue reported for as long as there is audio, whatever is in it."""
    stop = caller.listen(report)
    try:
        async for _ in audio:
            pass
    finally:
        stop()

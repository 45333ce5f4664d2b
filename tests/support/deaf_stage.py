"""A call over the real line with an agent that needs no models and, on a virtual loop, no time."""

from collections.abc import Callable

from callagent.audio import PhoneLine, Timeline
from callagent.journal import ObservationLog
from callagent.profile import Profile
from callagent.providers import Providers, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls import CallPlan
from callagent.scripted_calls.levels.audio import AudioStage
from callagent.scripted_calls.levels.text.cue_recogniser import ScriptedSTT, ScriptedVAD
from callagent.scripted_calls.levels.text.scripted_caller import ScriptedCaller
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS


def deaf_providers(profile: Profile) -> Providers:
    """Hears nothing, says silence."""
    nobody = ScriptedCaller(ObservationLog(lambda: 0.0), Timeline(), min_speech=0.05, min_silence=0.35)
    llm = ScriptedLLM(Script((), "Pardon?"))
    return Providers(stt=ScriptedSTT(nobody, "en-US"), tts=ScriptedTTS(), llm=llm, vad=ScriptedVAD(nobody))


def deaf(plan: CallPlan, on_line: Callable[[PhoneLine], None]) -> AudioStage:
    return AudioStage(plan, on_line, make=deaf_providers, prepare=lambda profile: None)

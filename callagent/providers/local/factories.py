"""From a profile to the providers that run on this machine."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from livekit.agents import llm, stt, tts, vad
from livekit.plugins import silero

from callagent.profile import Profile, VadSettings, filled
from callagent.providers.keyterms import bias_of, prompt_text
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers.types import LocalSttOptions, LocalTtsOptions, Setup

if TYPE_CHECKING:
    from callagent.providers.local.whisper.stream import Passes

# The speech models are an extra: their packages are imported where a factory needs them.


def silero_vad(setup: Setup) -> vad.VAD:
    """Return Silero with the profile's thresholds, at the profile's sample rate."""
    return load_silero(setup.profile.vad)


def warm_silero(setup: Setup) -> None:
    """Load the detector."""
    load_silero(setup.profile.vad)


@lru_cache(maxsize=4)
def load_silero(settings: VadSettings) -> vad.VAD:
    """Return the detector, loaded once per process. It starts no thread: one that was loaded before a fork works."""
    return silero.VAD.load(
        min_speech_duration=settings.min_speech,
        min_silence_duration=settings.min_silence,
        prefix_padding_duration=settings.prefix_padding,
        activation_threshold=settings.activation_threshold,
        deactivation_threshold=settings.deactivation_threshold,
        sample_rate=settings.sample_rate,
    )


def scripted_llm(setup: Setup) -> llm.LLM[Any]:
    """Return the scripted LLM."""
    return ScriptedLLM(setup.script)


def piper_tts(setup: Setup) -> tts.TTS[Any]:
    """Return Piper with the packaged American voice."""
    from callagent.providers.local.piper.synthesis import load_voice
    from callagent.providers.local.piper.tts import PiperTTS

    options = LocalTtsOptions.model_validate(dict(setup.options))
    return PiperTTS(load_voice(), sample_rate=options.sample_rate, pace=options.pace)


def warm_piper(setup: Setup) -> None:
    """Load the voice and speak the beginning of the greeting, which then plays at once."""
    from callagent.providers.local.piper.synthesis import load_voice
    from callagent.providers.local.piper.tts import pieces_of

    options = LocalTtsOptions.model_validate(dict(setup.options))
    for piece in pieces_of(filled(setup.profile.greeting, lambda _: "") or "Hello.")[:1]:
        load_voice().prepare(piece, pace=options.pace)


def whisper_stt(setup: Setup) -> stt.STT[Any]:
    """Return Whisper, primed with the profile's acknowledgements and commands."""
    from callagent.providers.local.whisper.stream import Listening
    from callagent.providers.local.whisper.stt import WhisperSTT

    options = LocalSttOptions.model_validate(dict(setup.options))
    settings = setup.profile.vad
    listening = Listening(
        language=setup.profile.language,
        interim_interval=options.interim_interval,
        end_silence=min(options.end_silence, settings.min_silence),
        activation=settings.activation_threshold,
        deactivation=settings.deactivation_threshold,
        min_speech=settings.min_speech,
        prefix=settings.prefix_padding,
    )
    return WhisperSTT(_passes(setup.profile, options), load_silero(settings), listening=listening)


def _passes(profile: Profile, options: LocalSttOptions) -> "Passes":
    from callagent.providers.local.ear.ear_model import load_ear
    from callagent.providers.local.whisper.passes import Recogniser
    from callagent.providers.local.whisper.weights import load_whisper

    whisper = load_whisper(options.threads)
    prompt = prompt_text(bias_of(profile), whisper.fits) if options.prompt is None else options.prompt
    recogniser = Recogniser(whisper, prompt, load_ear() if options.ear and profile.language.startswith("en") else None)
    if options.interims == "whisper":
        return recogniser
    from callagent.providers.local.moonshine.decoder import bias_for, load_moonshine
    from callagent.providers.local.moonshine.interims import MoonshineInterims

    moonshine = load_moonshine()
    if moonshine is None:
        return recogniser
    phrases = profile.interruption
    bias = bias_for(moonshine, phrases.soft_acks, phrases.commands)
    return MoonshineInterims(moonshine, bias, phrases.commands, recogniser)


def warm_whisper(setup: Setup) -> None:
    """Load the models and recognise a second of silence."""
    from callagent.providers.local.whisper.weights import load_whisper

    options = LocalSttOptions.model_validate(dict(setup.options))
    load_whisper(options.threads).warm()
    _passes(setup.profile, options)

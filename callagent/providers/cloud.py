"""Providers behind an API, through their livekit plugins. Keys come from the environment, never from here.

The environment's key goes to the provider itself; an endpoint of one's own (`base_url`) gets the profile's `api_key`.

OpenAI's plugins are made before the call that takes them. Making one reads the certificates that its connections trust,
up to a few hundred of them: 10 to 50 ms of a call's event loop, while its caller waits for the greeting.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from livekit.agents import llm, stt, tts
from livekit.plugins import cartesia, deepgram, openai

from callagent.profile import Profile
from callagent.providers import languages
from callagent.providers.keyterms import bias_of, short_bias_of
from callagent.providers.types import RealtimeOptions, Setup

MAX_PROMPT = 600
"""Characters of the prompt for OpenAI's recognisers: about 150 tokens; Whisper keeps the last 224, longer ones slow
every request down.
"""

KEYWORD_BOOST = 1.5
"""Weight of a keyword for Deepgram's models before nova-3 (1 is neutral, doubling is loud)."""

NO_KEY = "none"
"""Sent to an OpenAI-compatible endpoint of one's own that asks for no key."""

P = TypeVar("P")

_spares: dict[str, Any] = {}
"""Plugins that were made ahead, by what they are made of."""


def deepgram_stt(setup: Setup) -> stt.STT[Any]:
    """Return Deepgram, told to keep filler words and to expect the most frequent acknowledgements and commands.

    It gets the audio at the rate at which the call has it: twice the samples would say no more.
    """
    code = languages.deepgram(setup.profile.language)
    rate = setup.profile.vad.sample_rate
    options = {"language": code, "filler_words": True, "sample_rate": rate, **setup.options}
    terms = short_bias_of(setup.profile)
    if str(options.get("model", "nova-3")).startswith("nova-3"):
        options.setdefault("keyterm", list(terms))
    else:
        options.setdefault("keywords", [(word, KEYWORD_BOOST) for word in terms if " " not in word])
    return deepgram.STT(**options)


def openai_stt(setup: Setup) -> stt.STT[Any]:
    """Return OpenAI transcription, or any endpoint of its kind (`base_url`), with
    the profile's phrases as its prompt.
    """
    return take_spare(openai.STT, _transcription(setup))


def openai_stt_ahead(setup: Setup) -> None:
    """Make the next call's."""
    make_spare(openai.STT, _transcription(setup))


def prompt_of(profile: Profile) -> str:
    """Return what OpenAI's recognisers are told to expect: as many of the profile's phrases as `MAX_PROMPT` holds, no
    sentence around them, which would have to be in the caller's language.
    """
    prompt = ""
    for phrase in bias_of(profile):
        longer = f"{prompt}, {phrase}" if prompt else phrase
        if len(longer) >= MAX_PROMPT:
            break
        prompt = longer
    return f"{prompt}."


def cartesia_tts(setup: Setup) -> tts.TTS[Any]:
    """Return Cartesia in the profile's language."""
    return cartesia.TTS(**{"language": languages.cartesia(setup.profile.language), **setup.options})


def openai_tts(setup: Setup) -> tts.TTS[Any]:
    """Return OpenAI speech, or any endpoint of its kind (`base_url`)."""
    return take_spare(openai.TTS, _endpoint(setup))


def openai_tts_ahead(setup: Setup) -> None:
    """Make the next call's."""
    make_spare(openai.TTS, _endpoint(setup))


def openai_llm(setup: Setup) -> openai.LLM:
    """Return OpenAI chat completions, or any endpoint of its kind (`base_url`)."""
    return take_spare(openai.LLM, _endpoint(setup))


def openai_realtime(setup: Setup) -> llm.RealtimeModel:
    """Return OpenAI's speech-to-speech model with its turn detection off: the gate decides about turns, by the
    recogniser beside it. So the model's own transcripts, for which livekit would drop the recogniser's, are off too.
    With `endpointing.by: realtime` the server's turn detection is on, as OpenAI has it by default.
    """
    options = RealtimeOptions.model_validate(_endpoint(setup)).model_dump(exclude_none=True)
    modalities = list(options.pop("modalities"))
    if setup.profile.endpointing.by != "realtime":
        options["turn_detection"] = None
    return openai.realtime.RealtimeModel(**options, modalities=modalities, input_audio_transcription=None)


def openai_llm_ahead(setup: Setup) -> None:
    """Make the next call's."""
    make_spare(openai.LLM, _endpoint(setup))


def _transcription(setup: Setup) -> dict[str, Any]:
    code = languages.openai_transcription(setup.profile.language)
    return {"language": code, "prompt": prompt_of(setup.profile), **_endpoint(setup)}


def _endpoint(setup: Setup) -> dict[str, Any]:
    options = dict(setup.options)
    if options.get("base_url"):  # the environment's key is for OpenAI alone
        options.setdefault("api_key", NO_KEY)
    return options


def make_spare(plugin: Callable[..., P], options: Mapping[str, Any]) -> None:
    """Make a plugin for the next call that wants it with these options; nothing where there is one already."""
    key = _key(plugin, options)
    if key not in _spares:
        _spares[key] = plugin(**options)


def take_spare(plugin: Callable[..., P], options: Mapping[str, Any]) -> P:
    """Return the plugin that was made ahead with these options, which nobody else
    gets; a new one where there is none.
    """
    ready: P | None = _spares.pop(_key(plugin, options), None)
    return plugin(**options) if ready is None else ready


def _key(plugin: Callable[..., Any], options: Mapping[str, Any]) -> str:
    return f"{plugin!r} {json.dumps(options, sort_keys=True, default=repr)}"

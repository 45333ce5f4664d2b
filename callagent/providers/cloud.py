"""Providers behind an API, through their livekit plugins. Keys come from the environment, never from here."""

import os
from typing import Any

from livekit.agents import stt, tts
from livekit.plugins import cartesia, deepgram, openai

from callagent.providers.bias import bias_of
from callagent.providers.types import Setup

MAX_KEYTERMS = 50
"""Deepgram refuses requests with more than 500 tokens of key terms; 50 short phrases stay well below."""

KEYWORD_BOOST = 1.5
"""Weight of a keyword for Deepgram's models before nova-3 (1 is neutral, doubling is loud)."""

NO_KEY = "none"
"""Sent to an OpenAI-compatible endpoint of one's own that asks for no key."""


def deepgram_stt(setup: Setup) -> stt.STT[Any]:
    """Deepgram, told to keep filler words and to expect the profile's acknowledgements and commands."""
    options = {"language": setup.profile.language, "filler_words": True, **setup.options}
    terms = bias_of(setup.profile)[:MAX_KEYTERMS]
    if str(options.get("model", "nova-3")).startswith("nova-3"):
        options.setdefault("keyterm", list(terms))
    else:
        options.setdefault("keywords", [(word, KEYWORD_BOOST) for word in terms if " " not in word])
    return deepgram.STT(**options)


def openai_stt(setup: Setup) -> stt.STT[Any]:
    """OpenAI transcription, or any endpoint of its kind (`base_url`), with the profile's phrases as its prompt."""
    prompt = "A telephone call. The caller says things like: " + ", ".join(bias_of(setup.profile)) + "."
    options = {"language": _primary(setup.profile.language), "prompt": prompt, **_endpoint(setup)}
    return openai.STT(**options)


def cartesia_tts(setup: Setup) -> tts.TTS[Any]:
    """Cartesia in the profile's language."""
    return cartesia.TTS(**{"language": _primary(setup.profile.language), **setup.options})


def openai_tts(setup: Setup) -> tts.TTS[Any]:
    """OpenAI speech, or any endpoint of its kind (`base_url`)."""
    return openai.TTS(**_endpoint(setup))


def openai_llm(setup: Setup) -> openai.LLM:
    """OpenAI chat completions, or any endpoint of its kind (`base_url`)."""
    return openai.LLM(**_endpoint(setup))


def _endpoint(setup: Setup) -> dict[str, Any]:
    options = dict(setup.options)
    if "base_url" in options and not os.environ.get("OPENAI_API_KEY"):
        options.setdefault("api_key", NO_KEY)
    return options


def _primary(language: str) -> str:
    return language.split("-")[0]

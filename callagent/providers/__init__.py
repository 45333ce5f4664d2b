"""Speech to text, text to speech, language models and voice activity detection, chosen by name."""

from callagent.providers.availability import written_wrong
from callagent.providers.factory import (
    check_models,
    check_providers,
    load_usable,
    make_agent_llms,
    make_ahead,
    make_llm,
    make_models,
    make_providers,
    make_vad,
    make_voice,
    prewarm,
)
from callagent.providers.local.piper.caller_voice import speech
from callagent.providers.types import AgentModels, Providers, Reply, Script

__all__ = [
    "AgentModels",
    "Providers",
    "Reply",
    "Script",
    "check_models",
    "check_providers",
    "load_usable",
    "make_agent_llms",
    "make_ahead",
    "make_llm",
    "make_models",
    "make_providers",
    "make_vad",
    "make_voice",
    "prewarm",
    "speech",
    "written_wrong",
]

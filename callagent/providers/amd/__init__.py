"""Who has answered an outbound call, by what was said: words that every network and mailbox uses, then an LLM."""

from callagent.providers.amd.answer_phrases import Kind, kind_of
from callagent.providers.amd.detector_llm import GreetingLLM

__all__ = ["GreetingLLM", "Kind", "kind_of"]

"""What a session's models pass through, whichever agent it talks through: the gate, and the limits of the profile."""

from callagent.agent.models.agent_words import AgentWords
from callagent.agent.models.every_agent import EveryAgent
from callagent.agent.models.gated_stt import GatedSTT, gated
from callagent.agent.models.limited_models import LimitedLLM, LimitedTTS

__all__ = ["AgentWords", "EveryAgent", "GatedSTT", "LimitedLLM", "LimitedTTS", "gated"]

"""The agent of one call, and the session it talks through."""

from callagent.agent.call_agent import CallAgent
from callagent.agent.session import Call, GateMode, assemble
from callagent.agent.tools import build_tools

__all__ = ["Call", "CallAgent", "GateMode", "assemble", "build_tools"]

"""The agent of one call, and the session it talks through."""

from callagent.agent.call_agent import CallAgent
from callagent.agent.control import CallControl, ControlError, NoControl
from callagent.agent.dtmf import Keypad
from callagent.agent.flow import CallFlow, Ending
from callagent.agent.session import Call, GateMode, assemble
from callagent.agent.sounds import Sounds, say
from callagent.agent.tools import Around, Body, build_tools

__all__ = [
    "Around",
    "Body",
    "Call",
    "CallAgent",
    "CallControl",
    "CallFlow",
    "ControlError",
    "Ending",
    "GateMode",
    "Keypad",
    "NoControl",
    "Sounds",
    "assemble",
    "build_tools",
    "say",
]

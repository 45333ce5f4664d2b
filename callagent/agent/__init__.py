"""The agent of one call, and the session it talks through."""

from callagent.agent.call import Call
from callagent.agent.call_agent import CallAgent, make_agent
from callagent.agent.call_control import CallControl, ControlError, NoControl, NotAllowed
from callagent.agent.call_limits import CallFlow, Ending
from callagent.agent.dtmf.keys import Keypad
from callagent.agent.prompts import Sounds, say
from callagent.agent.session import AssembledCall, GateMode, assemble
from callagent.agent.tools.declared import build_tools
from callagent.agent.tools.policy import Around, Body

__all__ = [
    "Around",
    "AssembledCall",
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
    "NotAllowed",
    "Sounds",
    "assemble",
    "build_tools",
    "make_agent",
    "say",
]

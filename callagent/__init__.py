"""A phone agent on LiveKit that tells an acknowledgement from an interruption.

The names below are what a program of one's own is written with. Each is imported when it is first used: `import
callagent` alone takes no time.
"""

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callagent.agent.call import Call
    from callagent.agent.call_control import ControlError
    from callagent.agent.gated_session import gate, session_options
    from callagent.agent.models import gated
    from callagent.call_context import CallContext
    from callagent.profile import Profile, load_profile
    from callagent.turns import is_soft_ack, reload_soft_acks

__all__ = [
    "Call",
    "CallContext",
    "ControlError",
    "Profile",
    "gate",
    "gated",
    "is_soft_ack",
    "load_profile",
    "reload_soft_acks",
    "session_options",
]

__version__ = "0.1.0"

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""onnxruntime, which runs the speech models, would report to its maker from every process of every call. It reads this
when it is imported, so nothing of this package may be imported before."""

_HOMES = {
    "Call": "callagent.agent.call",
    "CallContext": "callagent.call_context",
    "ControlError": "callagent.agent.call_control",
    "Profile": "callagent.profile",
    "gate": "callagent.agent.gated_session",
    "gated": "callagent.agent.models",
    "is_soft_ack": "callagent.turns",
    "load_profile": "callagent.profile",
    "reload_soft_acks": "callagent.turns",
    "session_options": "callagent.agent.gated_session",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

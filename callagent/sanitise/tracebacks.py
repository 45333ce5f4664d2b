"""Tracebacks of tools: what their exceptions say is left out, because it quotes what callers and models said.

`ValueError: no customer named Eve` is what a tool raises for its arguments, and those are personal data. The frames and
the types of the exceptions remain, from which its author sees where it failed. Other exceptions keep their messages.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from callagent.sanitise.personal import MASK

_OF_TOOLS: Final = ("callagent/agent/running.py", "livekit/agents/voice/tool_executor.py")
"""Files whose frames are in every traceback of a tool: ours, and livekit-agents' for tools that an agent class has."""

_PREFIX: Final = r"(?P<prefix>[ |+-]*)"
"""What groups of exceptions are drawn with."""

_FRAME: Final = re.compile(rf'{_PREFIX}  File ".*", line \d+(?:, in .*)?')
_POINTER: Final = re.compile(r"[ |]*[~^]+")
_HEAD: Final = re.compile(
    rf"{_PREFIX}(?:(?:Exception Group )?Traceback \(most recent call last\):"
    r"|During handling of the above exception, another exception occurred:"
    r"|The above exception was the direct cause of the following exception:|-[- \d]*-)?"
)
_EXCEPTION: Final = re.compile(rf"{_PREFIX}(?P<type>[\w.]+)(?P<message>:.*)?")


def without_tool_messages(trace: str) -> str:
    """The traceback; without the messages of its exceptions where it is one of a tool."""
    if not any(file in trace.replace("\\", "/") for file in _OF_TOOLS):
        return trace
    return "\n".join(_kept(trace.splitlines()))


def _kept(lines: Iterable[str]) -> Iterator[str]:
    before = "message"
    for line in lines:
        if _HEAD.fullmatch(line):
            before = "head"
        elif _FRAME.fullmatch(line):
            before = "frame"
        elif before == "frame" or (before == "source" and _POINTER.fullmatch(line)):
            before = "source" if before == "frame" else "pointer"
        elif before in ("source", "pointer") and (found := _EXCEPTION.fullmatch(line)):
            before = "message"
            line = f"{found['prefix']}{found['type']}" + (f": {MASK}" if found["message"] else "")
        else:
            before = "message"
            continue
        yield line

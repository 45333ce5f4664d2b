"""Tracebacks of calls: what their exceptions say is left out where it may quote what callers and models said.

`ValueError: no customer named Eve` is what a tool raises for its arguments, `TypeError: invoked with 'My name'` a voice
for the words it cannot say, and both are personal data. The frames and the types of the exceptions remain, from which
one sees where it failed. Exceptions of the network and of servers keep their messages, and so does everything that
happens outside of a session.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from callagent.sanitise.personal import MASK

_OF_TOOLS: Final = ("callagent/agent/tools/execution.py", "livekit/agents/voice/tool_executor.py")
"""Files whose frames are in every traceback of a tool: ours, and livekit-agents' for tools that an agent class has."""

_OF_SESSIONS: Final = re.compile(r"livekit/agents/(?:voice|tts|llm|stt|tokenize|inference)/")
"""Files that are in a traceback of everything that handles words."""

_OF_NETWORKS: Final = re.compile(
    r"(?:.*\.)?(?:API\w*|OSError|TimeoutError|\w*(?:Connect|Timeout|Status|SSL|Handshake|Unreachable|NotFound)\w*"
    r"|gaierror|PermissionError|ModuleNotFoundError|ImportError|Refused|Unauthorised)"
)
"""Types of exceptions whose messages tell of a connection or a file, outside of tools."""

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


def without_quotations(trace: str) -> str:
    """Return the traceback; without the messages of those of its exceptions that may quote what was said."""
    of_tool = any(file in trace for file in _OF_TOOLS)
    if not of_tool and not _OF_SESSIONS.search(trace):
        return trace
    return "\n".join(_kept(trace.splitlines(), of_tool=of_tool))


def _kept(lines: Iterable[str], *, of_tool: bool) -> Iterator[str]:
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
            if of_tool or not _OF_NETWORKS.fullmatch(found["type"]):
                line = f"{found['prefix']}{found['type']}" + (f": {MASK}" if found["message"] else "")
        else:
            before = "message"
            continue
        yield line

"""What the agent can do with the telephone besides talking: keys, transfers, music, whatever the call goes over."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from livekit.agents.llm import ChatContext, ToolError


class ControlError(Exception):
    """The telephone network (or what stands for it) did not do it; the message says why, in words for a log."""


class NotAllowed(ControlError, ToolError):
    """It was not even tried: it may not be done now, or not any more in this call.

    A tool that lets it through tells the model so: it is livekit's ToolError as well.
    """


class CallControl(Protocol):
    """The signalling side of a call. A room does it over SIP, a scripted call in the process notes it."""

    async def send_dtmf(self, keys: str) -> None:
        """Send keys to the other side. Raise ControlError."""
        ...

    async def transfer(self, to: str) -> None:
        """Hand the caller over to a number or a `sip:` URI. Raise ControlError when refused: the call goes on."""
        ...

    async def consult(self, to: str, history: ChatContext) -> None:
        """Call somebody, tell them what it is about, and connect the caller, who waits on hold meanwhile.

        Must be awaited inside a tool, or in `on_enter` or `on_exit` of an agent. Once it returns, the call is theirs
        and the agent has nothing more to say. Raises ControlError when nobody takes the call: the agent has the caller
        again.
        """
        ...

    def hold_music(self) -> AbstractAsyncContextManager[object]:
        """Music for the caller while inside."""
        ...

    async def do_not_call(self) -> None:
        """Have the other party's number never called again. Raise ControlError."""
        ...


class NoControl:
    """A call without signalling: everything is refused, and music is silence."""

    async def send_dtmf(self, keys: str) -> None:
        """Refuse."""
        raise ControlError("keys cannot be sent on this call")

    async def transfer(self, to: str) -> None:
        """Refuse."""
        raise ControlError("this call cannot be transferred")

    async def consult(self, to: str, history: ChatContext) -> None:
        """Refuse."""
        raise ControlError("this call cannot be transferred")

    def hold_music(self) -> AbstractAsyncContextManager[object]:
        """Silence."""
        return nullcontext()

    async def do_not_call(self) -> None:
        """Refuse."""
        raise ControlError("there is no do-not-call list")

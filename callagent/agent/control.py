"""What the agent can do with the telephone besides talking: keys and transfers, whatever the call goes over."""

from typing import Protocol


class ControlError(Exception):
    """The telephone network (or what stands for it) did not do it; the message says why, in words for a log."""


class CallControl(Protocol):
    """The signalling side of a call. A room does it over SIP, a scripted call in the process notes it."""

    async def send_dtmf(self, keys: str) -> None:
        """Sends keys to the other side. Raises ControlError."""
        ...

    async def transfer(self, to: str) -> None:
        """Hands the caller over to a number or a `sip:` URI. Raises ControlError when refused: the call goes on."""
        ...


class NoControl:
    """A call without signalling: everything is refused."""

    async def send_dtmf(self, keys: str) -> None:
        """Always refused."""
        raise ControlError("keys cannot be sent on this call")

    async def transfer(self, to: str) -> None:
        """Always refused."""
        raise ControlError("this call cannot be transferred")

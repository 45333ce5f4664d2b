"""The agent of a call falls silent while somebody at the console talks with the caller."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import TYPE_CHECKING, Final

from livekit.agents import SpeechCreatedEvent

from callagent.agent.handover.history import tell

if TYPE_CHECKING:
    from callagent.agent.call import Call

SILENT_S: Final = 2.0
"""Seconds that the agent may take to fall silent."""

THERE_S: Final = 5.0
"""Seconds that whoever takes over may take to be on the line."""

BACK: Final = (
    "A colleague has talked with the caller instead of you, which you have not heard. They have given the call back: "
    "go on with it when the caller speaks, and ask what was agreed where you have to know."
)
"""What the model is told when it is back."""


class TakenOver:
    """Knows who talks instead of the agent, if anybody does.

    The agent neither hears the caller nor says anything meanwhile, keys are nothing to it, and no silence counts. What
    a tool still does is done, and what would be said about it is not.

    Args:
        call: the call.
        away: to be inside of while the agent has nothing to do with the call.
        comes: waits until somebody of that identity is on the line.
    """

    def __init__(
        self, call: "Call", away: Callable[[], AbstractContextManager[None]], comes: Callable[[str], Awaitable[object]]
    ) -> None:
        self._call, self._away, self._comes = call, away, comes
        self._meanwhile = ExitStack()
        self.identity = ""

    async def begin(self, identity: str) -> None:
        """Have the agent fall silent.

        Raises:
            ValueError: whoever takes over is not on the line, or somebody else has the call.
        """
        if self.identity:
            raise ValueError("somebody at a console has the call already")
        self.identity = identity
        session = self._call.session
        with ExitStack() as undo:
            undo.callback(self._undo, identity)
            await self._there(identity)
            session.on("speech_created", self._hush)
            self._meanwhile.callback(session.off, "speech_created", self._hush)
            self._meanwhile.enter_context(self._away())
            session.input.set_audio_enabled(False)
            self._meanwhile.callback(session.input.set_audio_enabled, True)
            with suppress(TimeoutError):
                async with asyncio.timeout(SILENT_S):
                    await session.interrupt(force=True)
            self._call.clear_turn()
            undo.pop_all()

    async def end(self) -> None:
        """Have the agent back, which is told so.

        Raises:
            ValueError: the agent has the call.
        """
        if not self.identity:
            raise ValueError("the agent has the call already")
        self._undo(self.identity)
        if not self._call.is_over:
            await tell(self._call.session.current_agent, BACK)

    async def _there(self, identity: str) -> None:
        """Return when whoever takes over is on the line: the console is in the room before it asks, and the room may
        tell of it later.
        """
        try:
            async with asyncio.timeout(THERE_S):
                await self._comes(identity)
        except TimeoutError:
            raise ValueError("whoever takes over is not in the room of the call") from None
        if self.identity != identity:
            raise ValueError("whoever takes over has gone again")

    def _undo(self, identity: str) -> None:
        if self.identity == identity:
            self.identity = ""
            self._meanwhile.close()

    def _hush(self, event: SpeechCreatedEvent) -> None:
        event.speech_handle.interrupt(force=True)

"""The end of a call whose providers have failed for good: a transfer, the promise of a call, or a sentence."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentSession

from callagent.agent.call_control import CallControl, ControlError
from callagent.agent.call_limits import CallFlow, Ending
from callagent.agent.outage.outage_watchers import OutageWatchers
from callagent.agent.prompts import Sounds, say
from callagent.concurrency import BackgroundTasks

if TYPE_CHECKING:
    from callagent.profile import Profile

TRANSFER_S: Final = 20.0
"""How long a transfer may take beside the ringing, in seconds."""

ANNOUNCED_S: Final = 6.0
"""How long its announcement may take, in seconds: the voice may be what has failed."""

_log = logging.getLogger("callagent.agent")


class OutageTreatment:
    """Ends the call of a session as `outage` of its profile says.

    All that is said was made ahead, where the voice has been there before.

    Args:
        control: transfers the caller.
        flow: ends the call.
        watchers: are told of it.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        profile: "Profile",
        sounds: Sounds,
        control: CallControl,
        flow: CallFlow,
        watchers: OutageWatchers,
    ) -> None:
        self._session, self._profile, self._sounds = session, profile, sounds
        self._control, self._flow, self._watchers = control, flow, watchers
        self._begun = False
        self._tasks = BackgroundTasks(_log, "a caller could not be transferred in an outage", on_error=self._broke)
        session.on("close", lambda _: self._tasks.cancel())

    def begin(self, error: str) -> None:
        """End the call, for what failed; only the first time."""
        if self._begun or self._flow.ending is not None:
            return
        self._begun = True
        if self._profile.outage.transfer is None:
            self._say_goodbye(error)
        else:
            self._tasks.start(self._transfer(self._profile.outage.transfer, error), name="callagent.agent.outage")

    def _say_goodbye(self, error: str) -> None:
        phrases, promised = self._profile.phrases, self._profile.outage.call_back
        self._watchers.treated("call back" if promised else "sentence", _kind(error))
        self._flow.finish(phrases.call_back if promised else phrases.trouble, Ending("provider failure", error))

    async def _transfer(self, to: str, error: str) -> None:
        _log.info("the caller is transferred because of an outage", extra={"error": error})
        self._watchers.treated("transfer", _kind(error))
        try:
            await self._announce()
            async with asyncio.timeout(self._profile.transfer.ringing + TRANSFER_S):
                await self._control.transfer(to)
        except (ControlError, TimeoutError) as refused:
            _log.warning("nobody takes the caller", extra={"error": str(refused) or type(refused).__name__})
            self._say_goodbye(error)

    async def _announce(self) -> None:
        words = self._profile.phrases.transferring
        try:
            async with asyncio.timeout(ANNOUNCED_S):
                await self._session.interrupt(force=True)
                if words:
                    await say(self._session, words, self._sounds, interruptible=False)
        except (TimeoutError, RuntimeError) as unsaid:  # the session is closing, or the words take too long
            _log.info("a transfer is not announced", extra={"error": str(unsaid) or type(unsaid).__name__})

    def _broke(self, error: BaseException) -> None:
        self._say_goodbye(f"{type(error).__name__}: {error}")


def _kind(error: str) -> str:
    """Return who failed and the class of the error, and not the words of it, which may be anybody's."""
    return ":".join(error.split(":")[:2])

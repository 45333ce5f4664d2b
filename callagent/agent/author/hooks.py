"""The hooks of a profile: functions of its author's that run when a call begins and when it is over."""

import asyncio
import logging
from typing import TYPE_CHECKING, Literal

from callagent.agent.author.author_functions import run_contained
from callagent.agent.call import Call
from callagent.concurrency import BackgroundTasks, all_of
from callagent.profile import load_hook

if TYPE_CHECKING:
    from callagent.profile import Profile

MOST_S = 2 * 10.5
"""Seconds that `end` takes at most: `hooks.timeout` is 10 s or less, and what is cancelled has half a second more; both
for the hook of the beginning, where it still runs, and for that of the end."""

_log = logging.getLogger("callagent.agent")


class Hooks:
    """The hooks of one call. Neither ends it or keeps it waiting, whatever they do."""

    def __init__(self, profile: "Profile", call: Call) -> None:
        self._profile, self._call = profile, call
        self._tasks = BackgroundTasks(_log, "a hook of the profile broke")
        self._started: asyncio.Task[None] | None = None
        self._ended: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Run `hooks.started`, beside the call; a second time nothing happens."""
        if self._started is None:
            self._started = self._tasks.start(self._run("started"), name="callagent.agent.hooks.started")

    async def end(self) -> None:
        """Tell the listeners of `ended`, and run `hooks.ended`; once, however often it is asked for.

        To be called when the record of the call knows how it has ended. A hook of the beginning that still runs is
        waited for first, as long as it may take.
        """
        if self._ended is None:
            self._ended = self._tasks.start(self._end(), name="callagent.agent.hooks.ended")
        await asyncio.wait([self._ended])

    async def _end(self) -> None:
        if self._started is not None:
            await asyncio.wait([self._started])
        told = self._call.finish(self._profile.hooks.timeout)
        if self._started is None:  # nobody was talked with in a call that has not begun
            await told
        else:
            await all_of(told, self._run("ended"))

    async def _run(self, moment: Literal["started", "ended"]) -> None:
        try:
            function = load_hook(self._profile, moment)
        except ValueError as error:
            _log.error("a hook of the profile cannot be used", extra={"what": f"hooks.{moment}", "error": str(error)})
            return
        if function is not None:
            await run_contained(f"hooks.{moment}", function, self._call, limit=self._profile.hooks.timeout)

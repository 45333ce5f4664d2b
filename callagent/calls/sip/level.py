"""The level `sip`: what its calls share is the local stack and one `callagent serve` process."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from callagent.calls.room.level import report_end, start_worker
from callagent.calls.sip.stack import SipStack, missing, start_stack
from callagent.calls.sip.stage import SipStage
from callagent.calls.stage import CallPlan, LevelName, LevelUnavailable, Stage


class SipLevel:
    """Starts everything itself, so that no call of another worker's gets here or goes there."""

    name: LevelName = "sip"
    shared_loop = True

    def __init__(self, *, worker_options: tuple[str, ...] = ()) -> None:
        self._worker_options = worker_options
        self._agent_name = f"callagent-{secrets.token_hex(4)}"
        self._started = AsyncExitStack()
        self._stack: SipStack | None = None
        self._broken: asyncio.Future[str] | None = None
        self._records: Path | None = None

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """An ordinary event loop."""
        return asyncio.new_event_loop()

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Raises LevelUnavailable when a program is missing."""
        if lacking := missing():
            raise LevelUnavailable("\n".join(lacking))

    async def start(self) -> None:
        """Starts Redis, livekit-server, livekit-sip and the worker, and waits until calls can come."""
        broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as started:
            stack = await start_stack(started)
            self._records = Path(started.enter_context(TemporaryDirectory(prefix="callagent-")))
            options = ("--records", str(self._records), *self._worker_options)
            worker = await start_worker(stack.server, self._agent_name, *options)
            started.push_async_callback(worker.aclose)
            for process in (*stack.processes, worker):
                report_end(process, broken)
            self._stack, self._broken = stack, broken
            self._started = started.pop_all()

    def stage(self, plan: CallPlan) -> Stage:
        """A new call, not yet started."""
        if self._stack is None or self._broken is None:
            raise RuntimeError("the level has not been started")
        return SipStage(plan, self._stack, self._agent_name, broken=self._broken, records=self._records)

    async def aclose(self) -> None:
        """Ends the worker and the stack; idempotent."""
        await self._started.aclose()
        if self._broken is not None:
            self._broken.cancel()

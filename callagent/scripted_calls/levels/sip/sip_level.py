"""The level `sip`: what its calls share is the local stack and one `callagent serve` process."""

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from callagent.scripted_calls.levels.remote.profile_files import ProfileFiles
from callagent.scripted_calls.levels.room.room_level import records_options, report_end, start_worker
from callagent.scripted_calls.levels.sip.external_agent import ForeignStage
from callagent.scripted_calls.levels.sip.phone import Credentials, SipUri
from callagent.scripted_calls.levels.sip.sip_call import SipStage
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.servers.local_stack import SipStack, missing, start_stack

URI_VARIABLE = "CALLAGENT_SIP_URI"


class SipLevel:
    """Starts everything itself, so that no call of another worker's gets here or goes there.

    Args:
        uri: calls the agent at this SIP address instead, and starts nothing; None: that of CALLAGENT_SIP_URI, if
            there is one. CALLAGENT_SIP_USERNAME and CALLAGENT_SIP_PASSWORD hold what its trunk asks for.

    Raises:
        InvalidUri: it is no SIP address.
    """

    name: LevelName = "sip"
    shared_loop = True

    def __init__(self, *, uri: str | None = None, worker_options: tuple[str, ...] = ()) -> None:
        uri = os.environ.get(URI_VARIABLE) if uri is None else uri
        self._uri = SipUri.parse(uri) if uri else None
        self._files = ProfileFiles()
        self._worker_options = worker_options
        self._agent_name = f"callagent-{secrets.token_hex(4)}"
        self._started = AsyncExitStack()
        self._stack: SipStack | None = None
        self._broken: asyncio.Future[str] | None = None
        self._records: Path | None = None

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return an ordinary event loop."""
        return asyncio.new_event_loop()

    @property
    def outdated(self) -> bool:
        """Whether the worker that runs lacks the profile of a call."""
        return self._files.outdated

    def check(self, plans: Sequence[CallPlan]) -> None:
        """Note which profiles the worker needs; raise LevelUnavailable when a program is missing."""
        self._files.want(plans)
        if self._uri is None and (lacking := missing()):
            raise LevelUnavailable("\n".join(lacking))

    async def start(self) -> None:
        """Start Redis, livekit-server, livekit-sip and the worker, and wait until calls can come."""
        broken = self._broken = asyncio.get_running_loop().create_future()
        if self._uri is not None:
            return
        async with AsyncExitStack() as started:
            stack = await start_stack(started)
            self._records = Path(started.enter_context(TemporaryDirectory(prefix="callagent-")))
            options = (*records_options(self._records), *self._files.options(), *self._worker_options)
            worker = await start_worker(stack.server, self._agent_name, *options)
            started.push_async_callback(worker.aclose)
            for process in (*stack.processes, worker):
                report_end(process, broken)
            self._stack = stack
            self._started = started.pop_all()

    def stage(self, plan: CallPlan) -> Stage:
        """Return a new call, not yet started."""
        if self._uri is not None and self._broken is not None:
            return ForeignStage(plan, self._uri, credentials_of(os.environ), broken=self._broken)
        if self._stack is None or self._broken is None:
            raise RuntimeError("the level has not been started")
        return SipStage(plan, self._stack, self._agent_name, broken=self._broken, records=self._records)

    async def aclose(self) -> None:
        """End the worker and the stack; idempotent."""
        await self._started.aclose()
        self._files.forget_worker()
        if self._broken is not None:
            self._broken.cancel()


def credentials_of(env: Mapping[str, str]) -> Credentials | None:
    """Return what the environment says we are called, where a trunk asks."""
    name = env.get("CALLAGENT_SIP_USERNAME")
    return Credentials(name, env.get("CALLAGENT_SIP_PASSWORD", "")) if name else None

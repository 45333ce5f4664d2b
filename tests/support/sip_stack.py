"""One real SIP stack for all the tests of a session: Redis, livekit-server, livekit-sip."""

from contextlib import AsyncExitStack

import pytest

from callagent.scripted_calls.servers.local_stack import SipStack, missing, start_stack
from tests.support.background import Background
from tests.support.livekit_server import RunningWorker, run_worker

_STACK = pytest.StashKey[SipStack]()
_WORKER = pytest.StashKey[RunningWorker]()


@pytest.fixture(scope="session")
def sip_stack(pytestconfig: pytest.Config, own_loop: Background) -> SipStack:
    if lacking := missing():
        pytest.skip(" ".join(lacking))
    if _STACK not in pytestconfig.stash:
        started = AsyncExitStack()
        pytestconfig.add_cleanup(lambda: own_loop.run(started.aclose()))
        pytestconfig.stash[_STACK] = own_loop.run(start_stack(started))
    return pytestconfig.stash[_STACK]


@pytest.fixture(scope="session")
def sip_worker(
    pytestconfig: pytest.Config, own_loop: Background, sip_stack: SipStack, tmp_path_factory: pytest.TempPathFactory
) -> RunningWorker:
    """A worker that logs at debug, all of whose output is kept."""
    if _WORKER not in pytestconfig.stash:
        directory = tmp_path_factory.mktemp("sip-worker")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("callagent.scripted_calls.servers.child_processes.KEPT_LINES", 100_000)
            running = own_loop.run(run_worker(sip_stack.server, directory, "--log-level", "debug", quiet=False))
        pytestconfig.add_cleanup(lambda: own_loop.run(running.process.aclose()))
        pytestconfig.stash[_WORKER] = running
    return pytestconfig.stash[_WORKER]

"""Under xdist: what is in real time runs alone, in the first process, after everything else has run side by side.

A call in real time that shares the processors with other tests is starved; what only waits for a server or a worker,
and is marked `any_speed`, is not. Everything stays one session with one summary and one exit status, so that `-x`,
`--durations` and `--junitxml` mean what they always do.
"""

import os
from collections.abc import Generator, Sequence
from itertools import pairwise

import pytest

LEVELS = ("audio", "room", "sip")
"""Markers of the tests whose clock is the wall's."""

ANY_SPEED = "any_speed"
"""Marks those of them that may share the processors."""

MOST_PROCESSES = 8
"""Each takes some hundred MB, and seconds to import what the tests do."""


def is_in_real_time(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(level) for level in LEVELS)


def is_alone(item: pytest.Item) -> bool:
    return is_in_real_time(item) and item.get_closest_marker(ANY_SPEED) is None


def side_by_side(config: pytest.Config) -> int:
    """The number of processes that `-n auto` means: one more than there are processors, since some tests only wait.

    0, which leaves all tests to this process, where single ones are named, which are over before other processes have
    started, and where somebody wants to look on.
    """
    named = config.args_source == pytest.Config.ArgsSource.ARGS
    looks_on = config.getoption("capture") == "no" or config.getoption("trace")
    return 0 if named or looks_on else min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)


def split(config: pytest.Config) -> "Rest | Alone | None":
    """The plugin that this process of a distributed run needs; None where nothing is distributed."""
    if hasattr(config, "workerinput"):
        return Rest()
    return Alone() if config.getoption("dist", "no") != "no" else None


class Rest:
    """In each of the processes side by side: first what waits long for a server, so that it is not what ends last."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if not is_alone(item)), key=is_in_real_time, reverse=True)


class Alone:
    """In the process that has started the others: what is in real time, once they are done."""

    def __init__(self) -> None:
        self._elsewhere = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        session.perform_collect()  # which xdist would leave to the other processes
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if is_alone(item)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._elsewhere = len(ids)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if session.testsfailed and not session.config.getoption("continue_on_collection_errors"):
            raise session.Interrupted("what cannot be collected cannot be tested")
        result = yield
        session.testscollected = self._elsewhere + len(session.items)
        for item, following in pairwise([*session.items, None]):
            assert item is not None
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return result

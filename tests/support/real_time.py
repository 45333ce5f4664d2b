"""Under xdist: what is in real time runs one after the other in a process of its own, and everything else beside it.

A call in real time that shares the processors with other tests is starved, so the processes of the others step back
(`os.nice`): they get what real time leaves, which is about half of two processors. What only waits for a server or a
worker, and is marked `any_speed`, is among the others. Everything stays one session with one summary and one exit
status, so that `-x`, `--durations` and `--junitxml` mean what they always do.
"""

import os
from collections.abc import Generator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

LEVELS = ("audio", "room", "sip")
"""Markers of the tests whose clock is the wall's."""

ANY_SPEED = "any_speed"
"""Marks those of them that may share the processors."""

STEPS_BACK = 15
"""Of the 19 steps that a process can step back: about a thirtieth of what one in real time gets, where both want it."""

MOST_PROCESSES = 8
"""Each takes some hundred MB, and seconds to import what the tests do."""


def is_in_real_time(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(level) for level in LEVELS)


def is_alone(item: pytest.Item) -> bool:
    return is_in_real_time(item) and item.get_closest_marker(ANY_SPEED) is None


def side_by_side(config: pytest.Config) -> int:
    """The number of processes that `-n auto` means: one in real time, and one for each processor that step back.

    0, which leaves all tests to this process, where single ones are named, which are over before other processes have
    started, and where somebody wants to look on.
    """
    named = config.args_source == pytest.Config.ArgsSource.ARGS
    looks_on = config.getoption("capture") == "no" or config.getoption("trace")
    return 0 if named or looks_on else min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)


def plugin(config: pytest.Config) -> "StepsBack | Distribution | None":
    """The plugin that this process of a distributed run needs; None where nothing is distributed."""
    if hasattr(config, "workerinput"):
        return StepsBack()
    return Distribution() if config.getoption("dist", "no") != "no" else None


class Distribution:
    """In the process that starts the others: gives what is in real time to one of them, before anything else."""

    def __init__(self) -> None:
        self._alone: frozenset[str] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        session.perform_collect()  # which xdist would leave to the other processes
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._alone = frozenset(item.nodeid for item in items if is_alone(item))
        items.clear()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if session.testsfailed and not session.config.getoption("continue_on_collection_errors"):
            raise session.Interrupted("what cannot be collected cannot be tested")
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> LoadScopeScheduling:
        return OneInRealTime(config, log, self._alone)


class OneInRealTime(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """xdist's distribution by scope: the tests of `alone` are one scope, each of the others is one of its own.

    Its `loadgroup` by the mark `xdist_group` would be the same, but needs a node id that can be changed, which
    pytest 9.2 has not.
    """

    def __init__(self, config: pytest.Config, log: Any, alone: frozenset[str]) -> None:
        super().__init__(config, log)
        self._alone = alone

    def _split_scope(self, nodeid: str) -> str:
        return "in real time" if nodeid in self._alone else nodeid


class StepsBack:
    """In a process of a distributed run: steps back with its first test that is not in real time."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=is_in_real_time, reverse=True)  # what waits long for a server is not what ends last

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if not is_alone(item) and os.getpriority(os.PRIO_PROCESS, 0) == 0:
            os.nice(STEPS_BACK)
        return (yield)

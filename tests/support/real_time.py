"""Under xdist: what is in real time runs alone, in the first process, after everything else has run side by side.

A call in real time that shares the processors with other tests is starved; what only waits for a server or a worker,
and is marked `any_speed`, is not. Everything stays one session with one summary and one exit status, so that `-x`,
`--durations` and `--junitxml` mean what they always do.
"""

import os
from collections.abc import Generator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

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


def names_level(file: Path) -> bool:
    """Whether tests of that file may be in real time. Those of a script are, where its level is."""
    return file.suffix != ".py" or any(f"mark.{level}" in _text(file) for level in LEVELS)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


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
    return Alone(config) if config.getoption("dist", "no") != "no" else None


class Rest:
    """In each of the processes side by side: first what waits long for a server, so that it is not what ends last."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        mine = (item for item in items if not (is_alone(item) and names_level(item.path)))
        items[:] = sorted(mine, key=is_in_real_time, reverse=True)


class Alone:
    """In the process that has started the others: what is in real time, once they are done."""

    def __init__(self, config: pytest.Config) -> None:
        self._goes_on_anyway = config.getoption("continue_on_collection_errors")
        self._elsewhere = 0
        self._broken = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        session.perform_collect()  # which xdist would leave to the other processes
        return True

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave files with nothing for this process to the others: importing them all takes a while."""
        return True if collection_path.is_file() and not names_level(collection_path) else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._broken = self._broken or report.failed

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if is_alone(item)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._elsewhere = len(ids)
        self._refuse_broken()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        self._refuse_broken()
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

    def _refuse_broken(self) -> None:
        """Begin no test where a file could not be collected, here or in one of the others."""
        if self._broken and not self._goes_on_anyway:
            raise pytest.Session.Interrupted("what cannot be collected cannot be tested")

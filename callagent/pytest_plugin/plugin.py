"""The hooks. What a call needs is imported when the first one is collected or made.

PYTEST_DONT_REWRITE: there is no assertion here, and pytest would warn where something has imported callagent before.
"""

import re
from collections.abc import Generator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callagent.concurrency import wait_for_native_callbacks_at_exit
from callagent.pytest_plugin.items import CallItem, ScriptFile
from callagent.pytest_plugin.realtime_slots import slots_for
from callagent.pytest_plugin.selected_levels import IN_REAL_TIME, MARKERS, chosen_levels

if TYPE_CHECKING:
    from callagent.pytest_plugin.fixture import MakeCall
    from callagent.pytest_plugin.playing import OpenLevels

ENDINGS = (".yaml", ".yml")
FIXTURE = "callagent_call"
_KEYS = [re.compile(rb"""^["']?%s["']?[ \t]*:""" % key, re.MULTILINE) for key in (b"call", b"steps")]
_levels = pytest.StashKey["OpenLevels"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--call-level` and `callagent_levels`."""
    known = ", ".join(MARKERS)
    parser.getgroup("callagent", "scripted phone calls").addoption(
        "--call-level",
        metavar="LEVELS",
        help=f"Levels at which scripted calls run: {known}, separated by commas, or all that are available here.",
    )
    parser.addini("callagent_levels", f"Levels at which scripted calls run ({known}, or all).", "args", ["text"])


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers that the project has not got, and refuse levels that do not exist."""
    wait_for_native_callbacks_at_exit()
    declared = {re.split(r"[:(]", line)[0].strip() for line in config.getini("markers")}
    for name, meaning in MARKERS.items():
        if name not in declared:
            config.addinivalue_line("markers", f"{name}: {meaning}")
    chosen_levels(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScriptFile | None:
    """Take *.yaml files that are scripted calls: those with the keys `call` and `steps`."""
    if file_path.suffix not in ENDINGS or not _is_call(file_path):
        return None
    script: ScriptFile = ScriptFile.from_parent(parent, path=file_path)
    script.make = lambda: levels_of(parent.config)
    return script


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the calls of one level together, so that what they share is started once."""
    places = [place for place, item in enumerate(items) if isinstance(item, CallItem)]
    order = list(MARKERS)
    calls = [item for item in items if isinstance(item, CallItem)]
    for place, item in zip(places, sorted(calls, key=lambda item: order.index(item.level)), strict=True):
        items[place] = item


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a call wait for its turn before any clock of the test runs."""
    wait = slots_for(item.level) if isinstance(item, CallItem) and item.level in IN_REAL_TIME else nullcontext()
    with wait:
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what the calls of a level share when the next test does not need it."""
    levels = item.config.stash.get(_levels, None)
    if levels is None or FIXTURE in getattr(nextitem, "fixturenames", ()):
        return
    levels.close(but={nextitem.level} if isinstance(nextitem, CallItem) else ())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what a run that was broken off has left."""
    if (levels := config.stash.get(_levels, None)) is not None:
        levels.close()


@pytest.fixture
def callagent_call(request: pytest.FixtureRequest) -> "MakeCall":
    """Make scripted calls from Python: `result = await callagent_call("calls/booking.yaml", level="text")`.

    A test that is no coroutine writes `callagent_call.run(…)`. A call that fails fails the test, with the conversation
    as it happened; with `check=False` it is left to the test what to make of the result.
    """
    from callagent.pytest_plugin.fixture import MakeCall

    return MakeCall(request, levels_of(request.config), chosen_levels(request.config))


def levels_of(config: pytest.Config) -> "OpenLevels":
    """Return the levels that this process has opened."""
    if (levels := config.stash.get(_levels, None)) is None:
        from callagent.pytest_plugin.playing import OpenLevels

        levels = config.stash[_levels] = OpenLevels()
    return levels


def _is_call(path: Path) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return all(key.search(content) for key in _KEYS)

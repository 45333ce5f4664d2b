"""Scripted calls from Python."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast, get_args

import pytest

from callagent.pytest_plugin.failure import CallFailed, not_judged, story
from callagent.pytest_plugin.playing import Job, OpenLevels, Played
from callagent.pytest_plugin.realtime_slots import slots_for
from callagent.pytest_plugin.selected_levels import IN_REAL_TIME
from callagent.scripted_calls import (
    CallFile,
    CallResult,
    LevelName,
    LevelUnavailable,
    Run,
    call_of,
    load_call,
    plan_call,
)
from callagent.scripted_calls.run.live_call import ExtraMissing
from callagent.scripted_calls.script.call_plan import GateName
from callagent.yaml_config import ConfigError, nearest

Script = str | Path | Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""A file, or what would stand in one, or its steps alone."""


class Options(TypedDict, total=False):
    """How a call is made: the level (by default the first that the run asks for), a profile instead of the script's
    own, settings of the profile (`["interruption.grace=500 ms"]`), the gate, and whether a call that fails fails the
    test.
    """

    level: str
    profile: str
    sets: Sequence[str]
    gate: GateName
    check: bool


@contextmanager
def _told_to_pytest() -> Iterator[None]:
    """Skip the test where a level is not here, fail it where that lacks an extra; what is not valid is its message."""
    __tracebackhide__ = True
    try:
        yield
    except ConfigError as error:
        raise ConfigError(*error.problems) from None
    except ExtraMissing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
    except LevelUnavailable as unavailable:
        pytest.skip(str(unavailable))


class MakeCall:
    """The fixture `callagent_call`: makes calls for one test.

    Paths are looked up in the working directory, in pytest's root directory and beside the test.
    """

    def __init__(self, request: pytest.FixtureRequest, levels: OpenLevels, chosen: Sequence[str]) -> None:
        self._request = request
        self._levels = levels
        self._default = chosen[0]

    async def __call__(self, script: Script, **options: Unpack[Options]) -> CallResult:
        """Make a call beside the test's event loop, in a thread.

        Raises:
            pytest.fail.Exception: an expectation was not met, and `check` is not off.
            ConfigError: the script or the profile is not valid.
        """
        __tracebackhide__ = True
        with _told_to_pytest():
            level, run = await asyncio.to_thread(self._prepared, script, options)
            job = self._levels.job(level, run)
            playing = asyncio.create_task(asyncio.to_thread(self._play, level, job), name="scripted call")
            try:
                played = await asyncio.shield(playing)
            except asyncio.CancelledError:
                job.cancel()
                await asyncio.wait([playing])
                raise
        return self._judged(played, options)

    def run(self, script: Script, **options: Unpack[Options]) -> CallResult:
        """Make a call; for tests that are no coroutines. Raise as the coroutine does."""
        __tracebackhide__ = True
        with _told_to_pytest():
            level, run = self._prepared(script, options)
            played = self._play(level, self._levels.job(level, run))
        return self._judged(played, options)

    def _prepared(self, script: Script, options: Options) -> tuple[str, Run]:
        level = options.get("level", self._default)
        if level not in get_args(LevelName):
            raise ConfigError.single(
                "level", f"there is no level '{level}'", nearest=nearest(level, get_args(LevelName))
            )
        call, gate = self._loaded(script), options.get("gate", "callagent")
        plan = plan_call(call, profile=options.get("profile"), sets=options.get("sets", ()), gate=gate)
        if reason := plan.script.not_at(cast(LevelName, level)):
            raise LevelUnavailable(f"not made at level {level}: {reason}")
        self._levels.open(level)
        return level, Run(call, plan)

    def _loaded(self, script: Script) -> CallFile:
        if isinstance(script, str | Path):
            places = (Path.cwd(), self._request.config.rootpath, self._request.path.parent)
            return load_call(next((file for place in places if (file := place / script).is_file()), script))
        data = dict(script) if isinstance(script, Mapping) else {"steps": list(script)}
        return call_of({"call": self._request.node.name, **data}, self._request.path)

    def _play(self, level: str, job: Job) -> Played:
        with slots_for(level) if level in IN_REAL_TIME else nullcontext():
            return self._levels.play_job(level, job)

    def _judged(self, played: Played, options: Options) -> CallResult:
        __tracebackhide__ = True
        if played.result.failed and options.get("check", True):
            pytest.fail(str(CallFailed(played)))
        if (reason := not_judged(played.result)) and options.get("check", True):
            pytest.skip(reason)
        self._request.node.add_report_section("call", "scripted call", story(played))  # shown if the test fails
        return played.result

"""A file with a scripted call, and the call at one level."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from callagent.pytest_plugin.selected_levels import asked_by_name, chosen_levels

if TYPE_CHECKING:
    from callagent.pytest_plugin.playing import OpenLevels
    from callagent.scripted_calls import LevelName, Run

Repr = Any
"""What pytest prints of a failure; its type is not public."""


class ScriptFile(pytest.File):
    """A file with a scripted call. `make` gives the levels that the calls of this process share."""

    make: "Callable[[], OpenLevels]"

    def collect(self) -> Iterator["CallItem"]:
        """Yield one item for each level. A script that is not valid is an error of one line for each problem."""
        from callagent.scripted_calls import Run, load_call, plan_call
        from callagent.yaml_config import ConfigError

        try:
            call = load_call(self.path)
            run = Run(call, plan_call(call))
        except ConfigError as error:
            raise self.CollectError(str(error)) from error
        for level in chosen_levels(self.config):
            item: CallItem = CallItem.from_parent(self, name=level)
            item.run, item.make = run, self.make
            yield item


class CallItem(pytest.Item):
    """One call at one level, which is the item's name and its marker."""

    run: "Run"
    make: "Callable[[], OpenLevels]"

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.add_marker(self.level)

    @property
    def level(self) -> str:
        """The level at which the call runs."""
        return self.name

    def runtest(self) -> None:
        """Make the call. It is skipped at a level that is not available here or not meant, and where nobody judges.

        A level that was asked for and lacks one `pip install` fails: a run that skips all of it would pass.
        """
        from callagent.pytest_plugin.failure import CallFailed, not_judged
        from callagent.scripted_calls import LevelUnavailable
        from callagent.scripted_calls.run.live_call import ExtraMissing

        if reason := self.run.plan.script.not_at(cast("LevelName", self.level)):
            pytest.skip(f"not made at level {self.level}: {reason}")
        try:
            played = self.make().play(self.level, self.run)
        except LevelUnavailable as unavailable:
            if isinstance(unavailable, ExtraMissing) and asked_by_name(self.config, self.level):
                raise pytest.fail.Exception(str(unavailable), pytrace=False) from None
            pytest.skip(str(unavailable))
        if played.result.failed:
            raise CallFailed(played)
        if reason := not_judged(played.result):
            pytest.skip(reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Repr:
        """Return the conversation and what was expected; a traceback only of what nobody foresaw."""
        from callagent.pytest_plugin.failure import CallFailed
        from callagent.yaml_config import ConfigError

        if not isinstance(excinfo.value, CallFailed | ConfigError):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash is not None and isinstance(excinfo.value, CallFailed):
            failed = excinfo.value
            shown.reprcrash.path, shown.reprcrash.lineno = failed.file, failed.line or 1
            shown.reprcrash.message = failed.headline
        return shown

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Tell where the call stands, and what it is called."""
        return self.path, None, f"{self.run.call.script.call} (level {self.level})"

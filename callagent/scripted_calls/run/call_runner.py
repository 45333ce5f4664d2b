"""Makes calls: a level, its stages, the conductor, and what is left of each call."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from callagent.concurrency import all_of
from callagent.journal import Observation
from callagent.scripted_calls.levels.level import Checking, Level
from callagent.scripted_calls.measure.call_panel import measure, turns_of
from callagent.scripted_calls.measure.labels import labels_of
from callagent.scripted_calls.run.conductor import CALL_LIMIT_S, Conductor
from callagent.scripted_calls.run.judge import judge_of
from callagent.scripted_calls.run.live_call import Stage
from callagent.scripted_calls.run.result import CallResult, StepResult
from callagent.scripted_calls.script.call_file import CallFile
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.steps.verdict import Evidence
from callagent.turns import GateConfig


class Watcher:
    """What a run tells while it goes on, on the event loop. The methods may be overridden; they do nothing here."""

    def call_begins(self, call: CallFile, plan: CallPlan, level: Level) -> None:
        """Tell that a call is about to be made."""

    def observed(self, entry: Observation) -> None:
        """Tell that something was observed."""

    def step_done(self, result: StepResult) -> None:
        """Tell that a step's result is known."""

    def call_over(self, result: CallResult, stage: Stage) -> None:
        """Tell that a call is closed, or was broken off."""


@dataclass(frozen=True)
class Run:
    """A script, what it is made into, and how long the call may take in seconds of call time."""

    call: CallFile
    plan: CallPlan
    limit: float = CALL_LIMIT_S


@dataclass(frozen=True)
class FinishedCall:
    """A call that is over, with the stage it was made on: closed, its recording still to be saved."""

    call: CallFile
    plan: CallPlan
    result: CallResult
    stage: Stage


class CallBrokenOff(KeyboardInterrupt):
    """Ctrl-C in the middle of a call; `calls` is what there is of those that went on, empty when none had begun."""

    def __init__(self, *calls: FinishedCall) -> None:
        super().__init__("call broken off")
        self.calls = calls

    @property
    def finished(self) -> FinishedCall | None:
        """What there is of the first one."""
        return self.calls[0] if self.calls else None


def run_calls(
    level: Level, runs: Sequence[Run], watcher: Watcher | None = None, *, at_once: int = 1
) -> Iterator[FinishedCall]:
    """Make the calls and give each as soon as it is over, in their order.

    Args:
        at_once: calls side by side, at a level whose calls share a loop; that many begin together, and the next when
            they are all over.

    Raises:
        LevelUnavailable: the level cannot run here.
        ConfigError: a profile cannot be used here.
        CallBrokenOff: Ctrl-C.
    """
    watcher = watcher or Watcher()
    if isinstance(level, Checking):
        level.check([run.plan for run in runs])
    if not level.shared_loop:
        for run in runs:
            with asyncio.Runner(loop_factory=level.new_loop) as runner:
                (finished,) = _make(runner, level, [run], watcher)
            yield finished
        return
    with asyncio.Runner(loop_factory=level.new_loop) as runner, _started(level, runner):
        for first in range(0, len(runs), at_once):
            yield from _make(runner, level, runs[first : first + at_once], watcher)


@contextmanager
def _started(level: Level, runner: asyncio.Runner) -> Iterator[None]:
    try:
        runner.run(level.start())
        yield
    finally:
        runner.run(level.aclose())


def _make(runner: asyncio.Runner, level: Level, runs: Sequence[Run], watcher: Watcher) -> list[FinishedCall]:
    over: dict[int, FinishedCall] = {}

    making = [make_call(level, run, watcher, partial(over.__setitem__, index)) for index, run in enumerate(runs)]
    try:
        runner.run(all_of(*making) if len(making) > 1 else making[0])
    except KeyboardInterrupt as interrupt:
        raise CallBrokenOff(*(over[index] for index in sorted(over))) from interrupt
    return [over[index] for index in sorted(over)]


async def make_call(level: Level, run: Run, watcher: Watcher, keep: Callable[[FinishedCall], None]) -> None:
    """Make one call from start to close, and hand what is left of it to `keep`.

    A cancellation closes the call as well; what there is of it is kept, and the cancellation goes on.
    """
    watcher.call_begins(run.call, run.plan, level)
    stage = level.stage(run.plan)
    stage.log.listen(watcher.observed)
    conductor = Conductor(stage, run.plan, directory=run.call.path.parent, limit=run.limit, on_step=watcher.step_done)
    complete = False
    try:
        await stage.start()
        try:
            await conductor.run()
            complete = True
        finally:
            end = stage.log.ended.at if stage.log.ended else stage.log.now()
            await stage.aclose()
            try:
                if complete:
                    await conductor.ask(judge_of(os.environ))
            finally:
                result = _result(level, run, stage, conductor, end)
                watcher.call_over(result, stage)
                keep(FinishedCall(run.call, run.plan, result, stage))
    finally:
        await stage.aclose()


def _result(level: Level, run: Run, stage: Stage, conductor: Conductor, end: float) -> CallResult:
    labels = labels_of(run.plan.script.steps, GateConfig.from_profile(run.plan.profile).lexicon)
    spoken = conductor.scene.spoken
    panel = measure(stage, labels, end, spoken)
    conductor.look_back(Evidence(conductor.scene, panel, turns_of(stage, labels, end, spoken)))
    return CallResult(
        call=run.plan.script.call,
        file=str(run.call.path),
        level=level.name,
        seconds=end,
        steps=tuple(conductor.results),
        panel=panel,
        log=stage.log,
    )

"""Makes calls: a level, its stages, the conductor, and what is left of each call."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from callagent.calls.conductor import CALL_LIMIT_S, Conductor
from callagent.calls.labels import labels_of
from callagent.calls.load import CallFile
from callagent.calls.measure import measure
from callagent.calls.observe import Observation
from callagent.calls.result import CallResult, StepResult
from callagent.calls.stage import CallPlan, Checking, Level, Stage
from callagent.turns import GateConfig


class Watcher:
    """What a run tells while it goes on, on the event loop. The methods may be overridden; they do nothing here."""

    def call_begins(self, call: CallFile, plan: CallPlan, level: Level) -> None:
        """A call is about to be made."""

    def observed(self, entry: Observation) -> None:
        """Something was observed."""

    def step_done(self, result: StepResult) -> None:
        """A step's result is known."""

    def call_over(self, result: CallResult, stage: Stage) -> None:
        """A call is closed, or was broken off."""


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
    """Ctrl-C in the middle of a call; `finished` is what there is of it, None when it had not begun."""

    def __init__(self, finished: FinishedCall | None) -> None:
        super().__init__("call broken off")
        self.finished = finished


def run_calls(level: Level, runs: Sequence[Run], watcher: Watcher | None = None) -> Iterator[FinishedCall]:
    """Makes the calls one after the other and gives each as soon as it is over.

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
                finished = _make(runner, level, run, watcher)
            yield finished
        return
    with asyncio.Runner(loop_factory=level.new_loop) as runner, _started(level, runner):
        for run in runs:
            yield _make(runner, level, run, watcher)


@contextmanager
def _started(level: Level, runner: asyncio.Runner) -> Iterator[None]:
    try:
        runner.run(level.start())
        yield
    finally:
        runner.run(level.aclose())


def _make(runner: asyncio.Runner, level: Level, run: Run, watcher: Watcher) -> FinishedCall:
    over: list[FinishedCall] = []
    try:
        runner.run(make_call(level, run, watcher, over.append))
    except KeyboardInterrupt as interrupt:
        raise CallBrokenOff(over[0] if over else None) from interrupt
    return over[0]


async def make_call(level: Level, run: Run, watcher: Watcher, keep: Callable[[FinishedCall], None]) -> None:
    """Makes one call from start to close, and hands what is left of it to `keep`.

    A cancellation closes the call as well; what there is of it is kept, and the cancellation goes on.
    """
    watcher.call_begins(run.call, run.plan, level)
    stage = level.stage(run.plan)
    stage.log.listen(watcher.observed)
    conductor = Conductor(stage, run.plan, directory=run.call.path.parent, limit=run.limit, on_step=watcher.step_done)
    try:
        await stage.start()
        try:
            await conductor.run()
        finally:
            end = stage.log.ended.at if stage.log.ended else stage.log.now()
            await stage.aclose()
            result = _result(level, run, stage, conductor, end)
            watcher.call_over(result, stage)
            keep(FinishedCall(run.call, run.plan, result, stage))
    finally:
        await stage.aclose()


def _result(level: Level, run: Run, stage: Stage, conductor: Conductor, end: float) -> CallResult:
    conductor.look_back()
    labels = labels_of(run.plan.script.steps, GateConfig.from_profile(run.plan.profile).lexicon)
    return CallResult(
        call=run.plan.script.call,
        file=str(run.call.path),
        level=level.name,
        seconds=end,
        steps=tuple(conductor.results),
        panel=measure(stage, labels, end),
        log=stage.log,
    )

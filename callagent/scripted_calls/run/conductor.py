"""Drives one call: carries the script's steps out on a stage and says what became of each."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from callagent.journal import CallEnded
from callagent.phrases import SlowExpressionError
from callagent.scripted_calls.run.call_view import CallerAct, Scene
from callagent.scripted_calls.run.judge import Judge
from callagent.scripted_calls.run.live_call import Stage
from callagent.scripted_calls.run.result import StepResult, conversation
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.callee import Callee
from callagent.scripted_calls.script.caller import CallerAudio
from callagent.scripted_calls.script.steps.base import HindsightStep, LiveStep, Step
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.expectations.judged_by_llm import Judged
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, milliseconds

CALL_LIMIT_S = 180.0
"""Longest scripted call, seconds of call time."""

SETTLE_S = 1.0
"""Seconds for which a call is watched after its last step and the caller's last word: for what must never happen, and
for late transcripts and decisions."""


BROKEN_OFF = Verdict(False, "not reached: the call was broken off")


class Conductor:
    """One run of a script.

    Args:
        stage: the call; started and closed by whoever made it.
        plan: what the stage was made from.
        directory: where the script stands, for its recordings.
        limit: longest call, seconds of call time.
        on_step: told of each step when its result is known.
    """

    def __init__(
        self,
        stage: Stage,
        plan: CallPlan,
        *,
        directory: Path,
        limit: float = CALL_LIMIT_S,
        on_step: Callable[[StepResult], None] = lambda result: None,
    ) -> None:
        self._stage = stage
        self._plan = plan
        self._limit = limit
        self._on_step = on_step
        self.scene = Scene(stage, plan.profile.greeting, directory=directory)
        self.results: list[StepResult] = []
        self._reached: set[int] = set()
        self._to_judge: dict[int, tuple[Judged, str]] = {}

    async def run(self) -> list[StepResult]:
        """Carry out every step; what cannot be reached fails and says why."""
        if (called := self._plan.script.called) is not None:
            Callee(called, self._stage.log, self._called_side_says).begin()
        steps = self._plan.script.steps
        lost = ""
        for number, step in enumerate(steps, start=1):
            if isinstance(step, HindsightStep) and not lost:
                await self._look_later(number, step)
                continue
            verdict = Verdict(False, f"not reached: {lost}") if lost else await self._within_limit(number, step)
            if verdict.gives_up:
                lost = f"step {number} failed"
            acts = isinstance(step, CallerStep)
            self._tell(
                StepResult(number, verdict.passed, step.describe(), verdict.observed, acts, self._stage.log.now())
            )
        if not lost:
            await self.scene.act_over()
            await self._stage.log.sleep_until(self._stage.log.now() + SETTLE_S)
        return self.results

    async def ask(self, judge: Judge) -> None:
        """Have an LLM judge what the script wants judged; when the call is closed."""
        for number, (step, said) in self._to_judge.items():
            self._tell(_result(number, step, await step.ask(judge, said)))

    def look_back(self, evidence: Evidence) -> list[StepResult]:
        """Judge what must never have happened, and fail what a broken-off call left undone.

        To be called when the call is closed and its log complete.
        """
        steps = self._plan.script.steps
        told = {result.step for result in self.results}
        for number, step in enumerate(steps, start=1):
            if number in told:
                continue
            if number in self._reached and isinstance(step, HindsightStep):
                self._tell(_result(number, step, step.look_back(evidence)))
            else:
                self.results.append(_result(number, step, BROKEN_OFF))
        for number, entry in enumerate(self._plan.script.never, start=len(steps) + 1):
            try:
                verdict = entry.look_for(evidence)
            except SlowExpressionError as error:
                verdict = Verdict(False, str(error))
            self._tell(StepResult(number, verdict.passed, f"never: {entry.describe()}", verdict.observed))
        beyond = len(steps) + len(self._plan.script.never) + 1
        for number, wanted in enumerate(self._plan.script.must, start=beyond):
            verdict = wanted.look_for(evidence)
            self._tell(StepResult(number, verdict.passed, f"must: {wanted.describe()}", verdict.observed))
        self.results.sort(key=lambda result: result.step)
        return self.results

    async def _look_later(self, number: int, step: HindsightStep) -> None:
        self._reached.add(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._limit - self._stage.log.now())):
                await step.reach(self.scene)
        if isinstance(step, Judged):
            self._to_judge[number] = step, conversation(self._stage.log)

    def _called_side_says(self, what: CallerAudio) -> None:
        self.scene.act = CallerAct(0, self.scene.speak(what), self.scene.now)

    async def _within_limit(self, number: int, step: Step) -> Verdict:
        left = self._limit - self._stage.log.now()
        try:
            async with asyncio.timeout(max(0.0, left)):
                return await self._perform(number, step)
        except TimeoutError:
            self._stage.log.add(CallEnded(self._stage.log.now(), "timeout"))
            told = f"the call took longer than {milliseconds(self._limit)}"
            return Verdict(False, told, gives_up=True)
        except SlowExpressionError as error:
            return Verdict(False, str(error), gives_up=True)

    async def _perform(self, number: int, step: Step) -> Verdict:
        if self.scene.log.ended is not None and not step.outlives_call:
            return Verdict(False, f"not reached: {self.scene.ending}")
        if not isinstance(step, LiveStep):
            raise TypeError(f"a step that nobody carries out: {step!r}")
        return await step.carry_out(self.scene, number)

    def _tell(self, result: StepResult) -> None:
        self.results.append(result)
        self._on_step(result)


def _result(number: int, step: Step, verdict: Verdict) -> StepResult:
    """Return the result of a step that was judged after the call."""
    return StepResult(number, verdict.passed, step.describe(), verdict.observed, judged=verdict.judged)

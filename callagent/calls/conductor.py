"""Drives one call: carries the script's steps out on a stage and says what became of each."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from callagent.calls.describe import describe, describe_never
from callagent.calls.expectations.acting import act
from callagent.calls.expectations.happening import call_ends, never, tool_is_called
from callagent.calls.expectations.saying import agent_says, replies
from callagent.calls.expectations.speaking import is_silent, keeps_speaking, stops
from callagent.calls.expectations.verdict import Verdict, milliseconds
from callagent.calls.load import caller_audio
from callagent.calls.observe import CallEnded
from callagent.calls.result import StepResult
from callagent.calls.scene import Scene
from callagent.calls.stage import CallPlan, Stage
from callagent.calls.steps import (
    AgentSays,
    CallEnds,
    CallerStep,
    IsSilent,
    KeepsSpeaking,
    Replies,
    Step,
    Stops,
    ToolIsCalled,
)

CALL_LIMIT_S = 180.0
"""Longest scripted call, seconds of call time."""

SETTLE_S = 1.0
"""Seconds for which a call is watched after its last step and the caller's last word: for what must never happen, and
for late transcripts and decisions."""


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
        self._directory = directory
        self._limit = limit
        self._on_step = on_step
        self._scene = Scene(stage, plan.profile.greeting)
        self.results: list[StepResult] = []

    async def run(self) -> list[StepResult]:
        """Carries out every step; what cannot be reached fails and says why."""
        steps = self._plan.script.steps
        lost = ""
        for number, step in enumerate(steps, start=1):
            verdict = Verdict(False, f"not reached: {lost}") if lost else await self._within_limit(number, step)
            if verdict.gives_up:
                lost = f"step {number} failed"
            acts = isinstance(step, CallerStep)
            self._tell(
                StepResult(number, verdict.passed, describe(step), verdict.observed, acts, self._stage.log.now())
            )
        if not lost:
            await self._scene.act_over()
            await self._stage.log.sleep_until(self._stage.log.now() + SETTLE_S)
        return self.results

    def look_back(self) -> list[StepResult]:
        """Judges what must never have happened, and fails what a broken-off call left undone.

        To be called when the call is closed and its log complete.
        """
        steps = self._plan.script.steps
        for number, step in list(enumerate(steps, start=1))[len(self.results) :]:
            self.results.append(StepResult(number, False, describe(step), "not reached: the call was broken off"))
        for number, entry in enumerate(self._plan.script.never, start=len(steps) + 1):
            verdict = never(entry, self._stage.log)
            self._tell(StepResult(number, verdict.passed, describe_never(entry), verdict.observed))
        return self.results

    async def _within_limit(self, number: int, step: Step) -> Verdict:
        left = self._limit - self._stage.log.now()
        try:
            async with asyncio.timeout(max(0.0, left)):
                return await self._perform(number, step)
        except TimeoutError:
            self._stage.log.add(CallEnded(self._stage.log.now(), "timeout"))
            told = f"the call took longer than {milliseconds(self._limit)}"
            return Verdict(False, told, gives_up=True)

    async def _perform(self, number: int, step: Step) -> Verdict:
        scene = self._scene
        if scene.log.ended is not None and not isinstance(step, CallEnds | ToolIsCalled):
            return Verdict(False, f"not reached: {scene.ending}")
        match step:
            case CallerStep():
                return await act(step, number, caller_audio(step, self._directory), scene)
            case AgentSays():
                return await agent_says(step, scene)
            case KeepsSpeaking():
                return await keeps_speaking(step, scene)
            case Stops():
                return await stops(step, scene)
            case Replies():
                return await replies(step, scene)
            case IsSilent():
                return await is_silent(step, scene)
            case CallEnds():
                return await call_ends(step, scene)
            case ToolIsCalled():
                return await tool_is_called(step, scene)
        raise TypeError(f"a step that nobody carries out: {step!r}")

    def _tell(self, result: StepResult) -> None:
        self.results.append(result)
        self._on_step(result)

"""Drives one call: carries the script's steps out on a stage and says what became of each."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from callagent.calls.callee import Callee
from callagent.calls.caller import CallerAudio
from callagent.calls.conversation import conversation
from callagent.calls.describe import describe, describe_never
from callagent.calls.expectations.acting import act
from callagent.calls.expectations.happening import call_ends, tool_is_called
from callagent.calls.expectations.hindsight import Evidence, never, no_turn_lost, panel_holds
from callagent.calls.expectations.outcomes import is_transferred, keys_are_sent, says, transcript_has
from callagent.calls.expectations.saying import agent_says, replies
from callagent.calls.expectations.speaking import is_silent, keeps_speaking, stops
from callagent.calls.expectations.verdict import Verdict, milliseconds
from callagent.calls.judge import Judge, NotJudged
from callagent.calls.load import caller_audio
from callagent.calls.observe import CallEnded
from callagent.calls.outcomes import (
    IsTransferred,
    Judged,
    KeysAreSent,
    NoTurnLost,
    PanelHolds,
    Says,
    TranscriptHas,
)
from callagent.calls.result import StepResult
from callagent.calls.scene import CallerAct, Scene
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
from callagent.phrases import SlowExpressionError

CALL_LIMIT_S = 180.0
"""Longest scripted call, seconds of call time."""

SETTLE_S = 1.0
"""Seconds for which a call is watched after its last step and the caller's last word: for what must never happen, and
for late transcripts and decisions."""

REPLY_S = 5.0
"""Seconds after the caller's last word for which the reply is waited for that an LLM is to judge."""

IN_HINDSIGHT = (PanelHolds, NoTurnLost, Judged)
"""Steps that are judged when the call is over."""

AFTER_THE_END = (CallEnds, ToolIsCalled, TranscriptHas, IsTransferred, KeysAreSent)
"""Steps that can be met by a call that has ended."""


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
        self.scene = Scene(stage, plan.profile.greeting)
        self.results: list[StepResult] = []
        self._reached: set[int] = set()
        self._to_judge: dict[int, tuple[str, str]] = {}

    async def run(self) -> list[StepResult]:
        """Carries out every step; what cannot be reached fails and says why."""
        if (called := self._plan.script.called) is not None:
            Callee(called, self._stage.log, self._called_side_says).begin()
        steps = self._plan.script.steps
        lost = ""
        for number, step in enumerate(steps, start=1):
            if isinstance(step, IN_HINDSIGHT) and not lost:
                await self._look_later(number, step)
                continue
            verdict = Verdict(False, f"not reached: {lost}") if lost else await self._within_limit(number, step)
            if verdict.gives_up:
                lost = f"step {number} failed"
            acts = isinstance(step, CallerStep)
            self._tell(
                StepResult(number, verdict.passed, describe(step), verdict.observed, acts, self._stage.log.now())
            )
        if not lost:
            await self.scene.act_over()
            await self._stage.log.sleep_until(self._stage.log.now() + SETTLE_S)
        return self.results

    async def ask(self, judge: Judge) -> None:
        """Has an LLM judge what the script wants judged; in a thread, when the call is closed."""
        for number, (criterion, said) in self._to_judge.items():
            try:
                judgement = await asyncio.to_thread(judge.judge, criterion, said)
            except NotJudged as reason:
                unjudged = StepResult(number, False, f"judge: {criterion}", f"not judged: {reason}", judged=False)
                self._tell(unjudged)
            else:
                self._tell(StepResult(number, judgement.met, f"judge: {criterion}", judgement.reason))

    def look_back(self, evidence: Evidence) -> list[StepResult]:
        """Judges what must never have happened, and fails what a broken-off call left undone.

        To be called when the call is closed and its log complete.
        """
        steps = self._plan.script.steps
        told = {result.step for result in self.results}
        for number, step in enumerate(steps, start=1):
            if number not in told:
                verdict = self._in_hindsight(number, step, evidence)
                result = StepResult(number, verdict.passed, describe(step), verdict.observed)
                if number in self._reached:
                    self._tell(result)
                else:
                    self.results.append(result)
        for number, entry in enumerate(self._plan.script.never, start=len(steps) + 1):
            try:
                verdict = never(entry, evidence)
            except SlowExpressionError as error:
                verdict = Verdict(False, str(error))
            self._tell(StepResult(number, verdict.passed, describe_never(entry), verdict.observed))
        self.results.sort(key=lambda result: result.step)
        return self.results

    def _in_hindsight(self, number: int, step: Step, evidence: Evidence) -> Verdict:
        if number in self._reached and isinstance(step, PanelHolds):
            return panel_holds(step.expect.panel, evidence)
        if number in self._reached and isinstance(step, NoTurnLost):
            return no_turn_lost(evidence)
        return Verdict(False, "not reached: the call was broken off")

    async def _look_later(self, number: int, step: Step) -> None:
        self._reached.add(number)
        if isinstance(step, Judged):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._limit - self._stage.log.now())):
                    await self._reply_over()
            self._to_judge[number] = step.judge, conversation(self._stage.log)

    async def _reply_over(self) -> None:
        """Waits until the agent has answered the caller's last act and is done."""
        scene, over = self.scene, await self.scene.act_over()
        if (act := scene.act) is not None and over is not None:
            await scene.wait(lambda: scene.reply_start(act.started), until=over + REPLY_S)
        await scene.wait_unless_quiet(lambda: scene.since("agent listening"))

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
        scene = self.scene
        if scene.log.ended is not None and not isinstance(step, AFTER_THE_END):
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
            case Says():
                return await says(step, scene)
            case KeysAreSent():
                return await keys_are_sent(step, scene)
            case IsTransferred():
                return await is_transferred(step, scene)
            case TranscriptHas():
                return await transcript_has(step, scene)
        raise TypeError(f"a step that nobody carries out: {step!r}")

    def _tell(self, result: StepResult) -> None:
        self.results.append(result)
        self._on_step(result)

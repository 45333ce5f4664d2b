"""`- judge: …`: an LLM judges the conversation up to here."""

import asyncio

from pydantic import Field

from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.run.judge import Judge, NotJudged
from callagent.scripted_calls.script.steps.base import HindsightStep
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict
from callagent.yaml_config.validation import Text

REPLY_S = 5.0
"""Seconds after the caller's last word for which the reply is waited for that is to be judged."""


class Judged(HindsightStep):
    """An LLM judges the conversation up to here."""

    judge: Text = Field(description="What must be true of the conversation up to the end of the agent's reply.")

    def describe(self) -> str:
        """Say what has to be true."""
        return f"judge: {self.judge}"

    async def reach(self, scene: Scene) -> None:
        """Wait until the agent has answered the caller's last act and is done."""
        over = await scene.act_over()
        if (act := scene.act) is not None and over is not None:
            await scene.wait(lambda: scene.reply_start(act.started), until=over + REPLY_S)
        await scene.wait_unless_quiet(lambda: scene.since("agent listening"))

    async def ask(self, judge: Judge, conversation: str) -> Verdict:
        """Have the judge, in a thread, say whether it is true of the conversation, when the call is closed."""
        try:
            judgement = await asyncio.to_thread(judge.judge, self.judge, conversation)
        except NotJudged as reason:
            return Verdict(False, f"not judged: {reason}", judged=False)
        return Verdict(judgement.met, judgement.reason)

    def look_back(self, evidence: Evidence) -> Verdict:
        """Fail: the judge is asked as soon as the call is over, and has not been only where it was broken off."""
        return Verdict(False, "not reached: the call was broken off")

"""`- expect: {transcript: …}`: words stand in the conversation as the agent keeps it."""

from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import ObservationLog, TurnAdded
from callagent.phrases import Found, Phrase, find, shown
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, quoted
from callagent.yaml_config.units import written

Side = Literal["caller", "agent", "anybody"]

ROLES = {"caller": ("user",), "agent": ("assistant",), "anybody": ("user", "assistant")}


class Transcript(Never):
    """Words in the conversation as the agent keeps it."""

    transcript: Phrase
    of: Side = Field("anybody", description="Whose words.")

    def turns(self, log: ObservationLog) -> list[TurnAdded]:
        """List the turns of those whose words count."""
        return [turn for turn in log.of(TurnAdded) if turn.role in ROLES[self.of]]

    def found(self, log: ObservationLog) -> str | None:
        """Find the words as they stand in the conversation, None when they do not."""
        for turn in self.turns(log):
            if isinstance(found := find(self.transcript, turn.text), Found):
                return turn.text[found.start : found.end] or shown(self.transcript)
        return None

    def describe(self) -> str:
        """Say which words, and whose."""
        return f"the transcript has {shown(self.transcript)}" + (
            "" if self.of == "anybody" else f", said by the {self.of}"
        )

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for the words in the whole conversation."""
        words = self.found(evidence.log)
        return unless(f"the transcript has {quoted(words)}" if words is not None else "", "not in the transcript")


class TranscriptHas(LiveStep):
    """The conversation as the agent keeps it has these words."""

    looks_back: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True

    expect: Transcript
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which words, and whose."""
        return self.expect.describe()

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Look for the words in the conversation, and wait for them to come into it."""
        until = await deadline(scene, self.within)
        found = await scene.log.wait_for(lambda: self.expect.found(scene.log), until=until)
        if found is not None:
            return Verdict(True, f"the transcript has {quoted(found)}")
        whole = " / ".join(turn.text for turn in self.expect.turns(scene.log))
        return Verdict(False, f"the transcript is {quoted(whole, 200)}" if whole else "the transcript is empty")

"""`- expect: agent is silent`: the agent says nothing new; in `never`, a silence of both sides."""

from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import AgentAudible
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, TakenAs, Wait
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length, milliseconds


class IsSilent(EventStep):
    """The agent says nothing."""

    takes_utterance_as: ClassVar[TakenAs | None] = "ignored"
    never_keys: ClassVar[tuple[str, ...]] = ("for",)

    expect: Literal["agent is silent"]
    for_: Wait = Field(
        "2 s", alias="for", validate_default=True, description="How long, counted from the caller's last sample."
    )

    def describe(self) -> str:
        """Say for how long the agent has to be silent."""
        return f"agent is silent for {length(self.for_)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Watch from the caller's last sample on whether the agent says something new.

        What it was saying before the caller's last act it may bring to its end; the time counts from there.
        """
        reached = scene.now
        over = await scene.act_over()
        start = max(reached, over or 0.0)
        speaking_since = scene.since("agent speaking")
        if speaking_since is not None and over is not None and scene.act and speaking_since > scene.act.started:
            return Verdict(False, f"the agent was speaking, since {speaking_since:.2f} s")
        if speaking_since is not None:
            ended = await scene.wait(lambda: scene.playout_end(start))
            start = scene.silence_at(ended, start) if ended else start
        heard = await scene.wait(
            lambda: next((entry for entry in scene.log.of(AgentAudible) if entry.at > start), None),
            until=start + self.for_,
        )
        if heard is not None:
            return Verdict(False, f"the agent spoke {milliseconds(heard.at - start)} later, {clock(heard.at)}")
        if scene.log.ended and scene.log.ended.at < start + self.for_:
            return Verdict(False, scene.ending)
        return Verdict(True, f"the agent was silent for {milliseconds(self.for_)}")

    @classmethod
    def describe_never(cls, entry: NamedEvent) -> str:
        """Say which silence is forbidden."""
        return f"{entry.expect} for {length(entry.for_)}"

    def is_forbidden_by(self, entry: NamedEvent) -> bool:
        """Never: the agent may be silent while the caller is not."""
        return False

    @classmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look for a silence of both sides between the first sound and the end of the call."""
        timeline = evidence.scene.stage.timeline
        spans = sorted([*timeline.caller, *timeline.agent], key=lambda span: span.start)
        if not spans:
            return Verdict(False, "nobody was audible in the whole call")
        ended = evidence.log.ended
        over, worst, at = spans[0].end, 0.0, 0.0
        for start, end in [*((span.start, span.end) for span in spans), (ended.at if ended else over, 0.0)]:
            if start - over > worst:
                worst, at = start - over, over
            over = max(over, end)
        if worst >= entry.for_:
            return Verdict(False, f"nobody spoke for {milliseconds(worst)} {clock(at)}")
        return Verdict(True, f"the longest silence of both was {milliseconds(worst)}")

"""`- expect: call ends`: the call comes to its end, for the right reason."""

from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import EndReason
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, Wait, unless
from callagent.scripted_calls.script.steps.verdict import EXACT_S, Evidence, Verdict, length, milliseconds
from callagent.yaml_config.units import written


class CallEnds(EventStep):
    """The call comes to its end."""

    outlives_caller: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True
    never_keys: ClassVar[tuple[str, ...]] = ("reason",)

    expect: Literal["call ends"]
    within: Wait = written("5 s", "From the moment that the step is reached.")
    reason: EndReason | None = Field(None, description="Who or what ended it.")

    def describe(self) -> str:
        """Say by when the call has to end, and why."""
        return f"call ends within {length(self.within)}" + (f": {self.reason}" if self.reason else "")

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for the end of the call."""
        ended = await scene.log.wait_for(lambda: scene.log.ended, until=scene.now + self.within + EXACT_S)
        if ended is None:
            return Verdict(False, f"the call was still going on after {milliseconds(self.within)}")
        return Verdict(self.reason in (None, ended.reason), scene.ending)

    @classmethod
    def describe_never(cls, entry: NamedEvent) -> str:
        """Say which end is forbidden."""
        return entry.expect + (f": {entry.reason}" if entry.reason else "")

    def is_forbidden_by(self, entry: NamedEvent) -> bool:
        """Tell whether the very reason is forbidden."""
        return entry.reason == self.reason

    @classmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look whether the call ended for the reason, or without one by anybody but the caller."""
        ended = evidence.log.ended
        wrong = ended is not None and (
            ended.reason == entry.reason if entry.reason else ended.reason != "caller hung up"
        )
        return unless(evidence.scene.ending if wrong else "", "it did not")

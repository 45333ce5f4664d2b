"""`- expect: {agent: …}`: which agent has the call: one of the profile, or of the author's own."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator

from callagent.journal import HandedOver
from callagent.phrases import check_expression, find, is_expression
from callagent.profile import Profile, agent_flaw
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, PlannedCall, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length
from callagent.yaml_config import Flaw
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class Charge(Never):
    """An agent that has the call."""

    agent: Text = Field(
        description="Its name in the profile, livekit's `id` of another (of a class `OrderDesk` it is `order_desk`), "
        "or /a regular expression/."
    )

    @field_validator("agent")
    @classmethod
    def _findable(cls, agent: str) -> str:
        return check_expression(agent)

    def fits(self, entry: HandedOver) -> bool:
        """Tell whether it is the agent that is meant; case does not count."""
        if is_expression(self.agent):
            return find(self.agent, entry.agent) is not None
        return self.agent.strip().casefold() == entry.agent.casefold()

    def describe(self) -> str:
        """Say which agent."""
        return f"the agent {self.agent} has the call"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same agent."""
        return isinstance(step, HasCall) and self.agent == step.expect.agent

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of an agent that is misspelt."""
        flaw = self.flaw(call.profile)
        if flaw is not None and flaw.nearest:
            yield flaw

    def flaw(self, profile: Profile) -> Flaw | None:
        """Tell why no agent of the profile's calls can be the one that is meant."""
        found = None if is_expression(self.agent) else agent_flaw(profile, self.agent)
        return None if found is None else Flaw(("agent",), *found)

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for a moment at which the agent got the call."""
        found = [entry for entry in evidence.log.of(HandedOver) if self.fits(entry)]
        return unless(f"{found[0].agent} got it {clock(found[0].at)}" if found else "", "it never had it")


class HasCall(LiveStep):
    """The agent has the call: now, or soon enough."""

    outlives_call: ClassVar[bool] = True

    expect: Charge
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which agent, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of an agent that the call cannot have."""
        if flaw := self.expect.flaw(call.profile):
            yield Flaw(("expect", "agent"), f"can never be met: {flaw.message}", flaw.nearest)

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait until the agent that got the call last is the one that is meant."""
        until = await deadline(scene, self.within)

        def in_charge() -> HandedOver | None:
            last = scene.log.last(HandedOver)
            return last if last is not None and self.expect.fits(last) else None

        found = await scene.wait(in_charge, until=until)
        if found is not None:
            return Verdict(True, f"{found.agent} has had it since {found.at:.2f} s")
        last = scene.log.last(HandedOver)
        return Verdict(False, f"{last.agent} has had it since {last.at:.2f} s" if last else "no agent has had it")

"""`- expect: {dtmf_sent: …}`: the agent sends keys."""

from typing import ClassVar

from pydantic import Field, field_validator

from callagent.journal import AgentKeys, ObservationLog
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.caller import telephone_keys
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class KeysSent(Never):
    """Keys that the agent sends."""

    dtmf_sent: Text = Field(
        description="The keys, in the order in which they are sent; in quotes.",
        json_schema_extra={"pattern": "^[0-9A-Da-d*#]+$"},
    )

    @field_validator("dtmf_sent")
    @classmethod
    def _keys_exist(cls, keys: str) -> str:
        return telephone_keys(keys).upper()

    def describe(self) -> str:
        """Say which keys."""
        return f"the agent sends {self.dtmf_sent}"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects keys with these among them."""
        return isinstance(step, KeysAreSent) and self.dtmf_sent in step.expect.dtmf_sent

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for the keys among all that were sent."""
        sent = _all_sent(evidence.log)
        return unless(f"the agent sent {sent}" if self.dtmf_sent in sent else "", "not sent")


class KeysAreSent(LiveStep):
    """The agent sends keys."""

    outlives_call: ClassVar[bool] = True

    expect: KeysSent
    within: Wait = written("5 s", "From the moment that the step is reached.")

    def describe(self) -> str:
        """Say which keys have to be sent, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for the keys, after those that earlier steps have taken."""
        wanted = self.expect.dtmf_sent
        until = await deadline(scene, self.within)
        found = await scene.wait(lambda: scene.next_keys(wanted), until=until)
        if found is not None:
            return Verdict(True, f"the agent sent {wanted} {clock(found)}")
        sent = _all_sent(scene.log)
        return Verdict(False, f"the agent sent {sent}" if sent else "the agent sent no keys")


def _all_sent(log: ObservationLog) -> str:
    return "".join(entry.digits for entry in log.of(AgentKeys))

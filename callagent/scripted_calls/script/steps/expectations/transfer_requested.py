"""`- expect: {transfer: …}`: the agent asks for a transfer."""

from typing import ClassVar

from pydantic import Field, field_validator

from callagent.journal import TransferRequested
from callagent.phrases import check_expression, find, is_expression
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class Transfer(Never):
    """A transfer that the agent asks for."""

    transfer: Text = Field(description="Where to: a number or a sip: URI as it is, or /a regular expression/.")

    @field_validator("transfer")
    @classmethod
    def _findable(cls, to: str) -> str:
        return check_expression(to)

    def fits(self, entry: TransferRequested) -> bool:
        """Tell whether a transfer is the one that is meant; spaces, hyphens and case do not count."""
        if is_expression(self.transfer):
            return find(self.transfer, entry.to) is not None
        return _plain(self.transfer) == _plain(entry.to)

    def describe(self) -> str:
        """Say where to."""
        return f"a transfer to {self.transfer} is requested"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same transfer."""
        return isinstance(step, IsTransferred) and self.transfer == step.expect.transfer

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for such a transfer."""
        transfers = [each for each in evidence.log.of(TransferRequested) if self.fits(each)]
        return unless(_told(transfers[0]) if transfers else "", "not requested")


class IsTransferred(LiveStep):
    """The agent asks for a transfer."""

    outlives_call: ClassVar[bool] = True

    expect: Transfer
    within: Wait = written("5 s", "From the moment that the step is reached.")

    def describe(self) -> str:
        """Say where to, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for a transfer that fits and that no earlier step has taken."""
        until = await deadline(scene, self.within)
        found = await scene.wait(lambda: scene.next_transfer(self.expect.fits), until=until)
        if found is not None:
            return Verdict(True, _told(found))
        others = [_told(entry) for entry in scene.log.of(TransferRequested)]
        return Verdict(False, "; ".join(others) or "no transfer was requested")


def _told(entry: TransferRequested) -> str:
    refused = f", refused: {entry.refused}" if entry.refused else ""
    return f"a transfer to {entry.to} was requested {clock(entry.at)}{refused}"


def _plain(to: str) -> str:
    return "".join(character for character in to.casefold() if character not in " -()")

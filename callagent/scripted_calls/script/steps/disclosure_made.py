"""What the other side was told: `- expect: {disclosed: ai}`, and `must: {disclosed: ai, within: 10 s}` of a call."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from callagent.journal import Disclosed, DisclosureMissed, ObservationLog
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Must, Never, PlannedCall, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import EXACT_S, Evidence, Verdict, clock, length, milliseconds
from callagent.yaml_config import Flaw, nearest
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


def _unknown(kind: str, call: PlannedCall) -> Iterator[Flaw]:
    """Tell of a disclosure that no call with this profile makes, the path being that of its key."""
    settings = call.profile.compliance
    if kind not in settings.disclosures:
        known = ", ".join(settings.disclosures) or "none"
        message = f"the profile has no disclosure '{kind}' (compliance.disclosures: {known})"
        yield Flaw(("disclosed",), message, nearest(kind, settings.disclosures))
    elif kind not in settings.due(call.direction):
        yield Flaw(("disclosed",), f"'{kind}' is not disclosed in a call that is {call.direction}")


def _whole(log: ObservationLog, kind: str) -> Disclosed | None:
    return next((entry for entry in log.of(Disclosed) if entry.kind == kind and entry.complete), None)


def _otherwise(log: ObservationLog, kind: str) -> str:
    """Say what became of a disclosure that was not made whole."""
    if cut_off := [entry for entry in log.of(Disclosed) if entry.kind == kind]:
        return f"cut off {clock(cut_off[-1].at)}"
    missed = next((entry for entry in log.of(DisclosureMissed) if entry.kind == kind), None)
    return f"not said: {missed.why}" if missed else "not said"


class Disclosure(Never):
    """Something of `compliance.disclosures` was said whole."""

    disclosed: Text = Field(description="Its name in the profile: ai, recording, opt_out, company, …")

    def describe(self) -> str:
        """Say what."""
        return f"{self.disclosed} is disclosed"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same."""
        return isinstance(step, IsDisclosed) and self == step.expect

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of one that no call with this profile makes."""
        yield from _unknown(self.disclosed, call)

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look whether it was said whole."""
        found = _whole(evidence.log, self.disclosed)
        return unless(f"it was {clock(found.at)}" if found else "", "it was not")


class IsDisclosed(LiveStep):
    """Something of `compliance.disclosures` has been said whole."""

    outlives_call: ClassVar[bool] = True
    has_agent_speak: ClassVar[bool] = True

    expect: Disclosure
    within: Wait = written("10 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say what, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of one that no call with this profile makes."""
        for flaw in self.expect.profile_flaws(call):
            yield Flaw(("expect", *flaw.path), flaw.message, flaw.nearest)

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait until it has been said."""
        kind = self.expect.disclosed
        found = await scene.wait(lambda: _whole(scene.log, kind), until=await deadline(scene, self.within))
        return Verdict(True, f"said {clock(found.at)}") if found else Verdict(False, _otherwise(scene.log, kind))


class MustBeDisclosed(Must):
    """Something of `compliance.disclosures` is said whole in the call."""

    disclosed: Text = Field(description="Its name in the profile: ai, recording, opt_out, company, …")
    within: Wait | None = Field(None, description="From the answer; left out: at any time in the call.")

    def describe(self) -> str:
        """Say what, and by when."""
        return f"{self.disclosed} is disclosed" + (f" within {length(self.within)}" if self.within else "")

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell of one that no call with this profile makes."""
        yield from _unknown(self.disclosed, call)

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look when it was said."""
        found = _whole(evidence.log, self.disclosed)
        if found is None:
            return Verdict(False, _otherwise(evidence.log, self.disclosed))
        in_time = self.within is None or found.offset <= self.within + EXACT_S
        return Verdict(in_time, f"said {milliseconds(found.offset)} after the answer")

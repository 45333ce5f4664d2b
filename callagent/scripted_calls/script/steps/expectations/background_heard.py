"""`- expect: {background: …}`: a sound in the background is playing, or has ended."""

from pathlib import PurePath
from typing import ClassVar

from pydantic import Field

from callagent.journal import BackgroundSound, ObservationLog
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Step, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length
from callagent.yaml_config.units import written
from callagent.yaml_config.validation import Text


class Background(Never):
    """A sound in the background."""

    background: Text = Field(
        description="Which one: a clip (`office`, `keyboard`, …), the name of a file, or `ambient` or `thinking`."
    )
    playing: bool = Field(True, description="false: it must have been heard, and have ended.")

    def fits(self, entry: BackgroundSound) -> bool:
        """Tell whether it is the sound that is meant."""
        wanted = self.background.casefold()
        return wanted in (entry.kind, entry.sound.casefold(), PurePath(entry.sound).name.casefold())

    def describe(self) -> str:
        """Say which sound, and whether it goes on."""
        return f"the sound {self.background} {'is playing' if self.playing else 'has ended'} in the background"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same."""
        return isinstance(step, IsHeard) and self == step.expect

    def last(self, log: ObservationLog) -> BackgroundSound | None:
        """Return what was seen of the sound last."""
        return next((entry for entry in reversed(log.of(BackgroundSound)) if self.fits(entry)), None)

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for a moment at which it began, or ended."""
        seen = [entry for entry in evidence.log.of(BackgroundSound) if self.fits(entry)]
        found = next((entry for entry in seen if entry.playing == self.playing), None)
        return unless(f"it {'began' if self.playing else 'ended'} {clock(found.at)}" if found else "", "not heard")


class IsHeard(LiveStep):
    """A sound in the background is playing, or has ended."""

    outlives_call: ClassVar[bool] = True

    expect: Background
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which sound, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait until the sound is playing, or has ended."""
        until = await deadline(scene, self.within)

        def so_it_is() -> BackgroundSound | None:
            last = self.expect.last(scene.log)
            return last if last is not None and last.playing == self.expect.playing else None

        found = await scene.wait(so_it_is, until=until)
        if found is not None:
            return Verdict(True, f"{found.sound} {'began' if found.playing else 'ended'} {clock(found.at)}")
        if (last := self.expect.last(scene.log)) is not None:
            return Verdict(False, f"{last.sound} {'is still playing' if last.playing else f'ended {clock(last.at)}'}")
        others = dict.fromkeys(entry.sound for entry in scene.log.of(BackgroundSound))
        return Verdict(False, f"not heard; there was {', '.join(others)}" if others else "no sound was heard")

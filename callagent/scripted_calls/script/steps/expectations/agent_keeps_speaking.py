"""`- expect: agent keeps speaking`: the agent talks on through what the caller does."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import CallerAudible, PlayoutEnded
from callagent.scripted_calls.measure.call_panel import YIELD_S
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, StepPlace, TakenAs, Wait
from callagent.scripted_calls.script.steps.caller_action import agent_silent_flaws
from callagent.scripted_calls.script.steps.verdict import EXACT_S, Evidence, Verdict, clock, length, milliseconds
from callagent.yaml_config import Duration, Flaw
from callagent.yaml_config.units import written


class KeepsSpeaking(EventStep):
    """The agent talks on through what the caller does."""

    takes_utterance_as: ClassVar[TakenAs | None] = "ignored"

    expect: Literal["agent keeps speaking"]
    for_: Wait = Field(
        "1 s", alias="for", validate_default=True, description="How long, counted from the caller's last sample."
    )
    max_gap: Duration = written("60 ms", "Longest silence that is let pass.")

    def describe(self) -> str:
        """Say for how long the agent has to talk on, and which gaps are let pass."""
        return f"agent keeps speaking for {length(self.for_)}, no gap over {length(self.max_gap)}"

    def order_flaws(self, place: StepPlace) -> Iterator[Flaw]:
        """Tell where the caller speaks only when the agent does not, and a gap that is as long as the whole."""
        yield from agent_silent_flaws(place)
        if self.max_gap >= self.for_:
            yield Flaw(("max_gap",), f"lets every gap pass: it is not shorter than `for` ({length(self.for_)})")

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Watch from the caller's first sample until `for` after the last one, or to the end of the sentence."""
        start = scene.act.started if scene.act else scene.now
        origin = "the caller's first sample" if scene.act else "the step was reached"
        if not scene.agent_speaking_at(start):
            return Verdict(False, f"the agent was not speaking when {'the caller began' if scene.act else origin}")
        ended = await self._playout_end(scene, start)
        if ended is not None and ended.interrupted:
            stop = scene.silence_at(ended, start)
            return Verdict(False, f"the agent stopped {milliseconds(stop - start)} after {origin}")
        if ended is None and scene.log.ended:
            return Verdict(False, scene.ending)
        timeline = scene.stage.timeline
        until = scene.silence_at(ended, start) if ended else min(scene.now, timeline.end)
        gap = timeline.longest_agent_silence(start, until)
        told = f"longest gap {gap * 1000:.0f} ms"
        if gap > self.max_gap + EXACT_S:
            return Verdict(False, f"the agent paused, {told}")
        if ended is not None:
            return Verdict(True, f"the agent spoke to the end of what it was saying {clock(until)}, {told}")
        return Verdict(True, f"the agent kept speaking, {told}")

    async def _playout_end(self, scene: Scene, start: float) -> PlayoutEnded | None:
        """Tell how what the agent was saying at `start` ended, if it did until `for` after the caller's last sample."""
        act = scene.act
        if act is not None:
            await scene.wait(lambda: scene.playout_end(start) or act.ended)
        over = start if act is None or act.ended is None else act.ended
        return await scene.wait(lambda: scene.playout_end(start), until=over + self.for_)

    @classmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look for an utterance of the caller over which the agent talked on."""
        for caller in evidence.log.of(CallerAudible):
            if evidence.scene.agent_speaking_at(caller.at):
                cut = evidence.scene.playout_end(caller.at)
                if cut is None or cut.at > caller.at + YIELD_S:
                    return Verdict(False, f"the agent talked on when the caller spoke {clock(caller.at)}")
        return Verdict(True, "the agent never talked on")

"""`- expect: agent stops`: the caller cuts the agent off."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from callagent.journal import PlayoutEnded
from callagent.scripted_calls.measure.call_panel import YIELD_S
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, StepPlace, TakenAs, Wait, unless
from callagent.scripted_calls.script.steps.caller_action import CallerStep, agent_silent_flaws
from callagent.scripted_calls.script.steps.verdict import EXACT_S, Evidence, Verdict, clock, length, milliseconds
from callagent.yaml_config import Flaw
from callagent.yaml_config.units import written


class Stops(EventStep):
    """The caller stops the agent."""

    takes_utterance_as: ClassVar[TakenAs | None] = "interruption"

    expect: Literal["agent stops"]
    within: Wait = written("1 s", "From the caller's first sample.")

    def describe(self) -> str:
        """Say how soon the agent has to stop."""
        return f"agent stops within {length(self.within)}"

    def order_flaws(self, place: StepPlace) -> Iterator[Flaw]:
        """Tell where nobody has spoken before, or the caller only when the agent does not."""
        yield from agent_silent_flaws(place)
        if not place.greeted and not any(isinstance(step, CallerStep) for step in place.before):
            yield Flaw(("expect",), "can never be met: no caller has spoken before")

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Watch whether the agent is cut off in time; a stop that comes later is still told."""
        start = scene.act.started if scene.act else scene.now
        if not scene.agent_speaking_at(start):
            return Verdict(False, "the agent was not speaking when the caller began")
        watched = max(self.within, YIELD_S)
        ended = await scene.wait(lambda: scene.playout_end(start), until=start + watched)
        if ended is None and scene.log.ended:
            return Verdict(False, scene.ending)
        if ended is None:
            told = f"the agent was still speaking {milliseconds(watched)} after the caller's first sample"
            return Verdict(False, told)
        latency = scene.silence_at(ended, start) - start
        if not ended.interrupted:
            told = f"the agent came to the end of what it was saying after {milliseconds(latency)}; nothing stopped it"
            return Verdict(False, told)
        told = f"the agent stopped {milliseconds(latency)} after the caller's first sample"
        return Verdict(latency <= self.within + EXACT_S, told)

    @classmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look for a playout that was cut off before the call ended."""
        ended = evidence.log.ended
        cuts = [cut for cut in evidence.log.of(PlayoutEnded) if cut.interrupted and (not ended or cut.at < ended.at)]
        return unless(f"the agent was cut off {clock(cuts[0].at)}" if cuts else "", "nothing cut it off")

"""The agent says something: `agent_says` waits for it, `expect: agent says` wants it in time, `never` not at all."""

from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import AgentWords
from callagent.phrases import Phrase, find, shown
from callagent.scripted_calls.run.call_view import QUIET_S, Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Wait, deadline, unless
from callagent.scripted_calls.script.steps.verdict import Evidence, Verdict, clock, length, milliseconds, quoted
from callagent.yaml_config.units import written


class AgentSays(LiveStep):
    """Waits until the agent has begun to say something."""

    has_agent_speak: ClassVar[bool] = True

    agent_says: Phrase

    def describe(self) -> str:
        """Say which words are waited for."""
        return f"the agent says {shown(self.agent_says)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait until the agent has begun to say the phrase."""
        said = await scene.wait_unless_quiet(lambda: scene.hear(self.agent_says))
        if said is not None:
            return Verdict(True, f"the agent said {quoted(said.text)} {clock(said.at)}")
        heard = _words_since_the_act(scene)
        told = f"it said {quoted(heard)}" if heard else "it said nothing"
        if scene.log.ended:
            return Verdict(False, f"{told}; {scene.ending}", gives_up=True)
        return Verdict(False, f"{told}, then nobody spoke for {QUIET_S:.0f} s", gives_up=True)


class Says(LiveStep):
    """The agent says something from now on."""

    expect: Literal["agent says"]
    with_: Phrase = Field(alias="with")
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which words are expected, and by when."""
        return f"agent says {shown(self.with_)} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Watch whether the agent begins to say the phrase in time."""
        until = await deadline(scene, self.within)
        said = await scene.wait(lambda: scene.hear(self.with_), until=until)
        if said is not None:
            return Verdict(True, f"the agent said {quoted(said.text)} {clock(said.at)}")
        heard = _words_since_the_act(scene)
        told = f"it said {quoted(heard)}" if heard else f"it said nothing for {milliseconds(self.within)}"
        return Verdict(False, f"{told}; {scene.ending}" if scene.ending else told)


class NeverSays(Never):
    """Words that the agent must not say."""

    agent_says: Phrase

    def describe(self) -> str:
        """Say which words are forbidden."""
        return f"the agent says {shown(self.agent_says)}"

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for the phrase in all that the agent said."""
        text = "".join(word.text for word in evidence.log.of(AgentWords))
        found = find(self.agent_says, text)
        return unless(f"the agent said {quoted(text[found.start : found.end])}" if found else "", "not said")


def _words_since_the_act(scene: Scene) -> str:
    return scene.words_since(scene.act.started if scene.act else 0.0)

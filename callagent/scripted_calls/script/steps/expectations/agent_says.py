"""The agent says something: `agent_says` waits for it, `expect: agent says` wants it in time, `never` not at all.

`expect: {said: …}` is about these very words, played to the caller; what was cut off does not count.
"""

from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import AgentWords, ObservationLog
from callagent.phrases import Phrase, find, is_expression, shown, words
from callagent.scripted_calls.run.call_view import QUIET_S, Scene
from callagent.scripted_calls.script.steps.base import LiveStep, Never, Step, Wait, deadline, unless
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


class WordsSaid(Never):
    """Words that were played to the caller, one after the other and nothing between them."""

    said: Phrase

    def describe(self) -> str:
        """Say which words."""
        return f"the caller was told {shown(self.said)}"

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the same words."""
        return isinstance(step, IsSaid) and self.said == step.expect.said

    def found(self, log: ObservationLog) -> float | None:
        """Tell when the last of the words began to be heard, None where they were not."""
        entries = log.of(AgentWords)
        if not self._is_in("".join(entry.text for entry in entries)):
            return None
        text = ""
        for entry in entries:
            text += entry.text
            if self._is_in(text):
                return entry.at
        return None

    def look_for(self, evidence: Evidence) -> Verdict:
        """Look for the words in all that was played."""
        at = self.found(evidence.log)
        return unless(f"it was said {clock(at)}" if at is not None else "", "not said")

    def _is_in(self, text: str) -> bool:
        if is_expression(self.said):
            return find(self.said, text) is not None
        wanted, heard = words(self.said), words(text)
        return any(heard[first : first + len(wanted)] == wanted for first in range(len(heard) - len(wanted) + 1))


class IsSaid(LiveStep):
    """The caller has been told these very words, in the whole call so far."""

    looks_back: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True
    outlives_caller: ClassVar[bool] = True

    expect: WordsSaid
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")

    def describe(self) -> str:
        """Say which words, and by when."""
        return f"{self.expect.describe()} within {length(self.within)}"

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Look for the words, and wait for them to be played."""
        until = await deadline(scene, self.within)
        at = await scene.wait(lambda: self.expect.found(scene.log), until=until)
        if at is not None:
            return Verdict(True, f"it was said {clock(at)}")
        whole = "".join(entry.text for entry in scene.log.of(AgentWords))
        return Verdict(False, f"the agent said {quoted(whole, 200)}" if whole.strip() else "the agent said nothing")


def _words_since_the_act(scene: Scene) -> str:
    return scene.words_since(scene.act.started if scene.act else 0.0)

"""`- expect: agent replies`: the agent answers the caller's last act, soon enough and with the right words."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from callagent.journal import AgentState, CallerAudible
from callagent.phrases import Phrase, find, shown
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import EventStep, NamedEvent, StepPlace, TakenAs, Wait, unless
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.verdict import (
    EXACT_S,
    Evidence,
    Verdict,
    clock,
    length,
    milliseconds,
    quoted,
)
from callagent.yaml_config import Flaw
from callagent.yaml_config.units import written

WORDS_S = 1.0
"""How long after the first sample of a reply its first words are waited for."""

REPLY_QUIET_S = 3.0
"""Silence of an agent that listens after which its reply is over."""


class Replies(EventStep):
    """The agent answers what the caller said."""

    takes_utterance_as: ClassVar[TakenAs | None] = "turn"
    has_agent_speak: ClassVar[bool] = True
    never_keys: ClassVar[tuple[str, ...]] = ("with",)

    expect: Literal["agent replies"]
    with_: Phrase | None = Field(None, alias="with")
    within: Wait = written("3 s", "From the caller's last sample to the first of the agent.")

    def describe(self) -> str:
        """Say which reply is expected, and by when."""
        words = f" with {shown(self.with_)}" if self.with_ else ""
        return f"agent replies{words} within {length(self.within)}"

    def order_flaws(self, place: StepPlace) -> Iterator[Flaw]:
        """Tell where nobody has said anything before."""
        if not place.greeted and not any(isinstance(step, CallerStep) for step in place.before):
            yield Flaw(("expect",), "can never be met: nobody has said anything to reply to")

    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Wait for the agent to come onto the line after the caller's last act, and for the words."""
        act = scene.act
        if act is None:
            return Verdict(False, "nobody had said anything to reply to")
        over = await scene.act_over()
        if over is None:
            return self._no_reply(scene)
        began = await scene.wait(lambda: scene.reply_start(act.started), until=over + self.within + EXACT_S)
        if began is None:
            return self._no_reply(scene)

        def words() -> str:
            return scene.reply_words(began, act.started)

        await scene.wait(lambda: words() or None, until=began + WORDS_S)
        matched = self.with_ is None or await _says(scene, self.with_, words)
        told = f"the agent said {quoted(words())} {_after(began - over)}"
        return Verdict(matched, told if matched else f"{told}, without {shown(self.with_ or '')}")

    def _no_reply(self, scene: Scene) -> Verdict:
        if scene.log.ended:
            return Verdict(False, scene.ending)
        state = scene.log.last(AgentState)
        doing = f"; it was {state.state}" if state else ""
        return Verdict(False, f"no reply within {milliseconds(self.within)} of the caller's last sample{doing}")

    @classmethod
    def describe_never(cls, entry: NamedEvent) -> str:
        """Say which reply is forbidden."""
        return entry.expect + (f" with {shown(entry.with_)}" if entry.with_ else "")

    def is_forbidden_by(self, entry: NamedEvent) -> bool:
        """Tell whether any reply, or one with these words, is forbidden."""
        return entry.with_ is None or entry.with_ == self.with_

    @classmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look for a reply to the first thing that the caller said."""
        starts = evidence.log.of(CallerAudible)
        began = evidence.scene.reply_start(starts[0].at) if starts else None
        words = evidence.scene.reply_words(began, starts[0].at) if began is not None else ""
        replied = began is not None and (entry.with_ is None or find(entry.with_, words) is not None)
        return unless(f"the agent said {quoted(words)} {clock(began or 0.0)}" if replied else "", "no reply")


async def _says(scene: Scene, phrase: str, words: Callable[[], str]) -> bool:
    while True:
        if find(phrase, words()):
            return True
        listening = scene.since("agent listening")
        until = None if listening is None else listening + REPLY_QUIET_S
        if until is not None and until <= scene.now:
            return False
        heard = len(words())
        changed = await scene.wait(
            lambda heard=heard, listening=listening: (  # type: ignore[misc]  # mypy cannot infer bound defaults
                len(words()) > heard or scene.since("agent listening") != listening or None
            ),
            until=until,
        )
        if changed is None and scene.log.ended:
            return bool(find(phrase, words()))


def _after(latency: float) -> str:
    if latency < 0:
        return f"{milliseconds(-latency)} before the caller had finished"
    return f"{milliseconds(latency)} after the caller's last sample"

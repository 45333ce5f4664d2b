"""`- expect: no turn lost`: everything that the caller said to the agent reached its model."""

from collections.abc import Iterator
from typing import Literal

from callagent.journal import AgentAudible
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.base import HindsightStep, StepPlace
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.verdict import CallerTurn, Evidence, Verdict, clock, quoted
from callagent.yaml_config import Flaw


class NoTurnLost(HindsightStep):
    """Everything that the caller said to the agent reached its model. Judged when the call is over."""

    expect: Literal["no turn lost"]

    def describe(self) -> str:
        """Say that nothing may be lost."""
        return "no turn of the caller is lost"

    def order_flaws(self, place: StepPlace) -> Iterator[Flaw]:
        """Tell where the caller says nothing in the whole script."""
        if not any(isinstance(step, CallerStep) and step.words for step in place.steps):
            yield Flaw(("expect",), "can never be met: the caller says nothing that could be lost")

    def look_back(self, evidence: Evidence) -> Verdict:
        """Look for turns that the model did not get before the call ended.

        What is said over the agent's last sentence cannot be answered: it is named, and not counted as lost.
        """
        missing = [turn for turn in evidence.turns if not turn.arrived]
        last = [turn for turn in missing if _over_the_last_sentence(turn, evidence.scene)]
        lost = [turn for turn in missing if turn not in last]
        if lost:
            return Verdict(False, f"{_named(lost)} never reached the model")
        if not evidence.turns:
            return Verdict(False, "the caller said nothing that could be lost")
        told = f"{len(evidence.turns) - len(last)} of {len(evidence.turns)} turns reached the model"
        return Verdict(True, f"{told}; {_named(last)} was said over the agent's last sentence" if last else told)


def _named(turns: list[CallerTurn]) -> str:
    return ", ".join(f"{quoted(turn.text)} {clock(turn.start)}" for turn in turns)


def _over_the_last_sentence(turn: CallerTurn, scene: Scene) -> bool:
    """Tell whether the agent was saying, to its end, the last thing before it ended the call or handed it over."""
    ended = scene.log.ended
    by_agent = ended is not None and ended.reason in ("agent hung up", "error", "transferred")
    if not by_agent or not scene.agent_speaking_at(turn.start):
        return False
    over = scene.playout_end(turn.start)
    return over is None or (not over.interrupted and not any(e.at > over.at for e in scene.log.of(AgentAudible)))

"""What each thing that the caller plays is meant as, read from the script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callagent.journal import Meaning
from callagent.phrases import words
from callagent.scripted_calls.script.steps.base import Step
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.caller_forms import Sound
from callagent.turns import Kind, Lexicon

TICS = frozenset({"um", "uh", "uhm", "er", "erm", "hm", "hmm", "ah"})
"""Vocal tics that a script spells out; the sounds of a script are tics too."""


@dataclass(frozen=True)
class Label:
    """What an utterance is meant as; `text` is what is said, `reply` whether the script waits for an answer.

    `polite` tells words that may be dropped while the agent speaks: the lexicon's acknowledgements.
    """

    step: int
    meaning: Meaning | None
    text: str
    reply: bool
    polite: bool = False


def labels_of(steps: Sequence[Step], lexicon: Lexicon) -> list[Label]:
    """Return a label for each utterance of the script, in order.

    What must stop the agent is an interruption; what it talks through, or is silent after, is an acknowledgement where
    the profile's lexicon says so, a tic where it is a sound or an "um", and else an aside to somebody else. The rest
    are turns when the script expects a reply; without any expectation the lexicon has to tell.
    """
    labels = []
    for index, step in enumerate(steps):
        if isinstance(step, CallerStep) and step.is_audible:
            labels.append(_label(index, step, list(_about(steps[index + 1 :])), lexicon))
    return labels


def _about(following: Iterable[Step]) -> Iterable[Step]:
    """Return the steps that watch what an utterance does: up to the caller's next act."""
    for step in following:
        if isinstance(step, CallerStep):
            return
        yield step


def _label(index: int, step: CallerStep, about: list[Step], lexicon: Lexicon) -> Label:
    taken_as = {each.takes_utterance_as for each in about}
    reply = "turn" in taken_as
    meaning: Meaning | None = None
    if "interruption" in taken_as:
        meaning = "interruption"
    elif "ignored" in taken_as and not reply:
        meaning = _ignored(step, lexicon)
    elif reply:
        meaning = "turn"
    elif isinstance(step.caller, Sound):
        meaning = "tic"
    return Label(index + 1, meaning, step.words, reply, _polite(step.words, lexicon))


def _ignored(step: CallerStep, lexicon: Lexicon) -> Meaning:
    said = words(step.words)
    if isinstance(step.caller, Sound) or not said or set(said) <= TICS:
        return "tic"
    return "acknowledgement" if _polite(step.words, lexicon) else "aside"


def _polite(text: str, lexicon: Lexicon) -> bool:
    return bool(words(text)) and lexicon.match(text, final=True).kind is Kind.ACK

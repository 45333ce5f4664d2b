"""The shape of what is said in one half of the corpus, and how it is written down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PhraseSet:
    """Phrases by what the caller means with them, and what the agent says meanwhile; each in its order of writing.

    repeated: acknowledgements one after the other, each of which the agent should talk through.
    mixed: what acknowledges, and what means stop right behind it.
    tics: spoken hesitations, and names of sounds (`scripts.benchmarks.corpus.case.SOUNDS`).
    speeches: what the agent is saying when the caller speaks over it: no question, and long enough to outlast what is
        watched.
    questions: what the agent asks, and what it goes on to say behind the question, or "".
    greeting: what the agent has said when it listens.
    """

    acknowledgements: tuple[str, ...]
    repeated: tuple[tuple[str, ...], ...]
    commands: tuple[str, ...]
    mixed: tuple[tuple[str, ...], ...]
    content: tuple[str, ...]
    asides: tuple[str, ...]
    tics: tuple[str, ...]
    answers: tuple[str, ...]
    speeches: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    greeting: str


def listed(text: str) -> tuple[str, ...]:
    """Return the phrases of a text in which "/" separates them."""
    return tuple(phrase.strip() for phrase in text.split("/"))


def pairs(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the parts of each line of a text, which "|" separates."""
    return tuple(tuple(part.strip() for part in line.split("|")) for line in text.strip().splitlines())


SOUNDS_SHORT = ("cough", "throat", "sneeze")
"""Sounds that are heard in the short corpora; see `scripts.benchmarks.corpus.case.SOUNDS`."""

"""The corpus: a seed in, the cases out."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from scripts.benchmarks.corpus.case import Case, Meaning, Part, Situation
from scripts.benchmarks.corpus.phrases.english_tune import TUNED_01
from scripts.benchmarks.corpus.phrases.phrase_set import PhraseSet

T = TypeVar("T")

LINE_WEIGHTS = {
    "clean": 9,
    "loss 1 %": 2,
    "loss 3 %": 2,
    "loss 5 %": 2,
    "jitter": 2,
    "noise": 2,
    "loud noise": 1,
    "echo": 2,
}
"""How often each line occurs, of 22."""

FULL: dict[tuple[Meaning, Situation], int] = {
    ("acknowledgement", "speaking"): 130,
    ("command", "speaking"): 66,
    ("mixed", "speaking"): 36,
    ("content", "speaking"): 46,
    ("tic", "speaking"): 36,
    ("aside", "speaking"): 20,
    ("answer", "asked"): 40,
    ("content", "listening"): 40,
    ("command", "listening"): 8,
    ("acknowledgement", "listening"): 12,
    ("tic", "listening"): 20,
}
"""334 overlaps, 100 answered turns and 20 tics in silence."""

SHORT: dict[tuple[Meaning, Situation], int] = {
    ("acknowledgement", "speaking"): 16,
    ("command", "speaking"): 9,
    ("mixed", "speaking"): 4,
    ("content", "speaking"): 5,
    ("tic", "speaking"): 4,
    ("aside", "speaking"): 2,
    ("answer", "asked"): 5,
    ("content", "listening"): 3,
    ("tic", "listening"): 2,
}
"""40 overlaps and a few turns, for three minutes."""

Plan = dict[tuple[Meaning, Situation], int]


def make_corpus(
    seed: int | str,
    voices: Sequence[str],
    plan: Plan = FULL,
    phrases: PhraseSet = TUNED_01,
    *,
    recordings: Sequence[tuple[str, str]] = (),
    locale: str = "en",
) -> list[Case]:
    """Return the cases of `plan` in random order. The same seed, voices, plan and phrases give the same cases.

    voices: names, one that stands there twice is heard twice as often.
    recordings: a voice, and what it says: each is played over the agent once, as content.
    """
    chance = random.Random(seed)
    said = {meaning: _endless(chance, list(things)) for meaning, things in _things_said(phrases).items()}
    each_voice = _endless(chance, list(voices))
    each_line = _endless(chance, [name for name, weight in LINE_WEIGHTS.items() for _ in range(weight)])
    make = partial(_case, chance, phrases, locale)
    cases = [
        make(meaning, situation, next(said[meaning]), voice=next(each_voice), line=next(each_line))
        for (meaning, situation), count in plan.items()
        for _ in range(count)
    ]
    cases += [make("content", "speaking", (text,), voice=voice, line=next(each_line)) for voice, text in recordings]
    chance.shuffle(cases)
    return [replace(case, index=index) for index, case in enumerate(cases)]


def _things_said(phrases: PhraseSet) -> dict[Meaning, list[tuple[str, ...]]]:
    """For each meaning the utterances to draw from, in parts."""
    return {
        "acknowledgement": [*((text,) for text in phrases.acknowledgements), *phrases.repeated],
        "command": [(text,) for text in phrases.commands],
        "mixed": list(phrases.mixed),
        "content": [(text,) for text in phrases.content],
        "tic": [(text,) for text in phrases.tics],
        "aside": [(text,) for text in phrases.asides],
        "answer": [(text,) for text in phrases.answers],
    }


def _case(
    chance: random.Random,
    phrases: PhraseSet,
    locale: str,
    meaning: Meaning,
    situation: Situation,
    texts: tuple[str, ...],
    *,
    voice: str,
    line: str,
) -> Case:
    agent, goes_on, at = _agent(chance, phrases, situation)
    pause = (0.02, 0.25) if meaning == "mixed" else (0.5, 1.5)
    first, *others = texts
    return Case(
        index=0,
        meaning=meaning,
        parts=(Part(first), *(Part(text, round(chance.uniform(*pause), 3)) for text in others)),
        voice=voice,
        line=line,
        situation=situation,
        agent=agent,
        at=round(at, 3),
        agent_goes_on=goes_on,
        level=round(chance.uniform(-27, -18), 1),
        pace=round(chance.uniform(0.88, 1.15), 2),
        seed=chance.randrange(1, 2**31),
        locale=locale,
    )


def _agent(chance: random.Random, phrases: PhraseSet, situation: Situation) -> tuple[str, str, float]:
    """Return what the agent says, what it goes on to say, and when the caller begins."""
    match situation:
        case "speaking":
            return chance.choice(phrases.speeches), "", chance.uniform(1.5, 6.0)
        case "asked":
            question, goes_on = chance.choice(phrases.questions)
            return question, goes_on, chance.uniform(0.1, 0.8) if goes_on else chance.uniform(-0.5, 0.9)
        case "listening":
            return phrases.greeting, "", chance.uniform(0.8, 1.6)


def _endless(chance: random.Random, things: list[T]) -> Iterator[T]:
    """Yield everything in random order, then again in another: nothing comes twice before all have come once."""
    while True:
        chance.shuffle(things)
        yield from things

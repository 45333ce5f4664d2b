"""What callers say in this benchmark: sentences with a pause inside, and sentences without one."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples
from scripts.benchmarks.corpus.voices import JOE, say

PAUSES_S = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
"""Silences in mid-sentence: from a breath to a caller who looks something up."""

PACES = (0.9, 1.0, 1.15)
"""How long the sounds of the voice last."""

BROKEN = (
    ("I would like to book a table for", "six people on Friday evening."),
    ("Could you please tell me whether", "you are open on Sundays?"),
    ("My name is Peter and I am calling because", "my order has not arrived."),
    ("I think I need an appointment on", "the second Tuesday of next month."),
    ("We wanted to come with", "two small children and a dog."),
    ("Is it possible to", "change the address of my delivery?"),
    ("The bread that I bought yesterday was", "already a little too hard."),
    ("I have been waiting for", "more than three weeks now."),
    ("Please send the invoice to", "my office and not to my home."),
    ("When I opened the box there was", "nothing inside but paper."),
    ("I am looking for a room with", "a view of the garden."),
    ("Would it be cheaper if", "we came during the week?"),
)
"""First and second part; no part is an unfinished dictation, which has a rule of its own."""

WHOLE = (
    "What time do you open on Saturdays?",
    "I would like to cancel my booking.",
    "Do you have rye bread today?",
    "Can I pay with a credit card?",
    "My dentist is Doctor Miller.",
    "That would be very kind of you.",
)


@dataclass(frozen=True)
class Sentence:
    """What is said, with `pause` seconds of silence between its parts (0: one part), at a pace of the voice."""

    parts: tuple[str, ...]
    pause: float
    pace: float

    @property
    def text(self) -> str:
        """The words."""
        return " ".join(self.parts)


def sentences(seed: int, *, short: bool = False) -> list[Sentence]:
    """Return each broken sentence with pauses of two lengths and the whole ones, in an order that follows from `seed`;
    `short`: a quarter of them.
    """
    chance = random.Random(seed)
    pauses = itertools.cycle(chance.sample(PAUSES_S, len(PAUSES_S)))
    broken = [parts for _ in range(2) for parts in chance.sample(BROKEN, len(BROKEN))]
    said = [Sentence(parts, next(pauses), chance.choice(PACES)) for parts in broken]
    said += [Sentence((text,), 0.0, chance.choice(PACES)) for _ in range(2) for text in WHOLE]
    chance.shuffle(said)
    return said[: len(said) // 4] if short else said


def spoken(sentence: Sentence) -> Samples:
    """Return it as 8 kHz mono samples. Blocks. A part that goes on is read with a comma."""
    last = len(sentence.parts) - 1
    texts = [text if index == last else f"{text}," for index, text in enumerate(sentence.parts)]
    return joined([say(JOE, text, pace=sentence.pace) for text in texts], sentence.pause)


def joined(parts: Sequence[Samples], pause: float) -> Samples:
    """Return the parts with so many seconds of silence between them."""
    silence = np.zeros(round(pause * SAMPLE_RATE), np.int16)
    pieces = [piece for part in parts for piece in (silence, part)][1:]
    return np.concatenate(pieces)

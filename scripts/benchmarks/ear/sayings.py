"""What is said for the training of the ear, by whom, and on which line: a seed in, sayings out."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callagent.profile import Profile
from scripts.benchmarks.corpus.case import SOUNDS as NOISES
from scripts.benchmarks.corpus.phrases import english_tune
from scripts.benchmarks.ear import phrasebook
from scripts.benchmarks.ear.phrasebook import Saying, Sound

DEV_VOICES: Final = frozenset(
    {"kokoro af_nova", "kokoro am_onyx", "kokoro bm_daniel", "flite rms", "espeak-ng en-gb"},
)
"""Never trained on: they tell when to stop training, and how well voices are heard that the ear has not heard."""

DEV_PHRASES: Final = 8
"""Every so many-th phrase is never trained on."""

TRAINED, PHRASE_KEPT, VOICE_KEPT = 0, 1, 2

_PACES: Final = (0.85, 0.92, 1.0, 1.08, 1.15)

_QUICK: Final = {"kokoro": 0.14, "pico": 0.3, "flite": 0.28, "espeak-ng": 0.16, "piper": 0.12}
"""Share of each engine: Kokoro's voices are the best and take a hundred times as long."""


@dataclass(frozen=True)
class Sample:
    """One saying, spoken; `kept` from training for its voice, or for a phrase in it, or `TRAINED` on."""

    saying: Saying
    voice: str
    pace: float
    seed: int
    kept: int


def samples(seed: int, profile: Profile, voices: list[str]) -> Iterator[Sample]:
    """Yield samples without end, the same ones for the same seed, profile and voices."""
    chance = random.Random(seed)
    said = _Sayings(chance, profile)
    by_engine = {engine: [voice for voice in voices if voice.split()[0] == engine] for engine in _QUICK}
    engines = [engine for engine, its in by_engine.items() if its]
    while True:
        engine = chance.choices(engines, [_QUICK[engine] for engine in engines])[0]
        voice = chance.choice(by_engine[engine])
        saying = said.next()
        kept = PHRASE_KEPT if _has_kept_phrase(saying) else TRAINED
        if voice in DEV_VOICES:
            kept = VOICE_KEPT
        yield Sample(saying, voice, chance.choice(_PACES), chance.randrange(1, 2**31), kept)


def _has_kept_phrase(saying: Saying) -> bool:
    return any(_bucket(text) == 0 for text, sound in saying.parts if sound != "noise")


def _bucket(text: str) -> int:
    key = " ".join(text.casefold().strip(" .,?!").split())
    return hashlib.sha256(key.encode()).digest()[0] % DEV_PHRASES


class _Sayings:
    def __init__(self, chance: random.Random, profile: Profile) -> None:
        self._chance = chance
        self._acks = phrasebook.acknowledgements(profile)
        self._often = self._acks[:60]
        self._commands = phrasebook.commands(profile)
        self._often_commands = self._commands[:40]
        self._content = phrasebook.content(chance)
        self._hard = [*phrasebook.HARD_CONTENT, *english_tune.TUNE.content, *english_tune.TUNE.asides]

    def next(self) -> Saying:
        kind = self._chance.choices(
            ("ack", "acks", "command", "content", "mixed", "tic", "noise"), (30, 10, 15, 28, 10, 3, 4)
        )[0]
        match kind:
            case "ack":
                return Saying(((self._ack(), "acknowledgement"),))
            case "acks":
                return Saying(((self._short_ack(), "acknowledgement"), (self._ack(), "acknowledgement")))
            case "command":
                return Saying(((self._command(), "command"),))
            case "content":
                return Saying(((self._said(), "content"),))
            case "mixed":
                ack: tuple[str, Sound] = (self._short_ack(), "acknowledgement")
                if self._chance.random() < 0.5:
                    return Saying((ack, (self._command(), "command")))
                return Saying((ack, (self._said(), "content")))
            case "tic":
                return Saying(((self._chance.choice(phrasebook.MORE_TICS), "noise"),))
            case _:
                return Saying(((self._chance.choice(NOISES), "noise"),))

    def _ack(self) -> str:
        return self._chance.choice(self._often if self._chance.random() < 0.35 else self._acks)

    def _short_ack(self) -> str:
        return self._chance.choice(self._often)

    def _command(self) -> str:
        return self._chance.choice(self._often_commands if self._chance.random() < 0.4 else self._commands)

    def _said(self) -> str:
        return self._chance.choice(self._hard) if self._chance.random() < 0.3 else next(self._content)

"""The corpus in two halves: `tune` is for rules, constants and models, `test` for every figure that is published.

No phrase, speech, voice or seed is in both. `tuned-01` is the corpus of version 0.1, which earlier figures come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from callagent.profile import DEFAULT_PROFILE
from scripts.benchmarks.corpus import voices
from scripts.benchmarks.corpus.case import Case
from scripts.benchmarks.corpus.make_corpus import FULL, SHORT, Plan, make_corpus
from scripts.benchmarks.corpus.phrases import english_test, english_tune, french, german, italian, spanish
from scripts.benchmarks.corpus.phrases.phrase_set import PhraseSet
from scripts.benchmarks.corpus.recordings import HUMAN, PROMPTS

Half = Literal["test", "tune", "tuned-01"]

PROFILES: Final[Mapping[str, str]] = MappingProxyType(
    {"en": DEFAULT_PROFILE, "es": "es-ES", "fr": "fr-FR", "de": "de-DE", "it": "it-IT"}
)
"""Locale of the corpus -> the profile that answers it."""

TUNED_01: Final = "tuned-01"

_PHRASES: Final[Mapping[tuple[str, str], PhraseSet]] = MappingProxyType(
    {
        ("en", TUNED_01): english_tune.TUNED_01,
        ("en", "tune"): english_tune.TUNE,
        ("en", "test"): english_test.TEST,
        **{
            (locale, half): phrases
            for locale, module in (("de", german), ("es", spanish), ("fr", french), ("it", italian))
            for half, phrases in (("tune", module.TUNE), ("test", module.TEST))
        },
    }
)

LARGE: Final[Plan] = {
    ("acknowledgement", "speaking"): 150,
    ("command", "speaking"): 80,
    ("mixed", "speaking"): 50,
    ("content", "speaking"): 60,
    ("tic", "speaking"): 40,
    ("aside", "speaking"): 38,
    ("answer", "asked"): 40,
    ("content", "listening"): 40,
    ("command", "listening"): 8,
    ("acknowledgement", "listening"): 12,
    ("tic", "listening"): 20,
}
"""418 overlaps, 100 answered turns and 20 tics in silence; recorded prompts come on top."""

LOCALE: Final[Plan] = {
    ("acknowledgement", "speaking"): 30,
    ("command", "speaking"): 20,
    ("mixed", "speaking"): 12,
    ("content", "speaking"): 16,
    ("tic", "speaking"): 8,
    ("aside", "speaking"): 10,
    ("answer", "asked"): 10,
    ("content", "listening"): 6,
    ("tic", "listening"): 4,
}
"""96 overlaps and 20 turns in a language other than English."""


class NoSuchCorpus(ValueError):
    """There is no such half in that language."""


@dataclass(frozen=True)
class Corpus:
    """Which corpus: the same one always has the same cases, as long as the same voices can speak.

    Raises `NoSuchCorpus` where `tuned-01` is asked for in another language than English.
    """

    half: Half = "test"
    locale: str = "en"
    seed: int = 1
    short: bool = False

    def __post_init__(self) -> None:
        if (self.locale, self.half) not in _PHRASES:
            raise NoSuchCorpus(f"{self.half} is English only; there are tune and test in {self.locale}")

    @property
    def phrases(self) -> PhraseSet:
        """What is said in it."""
        return _PHRASES[self.locale, self.half]

    @property
    def voices(self) -> Mapping[str, int]:
        """The voices that are to be heard, and how often each."""
        if self.half == TUNED_01:
            return voices.WEIGHTS
        return (voices.TUNE if self.half == "tune" else voices.TEST)[self.locale]

    @property
    def human(self) -> str | None:
        """The voice of recorded prompts, in `test` only, where there are some in this language."""
        return f"{HUMAN} {self.locale}" if self.half == "test" and self.locale in PROMPTS else None

    def prepare(self) -> list[str]:
        """Fetch what its voices need. Return one line for each engine that cannot speak here."""
        return voices.get_voices([*self.voices, *([self.human] if self.human else [])], install=True)

    def cases(self) -> list[Case]:
        """Return its cases, with the voices that can speak here."""
        speak = voices.available(self.voices)
        if self.half == TUNED_01:
            return make_corpus(self.seed, speak, SHORT if self.short else FULL)
        return make_corpus(
            f"{self.half} {self.locale} {self.seed}",
            speak,
            self._plan(),
            self.phrases,
            recordings=self._recordings(),
            locale=self.locale,
        )

    def _plan(self) -> Plan:
        if self.short:
            return SHORT
        return LARGE if self.locale == "en" else LOCALE

    def _recordings(self) -> list[tuple[str, str]]:
        human = self.human
        if human is None or voices.get_voices([human], install=False):
            return []
        prompts = list(PROMPTS[self.locale])
        return [(human, text) for text in (prompts[:2] if self.short else prompts)]

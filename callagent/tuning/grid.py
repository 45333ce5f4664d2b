"""The settings that are tried."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from callagent.profile import Profile
from callagent.profile.units import DURATION
from callagent.turns import GateConfig

GRACE = tuple(number / 1000 for number in range(200, 801, 50))
CONTENT_WORDS = (1, 2, 3, 4)
MIN_CONFIDENCE = (0.25, 0.35, 0.45, 0.55, 0.65)
ANSWER_WINDOW = (0.3, 0.5, 0.7, 1.0, 1.5)


@dataclass(frozen=True, slots=True)
class Setting:
    """One point of the grid, named as in the profile's `interruption` part; durations in seconds."""

    grace: float
    content_words: int
    min_confidence: float
    answer_window: float

    @classmethod
    def of(cls, profile: Profile) -> "Setting":
        """The setting that `profile` has now."""
        return cls(**{each.name: getattr(profile.interruption, each.name) for each in fields(cls)})

    def config(self, base: GateConfig) -> GateConfig:
        """`base` with this setting; the lexicon is shared."""
        return replace(
            base,
            grace=self.grace,
            content_words=self.content_words,
            min_confidence=self.min_confidence,
            answer_window=self.answer_window,
        )

    def values(self) -> dict[str, float]:
        """The fields by name."""
        return {name: getattr(self, name) for name in AXES}

    def as_yaml(self) -> str:
        """The lines to paste into a profile."""
        return (
            "interruption:\n"
            f"  grace: {DURATION.text(self.grace)}\n"
            f"  content_words: {self.content_words}\n"
            f"  min_confidence: {self.min_confidence:g}\n"
            f"  answer_window: {DURATION.text(self.answer_window)}\n"
        )

    def distance(self, other: "Setting") -> float:
        """How far two settings are apart, each axis counted in shares of the grid's span."""
        mine, others = self.values(), other.values()
        return sum(abs(mine[name] - others[name]) / (max(axis) - min(axis)) for name, axis in AXES.items())


AXES: dict[str, Sequence[float]] = {
    "grace": GRACE,
    "content_words": CONTENT_WORDS,
    "min_confidence": MIN_CONFIDENCE,
    "answer_window": ANSWER_WINDOW,
}
"""The values tried of each field; those of the profile come on top."""


def grid_around(current: Setting) -> list[Setting]:
    """Every combination of `AXES`, with the values of `current` among them."""
    axes = [sorted({*axis, current.values()[name]}) for name, axis in AXES.items()]
    return [Setting(grace, int(words), sure, window) for grace, words, sure, window in itertools.product(*axes)]

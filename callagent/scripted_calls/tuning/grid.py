"""The settings that are tried."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from callagent.profile import Profile, VadSettings
from callagent.scripted_calls.tuning.speech_probability import deactivation_for
from callagent.turns import GateConfig
from callagent.yaml_config.units import DURATION

VAD_AXIS = "activation_threshold"

AXES: Mapping[str, Sequence[float]] = {
    "grace": tuple(number / 1000 for number in range(200, 801, 50)),
    "content_words": (1, 2, 3, 4),
    "min_confidence": (0.25, 0.35, 0.45, 0.55, 0.65),
    "answer_window": (0.3, 0.5, 0.7, 1.0, 1.5),
    VAD_AXIS: (0.3, 0.4, 0.5, 0.6, 0.7),
}
"""The values tried of each field when the VAD is not among them; those of the profile come on top."""

COARSE: Mapping[str, Sequence[float]] = {
    "grace": tuple(number / 1000 for number in range(200, 801, 100)),
    "content_words": (1, 2, 3),
    "min_confidence": (0.3, 0.45, 0.6),
    "answer_window": (0.3, 0.7, 1.2),
    VAD_AXIS: AXES[VAD_AXIS],
}
"""The values tried when the VAD is among them: about as many settings in all."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One point of the grid, named as in the profile's `interruption` and `vad` parts; durations in seconds."""

    grace: float
    content_words: int
    min_confidence: float
    answer_window: float
    activation_threshold: float

    @classmethod
    def of(cls, profile: Profile) -> "Setting":
        """Return the setting that `profile` has now."""
        part = profile.interruption
        return cls(
            part.grace,
            part.content_words,
            part.min_confidence,
            part.answer_window,
            profile.vad.activation_threshold,
        )

    def config(self, base: GateConfig) -> GateConfig:
        """Return `base` with this setting; the lexicon is shared."""
        return replace(
            base,
            grace=self.grace,
            content_words=self.content_words,
            min_confidence=self.min_confidence,
            answer_window=self.answer_window,
        )

    def values(self) -> dict[str, float]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in AXES}

    def as_yaml(self, vad: VadSettings | None = None) -> str:
        """Return the lines to paste into a profile; with the thresholds where `vad`, the profile's part, was tuned."""
        lines = (
            "interruption:\n"
            f"  grace: {DURATION.text(self.grace)}\n"
            f"  content_words: {self.content_words}\n"
            f"  min_confidence: {self.min_confidence:g}\n"
            f"  answer_window: {DURATION.text(self.answer_window)}\n"
        )
        if vad is None:
            return lines
        return (
            f"{lines}"
            "vad:\n"
            f"  activation_threshold: {self.activation_threshold:g}\n"
            f"  deactivation_threshold: {deactivation_for(vad, self.activation_threshold):g}\n"
        )

    def distance(self, other: "Setting") -> float:
        """Tell how far two settings are apart, each axis counted in shares of the grid's span."""
        mine, others = self.values(), other.values()
        return sum(abs(mine[name] - others[name]) / (max(axis) - min(axis)) for name, axis in AXES.items())


def grid_around(current: Setting, *, with_vad: bool = False) -> list[Setting]:
    """Return every combination of the axes, with the values of `current` among them.

    Without `with_vad` the VAD's threshold is the current one throughout.
    """
    values = current.values()
    axes = [sorted({*axis, values[name]}) for name, axis in (COARSE if with_vad else AXES).items()]
    if not with_vad:
        axes[list(AXES).index(VAD_AXIS)] = [current.activation_threshold]
    return [Setting(grace, int(words), *rest) for grace, words, *rest in itertools.product(*axes)]

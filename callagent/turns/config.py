"""The settings of the gate, taken from a profile."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from callagent.turns.lexicon import Lexicon

if TYPE_CHECKING:
    from callagent.profile import Profile


@dataclass(frozen=True, slots=True)
class GateConfig:
    """Durations in seconds; see `docs` of the profile's `interruption` section for their meaning."""

    lexicon: Lexicon
    grace: float = 0.35
    content_words: int = 2
    answer_window: float = 0.7
    echo_guard: bool = False
    min_confidence: float = 0.45
    asides: Literal["ignore", "hold"] = "ignore"

    @classmethod
    def from_profile(cls, profile: "Profile") -> "GateConfig":
        """The gate as `profile` wants it."""
        settings = profile.interruption
        return cls(
            lexicon=_lexicon(settings.soft_acks, settings.commands, settings.aside_phrases, settings.tics),
            grace=settings.grace,
            content_words=settings.content_words,
            answer_window=settings.answer_window,
            echo_guard=settings.echo_guard,
            min_confidence=settings.min_confidence,
            asides=settings.asides,
        )


@lru_cache(maxsize=16)
def _lexicon(
    acks: tuple[str, ...], commands: tuple[str, ...], asides: tuple[str, ...], tics: tuple[str, ...]
) -> Lexicon:
    """Made once per process for every call of a profile: a call that begins has better things to do."""
    return Lexicon(acks, commands, asides=asides, tics=tics)

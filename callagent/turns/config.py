"""The settings of the gate, taken from a profile."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

from callagent.turns.gate.questions import NO_PATTERNS, Questions
from callagent.turns.lexicon import Lexicon
from callagent.turns.soft_acks import soft_acks_in_use


class Clock(Protocol):
    """The call's clock: `of` turns livekit's `time.time()` stamps into seconds of the call."""

    def now(self) -> float:
        """Return seconds since the call began."""

    def of(self, wall: float) -> float:
        """Return a `time.time()` stamp in seconds of the call."""


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
    questions: Questions = NO_PATTERNS

    @classmethod
    def from_profile(cls, profile: "Profile") -> "GateConfig":
        """Return the gate as `profile` wants it, with the list of `reload_soft_acks` where that was called."""
        settings = profile.interruption
        acks = soft_acks_in_use(settings.soft_acks)
        return cls(
            lexicon=_lexicon(acks, settings.commands, settings.aside_phrases, settings.tics, settings.repeat_requests),
            grace=settings.grace,
            content_words=settings.content_words,
            answer_window=settings.answer_window,
            echo_guard=settings.echo_guard,
            min_confidence=settings.min_confidence,
            asides=settings.asides,
            questions=_questions(settings.questions),
        )


@lru_cache(maxsize=16)
def _lexicon(
    acks: tuple[str, ...],
    commands: tuple[str, ...],
    asides: tuple[str, ...],
    tics: tuple[str, ...],
    repeats: tuple[str, ...],
) -> Lexicon:
    """Made once per process for every call of a profile: a call that begins has better things to do."""
    return Lexicon(acks, commands, asides=asides, tics=tics, repeats=repeats)


@lru_cache(maxsize=16)
def _questions(patterns: tuple[str, ...]) -> Questions:
    return Questions(patterns)

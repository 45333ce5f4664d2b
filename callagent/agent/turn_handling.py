"""The session options that decide when a turn is over and what stops the agent: the gate's, and livekit's own."""

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from livekit.agents import EndpointingOptions, LanguageCode, TurnHandlingOptions
from livekit.agents.llm import ChatContext, ChatMessage

from callagent.turns.config import GateConfig
from callagent.turns.endpointing import Dictation
from callagent.turns.lexicon import Kind

if TYPE_CHECKING:
    from callagent.profile import Profile

SURE = 1.0
UNSURE = 0.0
THRESHOLD = 0.5
"""Between the two: below it livekit waits for `endpointing.max_delay` instead of `min_delay`."""

OUT_OF_REACH = sys.maxsize
"""Words that a caller never says: with `min_words` so high the session does not interrupt by itself."""

_log = logging.getLogger("callagent.agent")


class EndOfTurn:
    """A turn detector of livekit-agents (`turn_detection`) that is a rule on words: it costs no time and no model.

    The VAD still finds the end of speech, and what is no dictation is answered after `endpointing.min_delay`, exactly
    as with `turn_detection: "vad"`.

    Args:
        dictation: what is waited for.
    """

    def __init__(self, dictation: Dictation) -> None:
        self._dictation = dictation
        self._words_to_come: Callable[[], bool] = lambda: False

    def wait_for(self, words_to_come: Callable[[], bool]) -> None:
        """Wait as well while the final transcript of what was said last is still missing, so that a second sentence
        does not become a turn of its own; when it comes livekit asks again.
        """
        self._words_to_come = words_to_come

    @classmethod
    def of(cls, profile: "Profile") -> "EndOfTurn":
        """Return the detector of a profile's locale, with its `endpointing.wait_for`."""
        lexicon = GateConfig.from_profile(profile).lexicon
        dictation = Dictation(
            profile.language,
            profile.endpointing.wait_for,
            hesitations=profile.interruption.tics,
            is_reaction=lambda text: lexicon.match(text, final=True).kind is not Kind.CONTENT,
        )
        return cls(dictation)

    @property
    def model(self) -> str:
        """Name in metrics."""
        return "dictation"

    @property
    def provider(self) -> str:
        """Name in metrics."""
        return "callagent"

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """Return every language: the profile's locale counts, not what the recogniser believes to have heard."""
        return True

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        """Return the probability below which the caller is waited for."""
        return THRESHOLD

    async def predict_end_of_turn(
        self,
        chat_ctx: ChatContext,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the name is livekit's
    ) -> float:
        """Tell whether the turn at the end of the context is over; never takes any time."""
        if self._words_to_come():
            return UNSURE
        messages = [item for item in chat_ctx.items if isinstance(item, ChatMessage)]
        if not messages or messages[-1].role != "user":
            return SURE
        said = messages[-1].text_content or ""
        asked = next((m.text_content or "" for m in reversed(messages) if m.role == "assistant"), "")
        kind = self._dictation.unfinished(said, asked)
        if kind is not None:
            _log.debug("the caller is waited for", extra={"tag": kind, "pii_heard": said})
        return SURE if kind is None else UNSURE


def gated_turn_handling(profile: "Profile") -> TurnHandlingOptions:
    """Return session options with which the session never stops the agent by itself because of the caller's audio.

    `min_words` is out of reach, so neither the VAD nor a transcript nor the end of a turn interrupts speech that may be
    interrupted; a false interruption cannot pause it; and the caller is heard during uninterruptible speech too. The
    `aec_warmup_duration` of the session must be None besides, or it is deaf to "stop" for its first three seconds.
    """
    return {
        "turn_detection": "vad",
        "endpointing": _endpointing(profile),
        "interruption": {
            "enabled": True,
            "mode": "vad",
            "min_words": OUT_OF_REACH,
            "resume_false_interruption": False,
            "false_interruption_timeout": None,
            "discard_audio_if_uninterruptible": False,
        },
        "preemptive_generation": {"enabled": profile.model.preemptive},
    }


def stock_turn_handling(profile: "Profile") -> TurnHandlingOptions:
    """Return what livekit-agents does by itself on any VAD, with the profile's endpointing."""
    return {
        "turn_detection": "vad",
        "endpointing": _endpointing(profile),
        "interruption": {"mode": "vad"},
        "preemptive_generation": {"enabled": profile.model.preemptive},
    }


def _endpointing(profile: "Profile") -> EndpointingOptions:
    settings = profile.endpointing
    return {"mode": "fixed", "min_delay": settings.min_delay, "max_delay": settings.max_delay}

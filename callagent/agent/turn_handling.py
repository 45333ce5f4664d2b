"""The session options that decide when a turn is over and what stops the agent: the gate's, and livekit's own."""

import sys
from typing import TYPE_CHECKING

from livekit.agents import EndpointingOptions, TurnHandlingOptions

from callagent.agent.endpointing import EndOfTurn
from callagent.turns.binding import GateBinding

if TYPE_CHECKING:
    from callagent.profile import Profile


def turn_handling_of(profile: "Profile", binding: GateBinding) -> TurnHandlingOptions:
    """What the gate needs, and turns that end later in the middle of a dictation."""
    return {**gated_turn_handling(profile), "turn_detection": EndOfTurn.of(profile, lambda: binding.words_to_come)}


def gated_turn_handling(profile: "Profile") -> TurnHandlingOptions:
    """Session options with which the session never stops the agent by itself because of the caller's audio.

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
            "min_words": sys.maxsize,
            "resume_false_interruption": False,
            "false_interruption_timeout": None,
            "discard_audio_if_uninterruptible": False,
        },
    }


def stock_turn_handling(profile: "Profile") -> TurnHandlingOptions:
    """What livekit-agents does by itself on any VAD, with the profile's endpointing."""
    return {
        "turn_detection": "vad",
        "endpointing": _endpointing(profile),
        "interruption": {"mode": "vad"},
    }


def _endpointing(profile: "Profile") -> EndpointingOptions:
    settings = profile.endpointing
    return {"mode": "fixed", "min_delay": settings.min_delay, "max_delay": settings.max_delay}

"""The session options that decide when a turn is over and what stops the agent: the gate's, and livekit's own."""

import sys
from typing import TYPE_CHECKING

from livekit.agents import EndpointingOptions, TurnHandlingOptions
from livekit.agents.voice.turn import TurnDetectionMode

from callagent.agent.end_of_turn import EndOfTurn
from callagent.providers.types import TurnModel

if TYPE_CHECKING:
    from callagent.profile import Profile

OUT_OF_REACH = sys.maxsize
"""Words that a caller never says: with `min_words` so high the session does not interrupt by itself."""


def turn_detection(profile: "Profile", model: TurnModel | None, *, realtime: bool) -> TurnDetectionMode:
    """Return what ends the caller's turns, as `endpointing.by` says.

    Args:
        model: the end-of-turn model; None: a pause ends a turn where it should have.
        realtime: whether a realtime model answers; without one a pause ends a turn where its server should have.
    """
    match profile.endpointing.by:
        case "stt":
            return "stt"
        case "manual":
            return "manual"
        case "realtime" if realtime:
            return "realtime_llm"
    return EndOfTurn.of(profile, model)


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
        "user_turn_limit": {"max_duration": profile.endpointing.max_turn},
    }


def stock_turn_handling(profile: "Profile") -> TurnHandlingOptions:
    """Return what livekit-agents does by itself on any VAD, with the profile's delays."""
    return {
        "turn_detection": "vad",
        "endpointing": _endpointing(profile),
        "interruption": {"mode": "vad"},
        "preemptive_generation": {"enabled": profile.model.preemptive},
    }


def ended_by(detection: TurnDetectionMode, turns: TurnHandlingOptions) -> TurnHandlingOptions:
    """Return the options with another end of a turn; one that is ended by hand is over at once."""
    ended: TurnHandlingOptions = {**turns, "turn_detection": detection}
    if detection == "manual":
        ended["endpointing"] = {"mode": "fixed", "min_delay": 0.0, "max_delay": 0.0}
    return ended


def _endpointing(profile: "Profile") -> EndpointingOptions:
    settings = profile.endpointing
    return {"mode": settings.mode, "min_delay": settings.min_delay, "max_delay": settings.max_delay}

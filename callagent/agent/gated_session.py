"""The gate on anybody's `AgentSession`: the options that it is made with, and the gate that is put on it then."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from livekit.agents import AgentSession, APIConnectOptions, TurnHandlingOptions
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.agents.voice.transcription.text_transforms import TextTransforms

from callagent.agent.end_of_turn import DictationDelay, EndOfTurn
from callagent.agent.models import AgentWords, EveryAgent
from callagent.agent.outage.filler import Filler
from callagent.agent.overtaken_turns import OvertakenTurns
from callagent.agent.spoken_text import spoken_transforms
from callagent.agent.turn_handling import (
    OUT_OF_REACH,
    ended_by,
    gated_turn_handling,
    stock_turn_handling,
    turn_detection,
)
from callagent.audio import CallClock
from callagent.providers.turn_ends import make_turn_model
from callagent.providers.types import TurnModel
from callagent.turns.binding import GateBinding
from callagent.turns.config import Clock, GateConfig

if TYPE_CHECKING:
    from callagent.profile import ModelSettings, Profile


class SessionOptions(TypedDict):
    """Arguments of `AgentSession`."""

    turn_handling: TurnHandlingOptions
    tts_text_transforms: Sequence[TextTransforms]
    aec_warmup_duration: float | None
    max_tool_steps: int
    conn_options: SessionConnectOptions


def session_options(profile: "Profile") -> SessionOptions:
    """Return what a session must be made with for the gate of `profile`: `AgentSession(**session_options(profile), …)`.

    The session never interrupts by itself, and is deaf at no time; a turn ends as the profile's `endpointing` says; and
    the voice reads numbers as `number_reading` says. Any STT, VAD, model and voice go with it. The end-of-turn model is
    loaded now where the profile uses it and the process has not done so, which blocks for a second.
    """
    return gated_options(profile, make_turn_model(profile))


def gated_options(profile: "Profile", model: TurnModel | None, *, realtime: bool = True) -> SessionOptions:
    """Return the same with the end-of-turn model of a call, or without.

    Args:
        realtime: whether a realtime model answers.
    """
    detection = turn_detection(profile, model, realtime=realtime)
    options = stock_options(profile, ended_by(detection, gated_turn_handling(profile)))
    options["tts_text_transforms"] = [AgentWords(), *options["tts_text_transforms"]]
    return options


def stock_options(
    profile: "Profile", turn_handling: TurnHandlingOptions | None = None, *, realtime: bool = False
) -> SessionOptions:
    """Return the same for a session that interrupts by itself, as livekit does, or as `turn_handling` says. What ends
    a turn is as in the profile, but for what callagent adds to a pause.
    """
    if turn_handling is None:
        detection = turn_detection(profile, None, realtime=realtime)
        turn_handling = stock_turn_handling(profile)
        turn_handling = ended_by(detection, turn_handling) if isinstance(detection, str) else turn_handling
    return {
        "turn_handling": turn_handling,
        "tts_text_transforms": spoken_transforms(profile),
        "aec_warmup_duration": None,
        "max_tool_steps": profile.model.max_tool_steps,
        "conn_options": _connect_options(profile.model),
    }


def gate(
    session: AgentSession[Any], profile: "Profile", *, clock: Clock | None = None, filler: Filler | None = None
) -> GateBinding:
    """Put the gate of `profile` on a session that was made with `session_options` and has not been started.

    It holds for every agent, task and hand-over of the session, whatever models they bring. `callagent.gated` around
    the session's STT lets a hand-over keep its stream open; without it each agent begins a new one.

    Args:
        clock: gives the times of the journal; seconds from now on if left out.
        filler: what is heard where an answer takes long.

    Raises:
        ValueError: the session was made without those options, and would stop the agent by itself.
    """
    options = session.options
    if options.interruption.get("min_words", 0) < OUT_OF_REACH or options.aec_warmup_duration:
        raise ValueError(
            "the session interrupts by itself: make it as AgentSession(**callagent.session_options(profile))"
        )
    binding = GateBinding(GateConfig.from_profile(profile), clock=clock or CallClock())
    binding.attach(session)
    match session.turn_detection:
        case EndOfTurn() as detector:
            detector.follow(session, binding)
        case "stt":
            DictationDelay(session, binding, EndOfTurn.of(profile), profile)
    transforms = options.tts_text_transforms or ()
    words = next((one for one in transforms if isinstance(one, AgentWords)), None) or AgentWords()
    words.attach(session, binding.agent_text)
    if session.turn_detection != "manual":  # there the words wait for whoever ends the turn
        OvertakenTurns(session, binding)
    EveryAgent(session, binding, profile.limits, filler)
    return binding


def _connect_options(settings: "ModelSettings") -> SessionConnectOptions:
    """Return how long each provider is waited for and how often it is asked again; livekit's own by default."""

    def options(timeout: float | None) -> APIConnectOptions:
        return APIConnectOptions(max_retry=settings.retries, timeout=timeout or DEFAULT_API_CONNECT_OPTIONS.timeout)

    return SessionConnectOptions(
        stt_conn_options=options(settings.stt_timeout),
        llm_conn_options=options(settings.timeout),
        tts_conn_options=options(settings.tts_timeout),
    )

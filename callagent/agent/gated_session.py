"""The gate on anybody's `AgentSession`: the options that it is made with, and the gate that is put on it then."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from livekit.agents import AgentSession, APIConnectOptions, TurnHandlingOptions
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.agents.voice.transcription.text_transforms import TextTransforms

from callagent.agent.models import AgentWords, EveryAgent
from callagent.agent.overtaken_turns import OvertakenTurns
from callagent.agent.spoken_text import spoken_transforms
from callagent.agent.turn_handling import OUT_OF_REACH, EndOfTurn, gated_turn_handling, stock_turn_handling
from callagent.audio import CallClock
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
    the voice reads numbers as `number_reading` says. Any STT, VAD, model and voice go with it.
    """
    turns: TurnHandlingOptions = {**gated_turn_handling(profile), "turn_detection": EndOfTurn.of(profile)}
    options = stock_options(profile, turns)
    options["tts_text_transforms"] = [AgentWords(), *options["tts_text_transforms"]]
    return options


def stock_options(profile: "Profile", turn_handling: TurnHandlingOptions | None = None) -> SessionOptions:
    """Return the same for a session that interrupts by itself, as livekit does, or as `turn_handling` says."""
    return {
        "turn_handling": turn_handling or stock_turn_handling(profile),
        "tts_text_transforms": spoken_transforms(profile),
        "aec_warmup_duration": None,
        "max_tool_steps": profile.model.max_tool_steps,
        "conn_options": _connect_options(profile.model),
    }


def gate(session: AgentSession[Any], profile: "Profile", *, clock: Clock | None = None) -> GateBinding:
    """Put the gate of `profile` on a session that was made with `session_options` and has not been started.

    It holds for every agent, task and hand-over of the session, whatever models they bring. `callagent.gated` around
    the session's STT lets a hand-over keep its stream open; without it each agent begins a new one.

    Args:
        clock: gives the times of the journal; seconds from now on if left out.

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
    if isinstance(session.turn_detection, EndOfTurn):
        session.turn_detection.wait_for(lambda: binding.words_to_come)
    transforms = options.tts_text_transforms or ()
    words = next((one for one in transforms if isinstance(one, AgentWords)), None) or AgentWords()
    words.attach(session, binding.agent_text)
    OvertakenTurns(session)
    EveryAgent(session, binding, profile.limits)
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

"""The models of whichever agent a session talks through: they pass the gate and the limits, after a hand-over too."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from livekit.agents import (
    Agent,
    AgentSession,
    ConversationItemAddedEvent,
    SpeechCreatedEvent,
    UserInputTranscribedEvent,
    llm,
    stt,
    tts,
)
from livekit.agents.llm import AgentHandoff
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.agents.utils import is_given

from callagent.agent.models.gated_node import gate_on, has_gate
from callagent.agent.models.gated_stt import GatedSTT, gated
from callagent.agent.models.limited_models import LimitedLLM, limited_tts
from callagent.agent.outage.filler import Filler
from callagent.turns.binding import GateBinding

if TYPE_CHECKING:
    from callagent.profile import LimitSettings

M = TypeVar("M")

_log = logging.getLogger("callagent.agent")


class EveryAgent:
    """Watches a session for agents: livekit tells of one before it starts, in time to have its models seen to.

    What an agent is given in the middle of a call (`Agent.update_options`) is seen to before its next speech.

    Args:
        gate: None for a session that interrupts by itself, as livekit does.
        filler: what is heard where an answer takes long.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        gate: GateBinding | None,
        limits: "LimitSettings",
        filler: Filler | None = None,
    ) -> None:
        self._filler = filler
        self._session, self._gate, self._limits = session, gate, limits
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._streams_before = 0
        self._told_of: set[type[Agent]] = set()
        if gate is not None:
            gate_on(session, gate)
            session.on("user_input_transcribed", self._transcribed)
        if isinstance(session.stt, GatedSTT):
            session.stt.follow(gate, limits, session.vad)
        session.on("conversation_item_added", self._item_added)
        session.on("speech_created", self._speech_created)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, AgentHandoff):
            agent = self._session.current_agent
            self._see_to(agent)
            self._streams_before = _streams(in_use(agent.stt, self._session.stt))

    def _transcribed(self, _: UserInputTranscribedEvent) -> None:
        agent = self._session.current_agent
        streams = _streams(in_use(agent.stt, self._session.stt))
        if not has_gate(agent) and streams == self._streams_before and type(agent) not in self._told_of:
            self._told_of.add(type(agent))
            _log.warning(
                "an stt_node recognises by itself, so the gate does not hear the caller: put @callagent.gated above it",
                extra={"agent": type(agent).__qualname__},
            )

    def _speech_created(self, _: SpeechCreatedEvent) -> None:
        self._see_to(self._session.current_agent)

    def _see_to(self, agent: Agent) -> None:
        session = self._session
        recogniser = in_use(agent.stt, session.stt)
        if isinstance(recogniser, stt.STT):
            gated_stt = self._once(recogniser, gated)
            gated_stt.follow(self._gate, self._limits, in_use(agent.vad, session.vad))
            agent.update_options(stt=_if_new(gated_stt, recogniser))
        model = in_use(agent.llm, session.llm)
        if isinstance(model, llm.LLM):
            agent.update_options(llm=_if_new(self._once(model, self._limited_llm), model))
        voice = in_use(agent.tts, session.tts)
        if isinstance(voice, tts.TTS):
            agent.update_options(tts=_if_new(self._once(voice, self._limited_tts), voice))

    def _limited_llm(self, model: llm.LLM[Any]) -> llm.LLM[Any]:
        return model if isinstance(model, LimitedLLM) else LimitedLLM(model, self._limits, self._filler)

    def _limited_tts(self, voice: tts.TTS[Any]) -> tts.TTS[Any]:
        return limited_tts(voice, self._limits, self._filler)

    def _once(self, model: M, around: Callable[[M], Any]) -> Any:
        """Return what stands around a model: the same one for every agent, so that livekit can keep its stream open."""
        if id(model) not in self._kept:
            self._kept[id(model)] = (model, around(model))
        return self._kept[id(model)][1]


def _streams(recogniser: stt.STT[Any] | None) -> int:
    return recogniser.streams if isinstance(recogniser, GatedSTT) else 0


def in_use(own: NotGivenOr[M | None], of_session: M | None) -> M | None:
    """Return the model that an agent talks through: its own, or else that of its session."""
    return own if is_given(own) else of_session


def _if_new(around: M, model: M) -> NotGivenOr[M]:
    return NOT_GIVEN if around is model else around

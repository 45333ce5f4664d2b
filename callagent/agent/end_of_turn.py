"""Detectors of the end of a turn: the rule on dictations, and the end-of-turn model beside it (`endpointing.by`)."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    LanguageCode,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.llm import ChatContext, ChatMessage

from callagent.concurrency import BackgroundTasks
from callagent.providers.types import TurnModel
from callagent.turns.binding import GateBinding
from callagent.turns.config import GateConfig
from callagent.turns.endpointing import Dictation
from callagent.turns.lexicon import Kind

if TYPE_CHECKING:
    from callagent.profile import Profile

SURE = 1.0
UNSURE = 0.0
THRESHOLD = 0.5
"""Between the two: below it livekit waits for `endpointing.max_delay` instead of `min_delay`."""

PATIENCE_S = 1.0
"""How long the model is waited for; livekit-agents gives its detectors as long (`DEFAULT_PREDICTION_TIMEOUT`)."""

_log = logging.getLogger("callagent.agent")


class EndOfTurn:
    """A turn detector of livekit-agents (`turn_detection`): a rule on words, which costs no time, and behind it the
    end-of-turn model where the profile uses one.

    The VAD still finds the end of speech. What is no dictation is answered after `endpointing.min_delay`, exactly as
    with `turn_detection: "vad"`, unless the model believes that the caller goes on.

    Args:
        dictation: what is waited for.
        model: hears how it was said; it is asked when the caller falls silent, so that its answer is there in time.
    """

    def __init__(self, dictation: Dictation, model: TurnModel | None = None) -> None:
        self._dictation = dictation
        self._model = model
        self._words_to_come: Callable[[], bool] = lambda: False
        self._committed = False
        self._answer: asyncio.Task[float] | None = None
        self._asked = BackgroundTasks(_log, "the end-of-turn model has failed: a pause ends this turn")

    @classmethod
    def of(cls, profile: "Profile", model: TurnModel | None = None) -> "EndOfTurn":
        """Return the detector of a profile's locale, with its `endpointing.wait_for`."""
        lexicon = GateConfig.from_profile(profile).lexicon
        dictation = Dictation(
            profile.language,
            profile.endpointing.wait_for,
            hesitations=profile.interruption.tics,
            is_reaction=lambda text: lexicon.match(text, final=True).kind is not Kind.CONTENT,
        )
        return cls(dictation, model)

    def follow(self, session: AgentSession[Any], gate: GateBinding) -> None:
        """Have the model hear what the recogniser hears in a session, and wait for words that it still owes."""
        self.wait_for(lambda: gate.words_to_come)
        session.on("conversation_item_added", self._item_added)
        session.on("user_state_changed", self._user_state_changed)
        session.on("close", lambda _: self._asked.cancel())
        gate.on_turn_ended(self._turn_ended)
        if self._model is not None:
            gate.on_audio(self._model.hear)

    def wait_for(self, words_to_come: Callable[[], bool]) -> None:
        """Wait as well while the final transcript of what was said last is still missing, so that a second sentence
        does not become a turn of its own; when it comes livekit asks again.
        """
        self._words_to_come = words_to_come

    def is_unfinished(self, said: str, asked: str) -> bool:
        """Tell whether the caller is in the middle of a dictation.

        Args:
            said: the turn so far.
            asked: what the agent said last.
        """
        kind = self._dictation.unfinished(said, asked)
        if kind is not None:
            _log.debug("the caller is waited for", extra={"tag": kind, "pii_heard": said})
        return kind is not None

    @property
    def model(self) -> str:
        """Name in metrics."""
        return "dictation" if self._model is None else self._model.name

    @property
    def provider(self) -> str:
        """Name in metrics."""
        return "callagent" if self._model is None else "livekit"

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """Return every language: the profile's locale counts, not what the recogniser believes to have heard."""
        return True

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        """Return the probability below which the caller is waited for."""
        return THRESHOLD if self._model is None else await self._model.threshold()

    async def predict_end_of_turn(
        self,
        chat_ctx: ChatContext,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the name is livekit's
    ) -> float:
        """Tell whether the turn at the end of the context is over."""
        if self._committed:
            return SURE
        if self._words_to_come():
            return UNSURE
        messages = [item for item in chat_ctx.items if isinstance(item, ChatMessage)]
        if not messages or messages[-1].role != "user":
            return SURE
        if self.is_unfinished(messages[-1].text_content or "", last_words_of_agent(messages)):
            return UNSURE
        return await self._by_model(PATIENCE_S if timeout is None else timeout)

    async def _by_model(self, patience: float) -> float:
        """Return what the model says; where it says nothing, a pause ends the turn."""
        if self._answer is None:
            return SURE
        await asyncio.wait([self._answer], timeout=patience)
        if not self._answer.done():
            _log.warning("the end-of-turn model is late: a pause ends this turn")
            return SURE
        failed = self._answer.cancelled() or self._answer.exception() is not None
        return SURE if failed else self._answer.result()

    def _turn_ended(self, answered: bool) -> None:
        """Take a turn for over that somebody has ended, whatever the words and the model say."""
        self._committed = answered

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._committed, self._answer = False, None
        elif event.old_state == "speaking" and self._model is not None:
            silence = max(0.0, time.time() - event.created_at)
            self._answer = self._asked.start(self._model.probability(silence), name="callagent.agent.end_of_turn")

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "user":
            self._committed = False
            if self._model is not None:
                self._model.forget()


class DictationDelay:
    """The rule on dictations where the recogniser ends turns (`by: stt`), and livekit has no detector to ask: while one
    is unfinished, livekit waits for `max_delay` instead of `min_delay`.
    """

    def __init__(self, session: AgentSession[Any], gate: GateBinding, detector: EndOfTurn, profile: "Profile") -> None:
        self._session, self._detector = session, detector
        self._delays = {False: profile.endpointing.min_delay, True: profile.endpointing.max_delay}
        self._said: list[str] = []
        self._waits = False
        session.on("user_input_transcribed", self._transcribed)
        session.on("conversation_item_added", self._item_added)
        gate.on_turn_ended(lambda _: self._begin_anew())

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final and event.transcript.strip():
            self._said.append(event.transcript)
            asked = last_words_of_agent(self._session.history.messages())
            self._wait(self._detector.is_unfinished(" ".join(self._said), asked))

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "user":
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._said.clear()
        self._wait(False)

    def _wait(self, longer: bool) -> None:
        if longer != self._waits:
            self._waits = longer
            self._session.update_options(endpointing_opts={"min_delay": self._delays[longer]})


def last_words_of_agent(messages: list[ChatMessage]) -> str:
    """Return what the agent said last."""
    return next((each.text_content or "" for each in reversed(messages) if each.role == "assistant"), "")

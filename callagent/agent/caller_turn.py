"""The caller's turn, ended or thrown away by hand: by a key (`endpointing.key`) or by an author's code."""

import asyncio
import logging
from typing import Any

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.llm import ChatMessage, RealtimeModel

from callagent.agent.models.every_agent import in_use
from callagent.concurrency import BackgroundTasks
from callagent.turns.binding import GateBinding

WORDS_S = 2.0
"""How long the recogniser's last words are waited for when a turn is ended by hand, seconds: livekit's own limit
(`commit_user_turn`), of which nothing is used where no words are to come.
"""

LET_GO_S = 0.01
"""Time in which the session lets go of a speech that is over, seconds: a few turns of its loop."""

_log = logging.getLogger("callagent.agent")


class CallerTurn:
    """Knows whether there is anything in the turn so far, whichever way turns end in this session.

    Args:
        gate: None for a session that interrupts by itself.
    """

    def __init__(self, session: AgentSession[Any], gate: GateBinding | None) -> None:
        self._session, self._gate = session, gate
        self._words = self._interim = self._unheard = False
        self._final_at = 0.0
        self._news = asyncio.Event()
        self._commits = BackgroundTasks(_log, "the caller's turn was not ended")
        session.on("user_input_transcribed", self._transcribed)
        session.on("user_state_changed", self._user_state_changed)
        session.on("conversation_item_added", self._item_added)
        session.on("close", lambda _: self._commits.cancel())

    def commit(self) -> "asyncio.Task[str]":
        """End the turn: the agent answers as soon as the recogniser has given its last words, and after what it says
        just now, if that must not be interrupted. Nothing is answered where nothing was said.

        Returns:
            A task with the words of the turn; empty where there were none, or the call is over.
        """
        return self._commits.start(self._commit(), name="callagent.agent.commit_turn")

    def clear(self) -> None:
        """Throw the turn so far away: it is not answered, and joins no other turn."""
        if self._gate is not None:
            self._gate.end_turn(answered=False)
        self._begin_anew()
        try:
            self._session.clear_user_turn()
        except RuntimeError as error:  # not started yet, or over
            _log.info("turn not cleared", extra={"error": str(error)})

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been said in it, as far as is known."""
        return not (self._words or self._interim or self._unheard)

    async def _commit(self) -> str:
        await self._uninterruptible_speech()
        await self._last_words()
        said = self._words or self._interim
        self._begin_anew()
        try:
            if not (said or self._model_hears()):
                _log.debug("there is no turn to end")
                return ""
            if self._gate is not None:
                self._gate.end_turn(answered=True)
            return await self._session.commit_user_turn(transcript_timeout=0.0)
        except RuntimeError as error:  # the session is closing: what was said is in its history
            _log.info("turn not answered", extra={"error": str(error)})
            return ""

    async def _uninterruptible_speech(self) -> None:
        """Wait for its end: livekit would drop the turn."""
        while (speech := self._session.current_speech) is not None and not speech.allow_interruptions:
            await speech
            await asyncio.sleep(LET_GO_S)

    async def _last_words(self) -> None:
        try:
            async with asyncio.timeout(WORDS_S):
                while self._owes_words():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            _log.debug("the recogniser owes words of a turn that is ended")

    def _owes_words(self) -> bool:
        return self._interim or self._unheard or (self._gate is not None and self._gate.words_to_come)

    def _model_hears(self) -> bool:
        """Tell whether a realtime model answers, which has the audio of whatever was said."""
        agent = self._session.current_agent
        return isinstance(in_use(agent.llm, self._session.llm), RealtimeModel)

    def _begin_anew(self) -> None:
        self._words = self._interim = self._unheard = False

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        said = bool(event.transcript.strip())
        self._words = self._words or (said and event.is_final)
        self._interim = said and not event.is_final
        if event.is_final:
            self._final_at = event.created_at
            self._unheard = self._unheard and self._session.user_state == "speaking"
        self._news.set()

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        """Expect words of what is being said; a recogniser may be done with them before the VAD sees the end."""
        if event.new_state == "speaking":
            self._unheard = True
        elif event.old_state == "speaking":
            self._unheard = self._final_at < event.created_at
        self._news.set()

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "user":
            self._words = False

"""Turns of the caller that another speech has overtaken: livekit-agents keeps or drops them, so they are made up for.

A turn is committed a moment after its last word (`endpointing.min_delay`). Where the agent has begun to say something
else by then (a reply to a key, say), a session that never interrupts by itself keeps the words until the next turn;
over speech that cannot be interrupted it drops them.
"""

import logging
from typing import Any

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    CloseEvent,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
)
from livekit.agents.llm import ChatMessage, RealtimeModel

from callagent.agent.models.every_agent import in_use
from callagent.concurrency import BackgroundTasks
from callagent.turns.binding import GateBinding

_log = logging.getLogger("callagent.agent")


class OvertakenTurns:
    """Watches a session, and has such words answered as soon as the agent has finished; not those of a turn that was
    thrown away by hand.
    """

    def __init__(self, session: AgentSession[Any], gate: GateBinding) -> None:
        self._session = session
        self._owed: list[str] = []
        self._overtaken = False
        self._making_up = BackgroundTasks(_log, "overtaken words were not made up for")
        session.on("user_input_transcribed", self._transcribed)
        session.on("conversation_item_added", self._item_added)
        session.on("agent_state_changed", self._state_changed)
        session.on("close", self._closed)
        gate.on_turn_ended(self._turn_ended)

    def _turn_ended(self, answered: bool) -> None:
        if not answered:
            self._owed.clear()

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final and event.transcript.strip() and not self._model_hears():
            self._owed.append(event.transcript)

    def _model_hears(self) -> bool:
        """Tell whether a realtime model answers, which has the audio of whatever was said, and gets no words of it."""
        return isinstance(in_use(self._session.current_agent.llm, self._session.llm), RealtimeModel)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "user":
            text = item.text_content or ""
            self._owed[:] = [words for words in self._owed if words not in text]

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._overtaken = bool(self._owed)
        elif event.new_state == "listening" and self._overtaken and self._owed and not self._making_up:
            self._overtaken = False
            self._making_up.start(self._make_up(), name="callagent.agent.overtaken")

    async def _make_up(self) -> None:
        """Have the session commit what it kept; what it dropped is given to it again."""
        _log.debug("words were overtaken", extra={"pii_heard": self._owed})
        try:
            kept = await self._session.commit_user_turn(transcript_timeout=0.0)
            if not kept and self._owed:
                dropped = " ".join(self._owed)
                self._owed.clear()
                self._session.generate_reply(user_input=dropped)
        except RuntimeError as error:  # the session is closing
            _log.info("words not answered", extra={"error": str(error)})

    def _closed(self, _: CloseEvent) -> None:
        self._making_up.cancel()

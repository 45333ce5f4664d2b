"""Push to talk: with `endpointing.by: manual` a key of the telephone ends the caller's turn, and may begin it."""

import logging
from typing import TYPE_CHECKING, Any

from livekit.agents import AgentSession

from callagent.agent.caller_turn import CallerTurn
from callagent.agent.dtmf.keys import Keypad

if TYPE_CHECKING:
    from callagent.profile import EndpointingSettings

_log = logging.getLogger("callagent.agent")


class PushToTalk:
    """Takes the keys of `endpointing` out of what the caller keys in, except while a tool collects keys.

    Without `begin_key` everything belongs to the turn that was said since the last one. With it, what was said before
    the key does not count; it stops the agent, as a lifted hand would. The gate decides as ever about what is said over
    the agent: "No, stop." needs no key.
    """

    def __init__(
        self, keypad: Keypad, session: AgentSession[Any], turn: CallerTurn, settings: "EndpointingSettings"
    ) -> None:
        self._session, self._turn = session, turn
        self._key, self._begin_key = settings.key, settings.begin_key
        self._talking = False
        if settings.by == "manual" and self._key != "off":
            keypad.reserve({self._key, self._begin_key} - {"off"}, self._pressed)

    def _pressed(self, key: str) -> None:
        if key == self._begin_key and not (self._talking and key == self._key):
            self._begin()
        elif self._talking or self._begin_key == "off":
            self._talking = False
            self._turn.commit()
        else:
            _log.debug("a key ends a turn that no key has begun")

    def _begin(self) -> None:
        self._talking = True
        if not self._turn.is_empty:
            self._turn.clear()
        speech = self._session.current_speech
        if speech is not None and speech.allow_interruptions:
            self._session.interrupt()

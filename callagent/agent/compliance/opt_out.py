"""Somebody does not want to be called again: their number goes on the list, they are told so, and the call ends.

No model is asked. It holds whatever the agent does at that moment, and whichever agent has the call.
"""

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from livekit.agents import UserInputTranscribedEvent

from callagent.agent.call_control import CallControl, ControlError
from callagent.agent.call_limits import CallFlow, Ending
from callagent.agent.compliance.opt_out_words import OptOutWords
from callagent.agent.compliance.watchers import OptOutWay
from callagent.agent.dtmf.keys import KeyTurns
from callagent.concurrency import BackgroundTasks
from callagent.turns.binding import GateBinding
from callagent.turns.gate.events import Event, Transcript

if TYPE_CHECKING:
    from callagent.agent.call import Call

LISTED_S: Final = 5.0
"""Seconds that the list may take; then the caller is told what is said where it did not work."""

SILENT_S: Final = 1.0
"""Seconds that the agent may take to fall silent."""

TOGETHER_S: Final = 6.0
"""Transcripts within so many seconds may be one wish: "take me off" and "your list"."""

_log = logging.getLogger("callagent.agent")


class OptOut:
    """Listens to one call.

    Args:
        call: the call; nothing happens where its profile does not honour such a wish.
        control: has the list.
        flow: ends the call.
    """

    def __init__(self, call: "Call", control: CallControl, flow: CallFlow) -> None:
        self._session, self._control, self._flow = call.session, control, flow
        settings = call.profile.compliance.opt_out
        self._settings, self._spoken, self._watcher = settings, call.texts.spoken, call.compliance
        self._words = OptOutWords(settings.phrases, settings.unless_after)
        self._recent: deque[tuple[float, str]] = deque(maxlen=4)
        self._asked = False
        self._tasks = BackgroundTasks(_log, "a wish not to be called again was not carried out")

    def listen(self, gate: GateBinding | None, keys: KeyTurns) -> None:
        """Listen from now on, to what the gate keeps from the agent too."""
        if not self._settings.honoured:
            return
        self._session.on("user_input_transcribed", self._transcribed)
        if gate is not None:
            gate.on_event(self._told)
        if self._settings.key != "off":
            keys.give_meaning(self._settings.key, partial(self._ask, "key"))

    def _told(self, event: Event) -> None:
        if isinstance(event, Transcript) and event.final:
            self._heard(event.text)

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final:
            self._heard(event.transcript)

    def _heard(self, text: str) -> None:
        now = asyncio.get_running_loop().time()
        while self._recent and now - self._recent[0][0] > TOGETHER_S:
            self._recent.popleft()
        if self._asked or not text.strip() or any(text == known for _, known in self._recent):
            return
        self._recent.append((now, text))
        if self._words.asks(text) or self._words.asks(" ".join(part for _, part in self._recent)):
            self._ask("words")

    def _ask(self, by: OptOutWay) -> None:
        if not self._asked:
            self._asked = True
            self._tasks.start(self._carry_out(by), name="callagent.agent.opt_out")

    async def _carry_out(self, by: OptOutWay) -> None:
        _log.info("the other side does not want to be called again", extra={"by": by})
        await self._fall_silent()
        listed = await self._list()
        self._watcher.opted_out(by, listed)
        settings = self._settings
        self._flow.finish(self._spoken(settings.confirmed if listed else settings.not_listed), Ending("opted out"))

    async def _fall_silent(self) -> None:
        """Say nothing more, and take what was said into the conversation, unanswered."""
        try:
            async with asyncio.timeout(SILENT_S):
                await self._session.interrupt(force=True)
                await self._session.commit_user_turn(transcript_timeout=0.0, skip_reply=True)
        except (RuntimeError, TimeoutError) as error:  # the session is closing: the number is listed all the same
            _log.info("nobody is answered any more", extra={"error": str(error) or type(error).__name__})

    async def _list(self) -> bool:
        try:
            async with asyncio.timeout(LISTED_S):
                await self._control.do_not_call()
        except (ControlError, TimeoutError) as error:
            _log.error("a number is not on the do-not-call list", extra={"error": str(error) or type(error).__name__})
            return False
        return True

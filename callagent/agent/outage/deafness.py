"""Notices that the caller speaks and the recogniser does not hear: it has stalled, or failed in the middle.

A chain goes over to its next recogniser, which hears what was said from its beginning. Where nothing comes of that
either, the caller is asked to say it once more; the second time in a row counts as an outage.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentSession, ErrorEvent, UserStateChangedEvent
from livekit.agents.stt import STTError

from callagent.agent.models import GatedSTT
from callagent.agent.outage.outage_watchers import OutageWatchers
from callagent.agent.prompts import Sounds, say
from callagent.concurrency import BackgroundTasks

if TYPE_CHECKING:
    from callagent.profile import Profile

SPOKEN_S: Final = 1.0
"""Speech, as the voice activity detector has it, of which a recogniser with interim results has to make something:
longer than a cough."""

NOTHING_S: Final = 1.5
"""Time without a transcript, since such speech began, after which the recogniser is doubted, in seconds."""

ASK_S: Final = 2.5
"""Silence of both sides after speech of which nothing came, until the caller is asked again, in seconds."""

CERTAIN_S: Final = 2.5
"""Speech that must have been words, where nothing but the silence of the recogniser speaks against it."""

IN_A_ROW: Final = 2
"""How often the caller is spoken to before it counts as an outage."""

_log = logging.getLogger("callagent.agent")


class DeafnessWatch:
    """Watches one session whose recogniser is `GatedSTT`.

    Args:
        treat: what is done when the recogniser hears nothing, time and again.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        profile: "Profile",
        sounds: Sounds,
        watchers: OutageWatchers,
        treat: Callable[[str], None],
    ) -> None:
        self._session, self._phrase, self._sounds = session, profile.phrases.not_heard, sounds
        self._watchers, self._treat = watchers, treat
        self._began = self._spoken = 0.0
        self._speaking = self._failed = False
        self._before = self._asked = 0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = BackgroundTasks(_log, "the caller could not be asked again")
        session.on("user_state_changed", self._user_state_changed)
        session.on("error", self._error)
        session.on("close", self._closed)

    @property
    def _recogniser(self) -> GatedSTT | None:
        own = self._session.current_agent.stt
        used = own if isinstance(own, GatedSTT) else self._session.stt
        return used if isinstance(used, GatedSTT) and used.streams else None  # an stt_node may do without it

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        recogniser, now = self._recogniser, asyncio.get_running_loop().time()
        if recogniser is None:
            return
        if event.new_state == "speaking":
            self._speaking, self._began, self._before = True, now, recogniser.transcripts
            self._failed = False
            if recogniser.capabilities.interim_results:
                self._later(NOTHING_S, self._doubt)
        elif self._speaking:
            self._speaking, self._spoken = False, now - self._began
            if self._heard():
                self._asked = 0
            self._later(NOTHING_S, self._doubt)

    def _error(self, event: ErrorEvent) -> None:
        if isinstance(event.error, STTError) and event.error.recoverable and self._speaking:
            self._failed = True

    def _heard(self) -> bool:
        recogniser = self._recogniser
        return recogniser is None or recogniser.transcripts > self._before

    def _doubt(self) -> None:
        """Doubt the recogniser, where the speech was long enough."""
        if self._heard() and not self._failed:
            self._asked = 0
            return
        loop = asyncio.get_running_loop()
        spoken = loop.time() - self._began if self._speaking else self._spoken
        if spoken < SPOKEN_S and not self._failed:
            return
        suspect = getattr(self._recogniser, "suspect", None)
        certain = self._failed or suspect is not None or spoken >= CERTAIN_S
        if suspect is not None and not self._heard():
            suspect()
        if certain and not self._speaking:
            self._later(ASK_S, self._ask)

    def _ask(self) -> None:
        recogniser = self._recogniser
        finals = recogniser is not None and recogniser.last_final > self._began
        busy = self._speaking or self._session.agent_state in ("speaking", "thinking")
        if busy or (finals if self._failed else self._heard()):
            return
        self._asked += 1
        if self._asked > IN_A_ROW:
            self._watchers.hung("recogniser", "", round(asyncio.get_running_loop().time() - self._began, 1))
            self._treat("the recogniser hears nothing")
            return
        self._watchers.treated("asked again", "the recogniser heard nothing")
        if self._phrase:
            self._tasks.start(self._say(), name="callagent.agent.not_heard")

    async def _say(self) -> None:
        try:
            await say(self._session, self._phrase, self._sounds)
        except RuntimeError as error:  # the session is closing already
            _log.info("the caller is not asked again", extra={"error": str(error)})

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, act)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _closed(self, _: object) -> None:
        self._stop()
        self._tasks.cancel()

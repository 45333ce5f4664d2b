"""The recording of one call: when it begins, pauses and ends, and what its journal tells of it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from livekit.agents import AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import AgentHandoff

from callagent.agent.line.recording_control import RecordingControl
from callagent.audio import CallClock
from callagent.journal import Answered, Disclosed, HandedOver, Observation, ObservationLog
from callagent.journal.privacy.private_tasks import PrivateTasks
from callagent.journal.recordings.recording_events import (
    RecordingEnded,
    RecordingFailed,
    RecordingPause,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from callagent.profile import RecordingSettings
from callagent.recording.call_audio import CHANNELS
from callagent.recording.session_taps import Put, tap

NOTICE: Final = "recording"
"""The disclosure that `consent: notice` waits for."""

KEY_TASKS: Final = frozenset({"dtmf_task", "get_dtmf_task"})
"""Agents (by livekit's name) that ask for digits which are keyed in."""

WHOLE_S: Final = 5.0
"""How long the file may take to be whole when the call is over, in seconds; the rest is delivered as it is."""

_log = logging.getLogger("callagent.recording")


class Sink(Protocol):
    """What makes a file of it: a `RecordingWriter`."""

    @property
    def put(self) -> Put:
        """Takes what is done with the sound of the call."""
        ...

    def keep(self, at: float) -> None:
        """Keep what is heard from `at` seconds on."""
        ...

    def omit(self, at: float) -> None:
        """Keep nothing from `at` seconds on."""
        ...

    def close(self, at: float) -> None:
        """End the file at `at` seconds; do not wait for it."""
        ...

    def join(self, within: float) -> bool:
        """Wait until it is whole, for so many seconds at most; tell whether it is. Blocks."""
        ...


class CallRecording:
    """Records a session as the profile says. All of it is on the event loop of the call, and waits for nothing.

    Args:
        session: not started yet.
        control: what those who talk want of the recording.
        log: of the call; tells who is asked for what, and takes what becomes of the recording.
        location: where the file will be.
        at_once: whether it is recorded before anybody has answered: the caller is there.
        make_writer: makes what writes the file; it is told whom to tell, from any thread, what was lost.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        settings: RecordingSettings,
        control: RecordingControl,
        log: ObservationLog,
        clock: CallClock,
        *,
        location: str,
        at_once: bool,
        make_writer: Callable[[Callable[[str], None]], Sink],
    ) -> None:
        self._settings, self._control, self._log, self._clock = settings, control, log, clock
        self._session, self._location, self._make_writer = session, location, make_writer
        self._writer: Sink | None = None
        self._allowed = settings.mode == "on" and at_once
        self._answer_allows = settings.mode == "on"
        self._private, self._keys = PrivateTasks(), False
        self._running = self._over = False
        self._paused: RecordingPause | None = None
        self._loop = asyncio.get_running_loop()
        if settings.mode != "off":
            session.on("conversation_item_added", self._item_added)
            session.on("close", lambda _: self.end())
            log.listen(self._observed)
            control.on_change(self._refresh)

    def end(self) -> None:
        """End the recording; nothing where it is over."""
        if self._over or self._writer is None:
            return
        self._over = True
        now = self._clock.now()
        self._writer.close(now)
        if self._running:
            self._log.add(RecordingEnded(now, now))

    async def whole(self) -> None:
        """End the recording, and wait for the file for `WHOLE_S`."""
        self.end()
        if self._writer is not None and not await asyncio.to_thread(self._writer.join, WHOLE_S):
            _log.error("recording not written in time")

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        """Listen from the first agent on: livekit tells of it when input and output are there and nobody has spoken."""
        if self._writer is None and isinstance(event.item, AgentHandoff):
            self._writer = self._make_writer(self._lost)
            if not tap(self._session, self._clock, self._writer.put):
                self._fail("the session has no sound")
            self._refresh()

    def _observed(self, entry: Observation) -> None:
        match entry:
            case Answered():
                self._allowed = self._allowed or self._answer_allows
            case Disclosed(kind=kind, complete=True) if kind == NOTICE and self._settings.mode == "on consent":
                self._allowed = self._allowed or self._settings.consent == "notice"
            case HandedOver(agent=agent, task=task):
                self._private.kept(entry)
                self._keys = (self._keys and task) or agent in KEY_TASKS
            case _:
                return
        self._refresh()

    def _refresh(self) -> None:
        """Carry out what is wanted now."""
        if self._control.agreed and self._settings.mode == "on consent":
            self._allowed = True
        if self._writer is None or self._over or not self._allowed:
            return
        now, why = self._clock.now(), self._why_not()
        if not self._running:
            self._running = True
            self._writer.keep(now)
            form, rate = self._settings.format, self._settings.sample_rate
            self._log.add(RecordingStarted(now, self._location, form, rate, CHANNELS))
        if why is not None and self._paused is None:
            self._paused = why
            self._writer.omit(now)
            self._log.add(RecordingPaused(now, why))
        elif why is None and self._paused is not None:
            self._paused = None
            self._writer.keep(now)
            self._log.add(RecordingResumed(now))

    def _why_not(self) -> RecordingPause | None:
        """Return why nothing is to be recorded now."""
        wanted, by_itself = self._control.pauses, self._settings.pauses
        if "asked" in wanted:
            return "asked"
        if self._private.asking and "card" in by_itself:
            return "card"
        return "keys" if ("keys" in wanted or self._keys) and "keys" in by_itself else None

    def _lost(self, why: str) -> None:
        """Take what the thread tells."""
        try:
            self._loop.call_soon_threadsafe(self._fail, why)
        except RuntimeError:  # the loop is closed: the log of the thread has it
            return

    def _fail(self, why: str) -> None:
        self._log.add(RecordingFailed(self._clock.now(), why))

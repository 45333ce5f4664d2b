"""What the other side must be told in one call: said first, said again where it was cut off, missed where it was late.

The time counts from the answer. Where a machine keeps a called person away, it counts from when they are there.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentSession, AgentStateChangedEvent, UserStateChangedEvent

from callagent.agent.compliance.watchers import ComplianceWatcher
from callagent.agent.utterance import Utterance

if TYPE_CHECKING:
    from callagent.profile import ComplianceSettings, Disclosure

NOBODY_REPLIES_S: Final = 3.0
"""Seconds of silence after a disclosure was cut off in which the agent answers nothing; then it is said again. Longer
than a turn takes to end."""

MOST_TRIES: Final = 2
"""How often a disclosure is said; the last time nobody can cut it off, so that it is not said for ever."""

LATE: Final = "not said in time"
CALL_ENDED: Final = "the call ended"
NO_WORDS: Final = "its text has no words in this call"

Speak = Callable[[str, bool], Utterance]
"""Says a text, which the other side may stop where that is True."""

_log = logging.getLogger("callagent.agent")


@dataclass
class _Owed:
    """One disclosure of this call."""

    kind: str
    spec: "Disclosure"
    text: str
    tries: int = 0
    complete: bool = False
    missed: bool = False
    deadline: asyncio.TimerHandle | None = None

    def settle(self) -> None:
        """Wait for its time no longer."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None


class Disclosures:
    """Has the disclosures of a call said, once.

    Args:
        direction: `inbound` or `outbound`.
        speak: says a text.
        watcher: is told what becomes of each.
    """

    def __init__(self, session: AgentSession[Any], direction: str, speak: Speak, watcher: ComplianceWatcher) -> None:
        self._session, self._direction, self._speak, self._watcher = session, direction, speak, watcher
        self._owed: dict[str, _Owed] = {}
        self._cut_off: list[_Owed] = []
        self._answered: float | None = None
        self._replied = False
        self._waiting: asyncio.TimerHandle | None = None
        self._over = False
        session.on("agent_state_changed", self._agent_state_changed)
        session.on("user_state_changed", self._user_state_changed)
        session.on("close", self._closed)

    def answered(self) -> None:
        """Count the time from now, unless it counts already."""
        if self._answered is None:
            self._answered = _now()

    def nobody_listens_yet(self) -> None:
        """Count the time only from when they are said: a machine keeps the other side away."""
        if not self._owed:
            self._answered = None

    def say(
        self, settings: "ComplianceSettings", spoken: Callable[[str], str], *, voicemail: bool = False
    ) -> list[Utterance]:
        """Say what this call owes; nothing where that has been done.

        Args:
            settings: those of the profile in force.
            spoken: fills in the fields of a text.
            voicemail: whether a machine records it.
        """
        due = settings.due(self._direction, voicemail=voicemail)
        if self._owed or self._over or not due:
            return []
        if voicemail:
            self._answered = None
        self.answered()
        self._owed = {kind: _Owed(kind, spec, spoken(settings.text_of(kind))) for kind, spec in due.items()}
        return [begun for owed in self._owed.values() if (begun := self._begin(owed)) is not None]

    def _begin(self, owed: _Owed) -> Utterance | None:
        if not owed.text.strip():
            self._miss(owed, NO_WORDS)
            return None
        left = owed.spec.within - self._offset
        owed.deadline = asyncio.get_running_loop().call_later(max(0.0, left), self._too_late, owed)
        return self._say(owed, interruptible=not owed.spec.uninterruptible)

    def _say(self, owed: _Owed, *, interruptible: bool) -> Utterance:
        owed.tries += 1
        utterance = self._speak(owed.text, interruptible)
        utterance.on_done(partial(self._said, owed))
        return utterance

    def _said(self, owed: _Owed, utterance: Utterance) -> None:
        owed.complete = utterance.complete
        self._watcher.disclosed(owed.kind, owed.complete, self._offset)
        if owed.complete:
            owed.settle()
        elif owed.tries < MOST_TRIES and not self._over:
            self._replied = False
            self._cut_off.append(owed)
            self._consider()

    def _consider(self) -> None:
        """Say again what was cut off, once the caller has been answered, or says nothing that is."""
        self._stop_waiting()
        if not self._cut_off or self._over or self._session.user_state == "speaking":
            return
        if self._session.agent_state in ("speaking", "thinking"):
            return
        if self._replied:
            self._say_again()
        else:
            self._waiting = asyncio.get_running_loop().call_later(NOBODY_REPLIES_S, self._say_again)

    def _say_again(self) -> None:
        owed, self._cut_off = self._cut_off, []
        try:
            for each in owed:
                self._say(each, interruptible=False)
        except RuntimeError as error:  # the session is closing, which they are missed by
            _log.info("nothing is said again", extra={"error": str(error)})

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _agent_state_changed(self, event: AgentStateChangedEvent) -> None:
        self._replied = self._replied or event.new_state == "speaking"
        self._consider()

    def _user_state_changed(self, _: UserStateChangedEvent) -> None:
        self._consider()

    def _too_late(self, owed: _Owed) -> None:
        self._miss(owed, LATE)

    def _miss(self, owed: _Owed, why: str) -> None:
        owed.settle()
        if owed.complete or owed.missed:
            return
        owed.missed = True
        within = owed.spec.within
        _log.warning("a disclosure was not made", extra={"disclosure": owed.kind, "within_s": within, "because": why})
        self._watcher.disclosure_missed(owed.kind, within, why)

    def _closed(self, _: object) -> None:
        self._over = True
        self._stop_waiting()
        for owed in self._owed.values():
            self._miss(owed, CALL_ENDED)

    @property
    def _offset(self) -> float:
        return 0.0 if self._answered is None else _now() - self._answered


def _now() -> float:
    return asyncio.get_running_loop().time()

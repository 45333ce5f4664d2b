"""The frame of a call: how long it and its silences may last, and how the agent ends it when something else must."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from livekit.agents import AgentSession, ErrorEvent, UserStateChangedEvent

from callagent.agent.line.wake_up import WakeUp
from callagent.agent.prompts import Sounds, say
from callagent.concurrency import BackgroundTasks

if TYPE_CHECKING:
    from callagent.profile import Profile

LAST_WORDS_S = 15.0
"""Seconds that a last sentence may take, its synthesis included; the call ends then, said or not."""

Why = Literal["silence", "max duration", "provider failure", "worker stopped", "opted out", "operator"]
"""What made the agent end a call by itself."""

_log = logging.getLogger("callagent.agent")


@dataclass(frozen=True)
class Ending:
    """The agent has ended the call, or is about to: why, and for a failure what failed."""

    why: Why
    error: str | None = None


class CallFlow:
    """Watches a session, and ends its call with a polite sentence when it has to end.

    The caller is asked whether they are there when both sides have been silent for `flow.idle`, or a function of the
    author's is called instead (`on_wake_up`); the call ends when they do not answer the questions, at
    `flow.max_duration`, and when a provider has failed for good. `finish` ends it for others. Who speaks over the last
    sentence after a silence is there after all, and the call goes on; at any other end such words are in the
    conversation, and nobody answers them.
    """

    def __init__(self, session: AgentSession[Any], profile: "Profile", sounds: Sounds) -> None:
        self.ending: Ending | None = None
        self._session = session
        self._profile = profile
        self._sounds = sounds
        self._asked = 0
        self._spoken_since = False
        self._put_off: tuple[str, Ending] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wake_up: WakeUp | None = None
        self._treat: Callable[[str], None] | None = None
        self._away = 0
        self._tasks = BackgroundTasks(_log, "the flow of the call broke", on_error=self._broke)
        session.on("user_state_changed", self._user_state_changed)
        session.on("error", self._failed)
        session.on("close", self._closed)

    def start(self) -> None:
        """Begin to count the call's duration."""
        longest = self._profile.flow.max_duration
        if longest is not None and self.ending is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(longest, self.finish, self._profile.phrases.time_up, Ending("max duration"))

    def on_wake_up(self, function: Callable[..., object] | None, call: object) -> None:
        """Call `function` after each silence, instead of asking; None: ask again.

        Raises:
            ValueError: the profile has no `flow.idle`; or the function takes neither the call nor nothing.
        """
        if function is not None and self._profile.flow.idle is None:
            raise ValueError("the profile has no flow.idle, which says after which silence to wake up")
        self._wake_up = None if function is None else WakeUp(function, call)

    def on_failure(self, treat: Callable[[str], None]) -> None:
        """Have `treat` end the call when a provider has failed for good, with what failed; else a sentence ends it."""
        self._treat = treat

    @property
    def is_away(self) -> bool:
        """Whether the caller is on hold."""
        return self._away > 0

    def key_pressed(self, _: str) -> None:
        """Take a key of the caller's for a sign of life."""
        self._asked = 0
        self._spoken_since = True
        self._session.reset_away_timer()

    @contextmanager
    def away(self) -> Iterator[None]:
        """While inside, the caller is on hold, and no silence counts."""
        self._away += 1
        try:
            yield
        finally:
            self._away -= 1
            self._session.reset_away_timer()

    def finish(self, last_words: str, ending: Ending) -> None:
        """Say something, whatever is being said, and close the session.

        The first ending counts; the second one only when that was a silence, and the caller is there after all.
        """
        if self.ending is not None:
            self._put_off = self._put_off or (last_words, ending)
            return
        self.ending = ending
        self._spoken_since = False
        _log.info("the agent ends the call", extra={"why": ending.why, "error": ending.error})
        self._tasks.start(self._finish(last_words), name="callagent.agent.finish")

    def _user_state_changed(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._asked = 0
            self._spoken_since = True
        elif event.new_state == "away" and self.ending is None:
            self._nobody_speaks()

    def _nobody_speaks(self) -> None:
        phrases, flow = self._profile.phrases, self._profile.flow
        if self._away:
            self._session.reset_away_timer()
            return
        if self._wake_up is not None:
            self._tasks.start(self._wake(self._wake_up), name="callagent.agent.wake_up")
            return
        if self._asked >= flow.idle_questions:
            self.finish(phrases.nobody_there, Ending("silence"))
            return
        self._asked += 1
        self._tasks.start(self._ask(phrases.still_there), name="callagent.agent.ask")

    def _failed(self, event: ErrorEvent) -> None:
        error = event.error
        if not getattr(error, "recoverable", True):
            cause = getattr(error, "error", error)
            message = f"{getattr(error, 'label', type(event.source).__name__)}: {type(cause).__name__}: {cause}"
            if self._treat is not None:
                self._treat(message)
            else:
                self.finish(self._profile.phrases.trouble, Ending("provider failure", message))

    async def _wake(self, wake_up: WakeUp) -> None:
        if await wake_up.run():
            self._session.reset_away_timer()
        else:
            await self._ask(self._profile.phrases.still_there)

    async def _ask(self, question: str) -> None:
        try:
            if question:
                await say(self._session, question, self._sounds)
        except RuntimeError as error:  # the session is closing already
            _log.info("nobody is asked", extra={"error": str(error)})
        self._session.reset_away_timer()

    async def _finish(self, last_words: str) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                await self._session.interrupt(force=True)
                if last_words:
                    await say(self._session, last_words, self._sounds, interruptible=False)
        except TimeoutError:
            _log.warning("the last words took too long")
        except RuntimeError as error:  # the session is closing already
            _log.info("no last words", extra={"error": str(error)})
        if self._spoken_since and self.ending is not None and self.ending.why == "silence":
            self._go_on()
        else:
            self._session.shutdown(drain=False)

    def _go_on(self) -> None:
        _log.info("the caller is there after all")
        self.ending = None
        if self._put_off is not None:
            last_words, ending = self._put_off
            self._put_off = None
            self.finish(last_words, ending)
        else:
            self._session.reset_away_timer()

    def _broke(self, error: BaseException) -> None:
        self.ending = Ending("provider failure", f"{type(error).__name__}: {error}")
        self._session.shutdown(drain=False)

    def _closed(self, _: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._tasks.cancel()

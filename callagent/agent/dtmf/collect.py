"""What a tool waits for while the caller is on the line: keys, and words."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from livekit.agents import AgentSession, UserInputTranscribedEvent
from livekit.agents.voice import SpeechHandle

from callagent.agent.dtmf.keys import END_KEY, Keypad


class Entry:
    """An entry of keys, which nobody else hears meanwhile. It is complete with `count` keys
    or `#`; a pause (seconds) ends it incomplete.

    Attributes:
        keys: what has been keyed in so far, without the `#`.
        begun: resolves with the first key.
        complete: resolves when the entry is over.
        timed_out: it is over because of a pause, with keys missing.
    """

    def __init__(self, keypad: Keypad, count: int, pause: float) -> None:
        loop = asyncio.get_running_loop()
        self.keys = ""
        self.begun: asyncio.Future[None] = loop.create_future()
        self.complete: asyncio.Future[None] = loop.create_future()
        self.timed_out = False
        self._keypad = keypad
        self._count = count
        self._pause = pause
        self._timer: asyncio.TimerHandle | None = None
        self._release: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        self._release = self._keypad.take(self._pressed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._release is not None:
            self._release()
        if self._timer is not None:
            self._timer.cancel()

    def _pressed(self, key: str) -> None:
        if self.complete.done():
            return
        if key != END_KEY:
            self.keys += key
        _resolve(self.begun)
        if self._timer is not None:
            self._timer.cancel()
        if key == END_KEY or len(self.keys) >= self._count:
            _resolve(self.complete)
        else:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._give_up)

    def _give_up(self) -> None:
        self.timed_out = True
        _resolve(self.complete)


class CallerSpeech:
    """Whether the caller has said something, in words: `heard` resolves with the first transcript."""

    def __init__(self, session: AgentSession[Any]) -> None:
        self.heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._session = session

    def __enter__(self) -> Self:
        self._session.on("user_input_transcribed", self._transcribed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.off("user_input_transcribed", self._transcribed)

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.transcript.strip():
            _resolve(self.heard)


async def said_and(question: SpeechHandle, seconds: float) -> None:
    """Wait until the question has been asked, and some seconds longer."""
    await question
    await asyncio.sleep(seconds)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)

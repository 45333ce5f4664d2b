"""Limits to what a provider may send: a stream that never ends, or is far too long, is an outage like any other.

Each function hands on what a provider sends. When that goes over a limit it says so to `over`, once, and ends, so that
nothing piles up; what happens to the call then is for the owner of `over` to decide.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from livekit.agents import FlushSentinel, llm, stt, tts

if TYPE_CHECKING:
    from callagent.profile import LimitSettings

MOST_TOOL_CALLS: Final = 32
"""Tools that one answer of a model may call."""

RATE_WINDOW_S: Final = 2.0
"""Seconds over which transcripts are counted; recognisers send several at once when the caller falls silent."""

Over = Callable[["OverLimitError"], None]
Item = TypeVar("Item")


class OverLimitError(Exception):
    """A provider has sent more than the profile's `limits` allow, or nothing for longer."""


async def limited_reply(
    chunks: AsyncGenerator[llm.ChatChunk | str | FlushSentinel, None], limits: "LimitSettings", over: Over
) -> AsyncGenerator[llm.ChatChunk | str | FlushSentinel, None]:
    """Yield a model's answer: its length, the number of its tools, and the time until it ends."""
    characters = calls = 0
    late = OverLimitError(f"the answer has not ended after {limits.reply_time:g} s (limits.reply_time)")
    with _alarm(limits.reply_time, lambda: over(late)):
        async with aclosing(chunks):
            async for chunk in chunks:
                more, tools = _size(chunk)
                characters, calls = characters + more, calls + tools
                if characters > limits.reply:
                    over(OverLimitError(f"the answer is longer than {limits.reply} characters (limits.reply)"))
                    return
                if calls > MOST_TOOL_CALLS:
                    over(OverLimitError(f"the answer calls more than {MOST_TOOL_CALLS} tools"))
                    return
                yield chunk


class SpeechLimit:
    """A voice's speech: its length, and the pauses in it once the voice has all of the text."""

    def __init__(self, limits: "LimitSettings", over: Over) -> None:
        self._limits = limits
        self._over = over
        self._timer: asyncio.TimerHandle | None = None
        self._text_ended = self._speech_ended = False

    def text_ends(self) -> None:
        """Note that the voice has all of the text."""
        self._text_ended = True
        self._wait()

    async def speech(
        self, pieces: AsyncGenerator[tts.SynthesizedAudio, None]
    ) -> AsyncGenerator[tts.SynthesizedAudio, None]:
        """Yield the speech that comes of it."""
        seconds = 0.0
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    seconds += piece.frame.duration
                    if seconds > self._limits.speech:
                        self._over(OverLimitError(f"more than {self._limits.speech:g} s of speech (limits.speech)"))
                        return
                    self._wait()
                    yield piece
        finally:
            self.speech_ends()

    def speech_ends(self) -> None:
        """Note that no more speech is wanted."""
        self._stop()
        self._speech_ended = True

    def _wait(self) -> None:
        self._stop()
        if self._text_ended and not self._speech_ended:
            loop, pause = asyncio.get_running_loop(), self._limits.speech_pause
            silent = OverLimitError(f"no speech for {pause:g} s (limits.speech_pause)")
            self._timer = loop.call_later(pause, self._over, silent)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def limited_transcripts(
    events: AsyncGenerator[stt.SpeechEvent, None], limits: "LimitSettings", over: Over
) -> AsyncGenerator[stt.SpeechEvent, None]:
    """Yield a recogniser's transcripts: how many there are, and how long each is."""
    loop = asyncio.get_running_loop()
    most = round(limits.transcripts * RATE_WINDOW_S)
    recent: deque[float] = deque(maxlen=most + 1)
    async with aclosing(events):
        async for event in events:
            recent.append(loop.time())
            if len(recent) > most and recent[-1] - recent[0] < RATE_WINDOW_S:
                over(OverLimitError(f"more than {limits.transcripts} transcripts a second (limits.transcripts)"))
                return
            if any(len(words.text) > limits.transcript for words in event.alternatives):
                over(OverLimitError(f"a transcript has more than {limits.transcript} characters (limits.transcript)"))
                return
            yield event


def _size(chunk: llm.ChatChunk | str | FlushSentinel) -> tuple[int, int]:
    """Return characters of a piece of an answer, those of arguments of tools too, and how many tools it calls."""
    if isinstance(chunk, str):
        return len(chunk), 0
    if not isinstance(chunk, llm.ChatChunk) or chunk.delta is None:
        return 0, 0
    calls = chunk.delta.tool_calls
    return len(chunk.delta.content or "") + sum(len(call.arguments) + len(call.name) for call in calls), len(calls)


@contextmanager
def _alarm(seconds: float, ring: Callable[[], None]) -> Iterator[None]:
    timer = asyncio.get_running_loop().call_later(seconds, ring)
    try:
        yield
    finally:
        timer.cancel()

"""A filler in the caller's silence, while an answer takes long: audio that was made ahead, before that of the answer.

It goes the answer's own way, so that it is heard although a speech is under way. Where the model is what takes long,
its words are the first ones of the answer: livekit asks no voice before there are words.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final, TypeVar

from livekit.agents import FlushSentinel, llm, tts

from callagent.agent.outage.outage_watchers import OutageWatchers
from callagent.agent.prompts import Sounds, pause
from callagent.concurrency import cancel_and_wait

if TYPE_CHECKING:
    from callagent.profile import Profile

MOST: Final = 3
"""Fillers in one wait; after them it is for others to end the silence."""

T = TypeVar("T")
Speech = AsyncGenerator[tts.SynthesizedAudio, None]
Answer = AsyncGenerator[llm.ChatChunk | str | FlushSentinel, None]


def filler_texts(profile: "Profile") -> tuple[str, ...]:
    """Return what is said while an answer takes long; nothing where the profile wants none."""
    if profile.outage.filler_after is None:
        return ()
    return tuple(text for text in profile.fillers.say or (profile.phrases.one_moment,) if text)


class Filler:
    """Says the fillers of a profile that have been made ahead.

    Args:
        sounds: where they are; there may be more when the call has begun.
        watchers: are told of each.

    Attributes:
        has_words: whether the voice has been given something to say of which nothing has come.
    """

    def __init__(self, profile: "Profile", sounds: Sounds, watchers: OutageWatchers) -> None:
        self._after = profile.outage.filler_after
        self._texts = filler_texts(profile)
        self._sounds, self._watchers = sounds, watchers
        self._written, self._swallows = "", False
        self.has_words = False

    async def before(self, answer: Answer) -> Answer:
        """Yield the answer of a model, after a filler where it takes long."""
        first = asyncio.create_task(_next(answer), name="callagent.agent.filler")
        try:
            if (texts := self._ready) and self._after is not None:
                await asyncio.wait([first], timeout=self._after)
                if not first.done():
                    self._written, self._swallows = "".join(filter(str.isalnum, texts[0])), True
                    yield f"{texts[0]} "
            chunk = await first
            while chunk is not None:
                yield chunk
                chunk = await _next(answer)
        finally:
            await cancel_and_wait(first)
            await answer.aclose()

    def unwritten(self, token: str) -> str:
        """Return what is left for the voice of some text: not the filler, which is heard as it was made."""
        if not self._swallows:
            self.has_words = self.has_words or bool(token.strip())
            return token
        for position, character in enumerate(token):
            if not character.isalnum():
                continue
            if not self._written or character != self._written[0]:
                self._written, self._swallows = "", False
                self.has_words = True
                return token[position:]
            self._written = self._written[1:]
        return ""

    async def around(self, speech: Speech) -> Speech:
        """Yield the speech of a voice, after a filler where it, or the model before it, takes long."""
        first = asyncio.create_task(_next(speech), name="callagent.agent.filler")
        try:
            if (texts := self._ready) and self._after is not None:
                async for filler in self._waiting(first, texts, self._after):
                    yield filler
            audio = await first
            self.has_words = False
            while audio is not None:
                yield audio
                audio = await _next(speech)
        finally:
            await cancel_and_wait(first)
            await speech.aclose()

    @property
    def _ready(self) -> list[str]:
        return [text for text in self._texts if text in self._sounds]

    async def _waiting(
        self, first: "asyncio.Task[tts.SynthesizedAudio | None]", texts: list[str], after: float
    ) -> Speech:
        wait = 0.0 if self._swallows else after
        for text in itertools.islice(itertools.cycle(texts), MOST):
            await asyncio.wait([first], timeout=wait)
            if first.done():
                return
            self._watchers.treated("filler", "no answer yet")
            wait = after
            for frame in self._sounds.frames(text):
                wait += frame.duration
                yield tts.SynthesizedAudio(frame=frame, request_id="filler")
                await pause()


async def _next(stream: AsyncGenerator[T, None]) -> T | None:
    return await anext(stream, None)

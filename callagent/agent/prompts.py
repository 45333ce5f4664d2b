"""Voice prompts: speech that is made before it is needed.

It plays at once, and also when the voice has failed meanwhile.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import TYPE_CHECKING, Any

from livekit import rtc
from livekit.agents import AgentSession, tts
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.agents.utils import http_context
from livekit.agents.voice import SpeechHandle

from callagent.agent.spoken_text import as_spoken

if TYPE_CHECKING:
    from callagent.profile import Profile

FRAME_MS = 20
"""Length of the frames that the speech is kept in."""


class Sounds:
    """Phrases by their text, as audio at the rate of the voice, 16 bit."""

    def __init__(self) -> None:
        self._frames: dict[str, tuple[rtc.AudioFrame, ...]] = {}

    def __contains__(self, text: str) -> bool:
        return text in self._frames

    def add(self, text: str, speech: rtc.AudioFrame) -> None:
        """Keep a phrase as one long frame holds it."""
        self._frames[text] = _cut(speech)

    def frames(self, text: str) -> tuple[rtc.AudioFrame, ...]:
        """Return a phrase that is there, in frames of `FRAME_MS`."""
        return self._frames[text]

    async def prepare(self, voice: tts.TTS[Any], texts: Iterable[str], profile: "Profile") -> None:
        """Have the voice say what is not there yet, as `profile` has it spoken.

        Raises:
            APIError: livekit's, where the voice cannot.
        """
        async with http_context.open():
            for text in texts:
                if text and text not in self._frames:
                    async with voice.synthesize(await as_spoken(text, profile)) as stream:
                        self.add(text, await stream.collect())

    def audio(self, text: str) -> NotGivenOr[AsyncIterable[rtc.AudioFrame]]:
        """Return the phrase for `session.say(audio=…)`; nothing when the session's voice has to say it."""
        frames = self._frames.get(text)
        return NOT_GIVEN if frames is None else _played(frames)


def say(session: AgentSession[Any], text: str, sounds: Sounds, *, interruptible: bool = True) -> SpeechHandle:
    """Have the session say a phrase, with what was made ahead where there is something."""
    return session.say(text, audio=sounds.audio(text), allow_interruptions=NOT_GIVEN if interruptible else False)


async def pause() -> None:
    """Pause as long as there is between two frames of speech that is there already,
    for others that wait for the event loop.

    livekit measures the rate of speech in all that it is given, 5 to 10 ms for every 100 ms. Without pauses that is one
    stretch of a quarter of a second or more, in which neither the first sample is heard nor the caller's "stop".
    """
    await asyncio.sleep(0)


def _cut(speech: rtc.AudioFrame) -> tuple[rtc.AudioFrame, ...]:
    """Return a frame of seconds as frames of `FRAME_MS`, which an interruption can stop between."""
    samples, rate, channels = speech.data, speech.sample_rate, speech.num_channels
    size = rate * FRAME_MS // 1000 * channels
    pieces = (samples[at : at + size] for at in range(0, len(samples), size))
    return tuple(rtc.AudioFrame(bytes(piece), rate, channels, len(piece) // channels) for piece in pieces)


async def _played(frames: tuple[rtc.AudioFrame, ...]) -> AsyncGenerator[rtc.AudioFrame, None]:
    for frame in frames:
        yield frame
        await pause()

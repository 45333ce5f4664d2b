"""A caller in a room who says something now and then, and notes how long the agent leaves them in silence."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from livekit import api, rtc
from livekit.rtc.participant import PublishTrackError

from callagent.audio import AUDIBLE_DBFS, Samples
from callagent.concurrency import BackgroundTasks
from callagent.worker import Connection
from scripts.benchmarks.answering.callers import PATIENCE_S

RATE_HZ = 8000
FRAME = RATE_HZ // 50
AUDIBLE = round(32768 * 10 ** (AUDIBLE_DBFS / 20))
QUIET_S = 1.2
"""Seconds for which the agent must have been silent before the caller says something."""

MISSED_S = 12.0
"""Seconds after which a caller who has had no answer says it again."""

_log = logging.getLogger("callagent.bench")


@dataclass
class Conversation:
    """What one call was like. Instants are those of `time.monotonic()`.

    Args:
        room: its name.
        began: when the caller joined.
        greeted: when the agent was first heard.
        said: when utterances of the caller began and ended.
        heard: when the agent was heard, from and to, gaps below half a second left out.
        ended: when it was over.
        cut: whether it ended before the caller had had enough.
    """

    room: str
    began: float = 0.0
    greeted: float | None = None
    said: list[tuple[float, float]] = field(default_factory=list)
    heard: list[tuple[float, float]] = field(default_factory=list)
    ended: float = 0.0
    cut: bool = False

    def waits(self) -> list[tuple[float, float]]:
        """Return what the caller waited for the agent, from when and for how long: the greeting, and each answer."""
        due = [self.began, *(end for _, end in self.said)]
        waits = []
        for at, start in enumerate(due):
            until = self.said[at][0] if at < len(self.said) else self.ended
            answer = next((begin for begin, end in self.heard if end > start and begin < until), until)
            if any(begin <= start < end for begin, end in self.heard):
                answer = start
            waits.append((start, max(0.0, answer - start)))
        return waits

    @property
    def answers(self) -> int:
        """How many utterances were followed by something of the agent."""
        return sum(any(begin >= end for begin, _ in self.heard) for _, end in self.said)


class TalkingCaller:
    """Joins a room of its own as a telephone does, and talks until it has had enough.

    Args:
        words: what is said, 16-bit samples at `RATE_HZ`.
    """

    def __init__(self, server: Connection, agent_name: str, words: Samples) -> None:
        self._server, self._agent = server, agent_name
        self._words = words
        self._room = rtc.Room()
        self._gone = asyncio.Event()
        self._speech: asyncio.Queue[Samples] = asyncio.Queue()
        self._tasks = BackgroundTasks(_log, "a caller of the benchmark has failed")
        self._last_heard = 0.0
        self.conversation = Conversation(f"bench-{secrets.token_hex(6)}")
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("disconnected", lambda _: self._gone.set())

    async def converse(self, seconds: float) -> Conversation:
        """Call, talk for so long, and hang up."""
        kept = self.conversation
        kept.began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._room.connect(self._server.url, self._token())
                source = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=100)
                track = rtc.LocalAudioTrack.create_audio_track("phone", source)
                options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=False)
                await self._room.local_participant.publish_track(track, options)
            self._tasks.start(self._send(source), name="scripts.benchmarks.talking_caller.send")
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._talk()
        except (TimeoutError, rtc.ConnectError, PublishTrackError) as error:
            _log.warning("a caller could not call", extra={"error": str(error)})
            kept.cut = True
        finally:
            kept.cut = kept.cut or self._gone.is_set()
            kept.ended = time.monotonic()
            await self._tasks.aclose()
            await self._room.disconnect()
        return kept

    async def _talk(self) -> None:
        """Say something whenever the agent has answered and is silent; return when the room is gone."""
        gone = asyncio.create_task(self._gone.wait(), name="scripts.benchmarks.talking_caller.gone")
        try:
            while not gone.done():
                await asyncio.wait([gone], timeout=0.1)
                now = time.monotonic()
                if self._is_my_turn(now) and not gone.done():
                    self.conversation.said.append((now, now + self._words.size / RATE_HZ))
                    self._speech.put_nowait(self._words)
        finally:
            gone.cancel()

    def _is_my_turn(self, now: float) -> bool:
        kept = self.conversation
        if kept.greeted is None or now - self._last_heard < QUIET_S:
            return False
        last = kept.said[-1][1] if kept.said else kept.began
        answered = self._last_heard > last
        return answered or now - last > MISSED_S

    async def _send(self, source: rtc.AudioSource) -> None:
        """Send 20 ms after 20 ms, silence where nothing is said."""
        silence = np.zeros(FRAME, dtype="<i2")
        frames: list[Samples] = []
        while True:
            if not frames and not self._speech.empty():
                words = self._speech.get_nowait()
                frames = [words[at : at + FRAME] for at in range(0, words.size - FRAME + 1, FRAME)]
            samples = frames.pop(0) if frames else silence
            await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE_HZ, 1, FRAME))

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        self._tasks.start(self._listen(track), name="scripts.benchmarks.talking_caller.listen")

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1)
        try:
            async for event in stream:
                if max(event.frame.data, default=0) > AUDIBLE:
                    self._note(time.monotonic(), event.frame.duration)
        finally:
            await stream.aclose()

    def _note(self, now: float, seconds: float) -> None:
        kept = self.conversation
        if kept.greeted is None:
            kept.greeted = now
        if kept.heard and now - kept.heard[-1][1] < 0.5:
            kept.heard[-1] = (kept.heard[-1][0], now)
        else:
            kept.heard.append((now - seconds, now))
        self._last_heard = now

    def _token(self) -> str:
        return (
            api.AccessToken(self._server.api_key, self._server.api_secret)
            .with_identity("sip_+12025550123")
            .with_kind("sip")
            .with_grants(api.VideoGrants(room_join=True, room=self.conversation.room))
            .with_room_config(api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=self._agent)]))
            .with_attributes({"sip.callStatus": "active", "sip.phoneNumber": "+12025550123"})
            .to_jwt()
        )


def longest_waits(calls: Sequence[Conversation]) -> list[float]:
    """Return the longest wait of each call, in seconds."""
    return [max((wait for _, wait in each.waits()), default=0.0) for each in calls]

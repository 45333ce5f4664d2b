"""Background sounds in a room: a track of their own beside that of the agent's voice."""

import asyncio
import logging
from contextlib import suppress

from livekit import rtc
from livekit.agents import AudioConfig, BackgroundAudioPlayer
from livekit.rtc.participant import PublishTrackError

from callagent.audio import Playback
from callagent.concurrency import BackgroundTasks

CLOSED_S = 2.0
"""How long it may take to stop, in seconds: in a room that is gone it would never come to an end."""

_log = logging.getLogger("callagent.worker")


class BackgroundTrack:
    """Plays with livekit's own player, which joins the room with the first sound: most calls have none."""

    audible = True

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._player: BackgroundAudioPlayer | None = None
        self._changing = asyncio.Lock()
        self._tasks = BackgroundTasks(_log, "a background sound could not be played")

    def play(self, playback: Playback) -> None:
        """Play it to its end, or until it is ended."""
        self._tasks.start(self._play(playback), name="callagent.worker.background")

    async def release(self) -> None:
        """Take the track out of the room, with all that is played on it; the next sound brings a new one.

        livekit's player finds its track by a name that all of them have, so that there may be one at a time.
        """
        async with self._changing:
            player, self._player = self._player, None
            if player is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSED_S):
                        await player.aclose()

    async def aclose(self) -> None:
        """End everything."""
        await self._tasks.aclose()
        await self.release()

    async def _play(self, playback: Playback) -> None:
        sound = playback.sound
        try:
            file = await asyncio.to_thread(lambda: sound.file.resolve(strict=True))
            player = await self._started()
        except (OSError, PublishTrackError) as error:
            _log.warning("a sound cannot be played", extra={"sound": sound.name, "error": str(error)})
            playback.end()
            return
        if playback.over:
            return
        handle = player.play(AudioConfig(str(file), volume=sound.volume), loop=playback.loop)
        playback.on_end(handle.stop)
        playback.begin()
        await handle.wait_for_playout()
        playback.end()

    async def _started(self) -> BackgroundAudioPlayer:
        async with self._changing:
            if self._player is None:
                player = BackgroundAudioPlayer()
                await player.start(room=self._room)
                self._player = player
            return self._player

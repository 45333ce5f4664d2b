"""Music in a room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from livekit import rtc
from livekit.agents import AudioConfig, BackgroundAudioPlayer

CLOSED_S = 2.0
"""How long it may take to stop, in seconds: in a room that is gone it would never come to an end."""


@asynccontextmanager
async def playing(room: rtc.Room, music: AudioConfig) -> AsyncIterator[None]:
    """Plays it over and over while inside."""
    player = BackgroundAudioPlayer()
    await player.start(room=room)
    try:
        player.play(music, loop=True)
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_S):
                await player.aclose()

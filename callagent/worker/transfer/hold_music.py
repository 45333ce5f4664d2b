"""Music in a room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from livekit import rtc
from livekit.agents import AudioConfig, BackgroundAudioPlayer, BuiltinAudioClip

from callagent.profile import Profile

CLOSED_S = 2.0
"""How long it may take to stop, in seconds: in a room that is gone it would never come to an end."""


def music_of(profile: Profile) -> tuple[AudioConfig, str]:
    """Return what a caller on hold hears, and what is wrong with the profile's
    file, if anything. Read the file system.
    """
    hold, problem = profile.hold, ""
    source: BuiltinAudioClip | str = BuiltinAudioClip.HOLD_MUSIC
    if hold.music:
        file = profile.places.beside("hold.music", hold.music)
        if file.is_file():
            source = str(file)
        else:
            problem = f"hold.music: no such file: {file}"
    return AudioConfig(source, volume=hold.volume), problem


@asynccontextmanager
async def playing(room: rtc.Room, music: AudioConfig) -> AsyncIterator[None]:
    """Play it over and over while inside."""
    player = BackgroundAudioPlayer()
    await player.start(room=room)
    try:
        player.play(music, loop=True)
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_S):
                await player.aclose()

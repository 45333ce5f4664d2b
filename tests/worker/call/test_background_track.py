"""Background sounds in a room, by what is heard there: tones, over a real livekit-server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit import api, rtc
from livekit.agents import AudioConfig

from callagent.audio import Playback, Sound
from callagent.worker import Connection
from callagent.worker.call.background_track import BackgroundTrack
from callagent.worker.transfer.hold_music import playing
from tests.support.consultation import CALLER_HZ, MUSIC_HZ, RoomPhone, now
from tests.support.livekit_server import new_room

pytestmark = [pytest.mark.room, pytest.mark.timeout(120)]


class Played(Playback):
    """Notes when it begins and ends."""

    def __init__(self, file: str, *, loop: bool = False) -> None:
        self.changes: list[bool] = []
        self.changed = asyncio.Event()
        super().__init__(Sound("tone", (Path(file),)), loop=loop, changed=self._note)

    def _note(self, playing: bool) -> None:
        self.changes.append(playing)
        self.changed.set()

    async def until(self, *changes: bool) -> None:
        async with asyncio.timeout(30):
            while tuple(self.changes) != changes:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def in_a_room(server: Connection) -> AsyncIterator[tuple[BackgroundTrack, rtc.Room, RoomPhone]]:
    name, ours, caller = new_room(), rtc.Room(), RoomPhone(CALLER_HZ)
    caller.voice.quiet = True
    token = api.AccessToken(server.api_key, server.api_secret).with_identity("agent-1").with_kind("agent")
    await ours.connect(server.url, token.with_grants(api.VideoGrants(room_join=True, room=name)).to_jwt())
    await caller.join(server, name, "sip_caller")
    await caller.answer()
    track = BackgroundTrack(ours)
    try:
        yield track, ours, caller
    finally:
        await track.aclose()
        await caller.aclose()
        await ours.disconnect()


def names(room: rtc.Room) -> list[str]:
    return [each.name for each in room.local_participant.track_publications.values()]


async def test_a_room_gets_the_track_with_the_first_sound_and_hears_it_until_it_is_ended(
    livekit: Connection, song: str
) -> None:
    async with in_a_room(livekit) as (track, ours, caller):
        assert names(ours) == []
        playback = Played(song, loop=True)
        track.play(playback)
        await caller.ears.until(MUSIC_HZ, 1.0, since=0.0)
        assert (names(ours), playback.changes) == (["background_audio"], [True])
        playback.end()
        ended = now()
        await asyncio.sleep(2)
        assert caller.ears.seconds_of(MUSIC_HZ, ended) < 1.2  # what livekit's player has sent ahead
        assert playback.changes == [True, False]


@pytest.mark.any_speed
async def test_what_is_not_there_is_over_at_once_and_brings_no_track(
    livekit: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_a_room(livekit) as (track, ours, _):
        playback, over = Played(str(tmp_path / "absent.wav")), asyncio.Event()
        playback.on_end(over.set)
        track.play(playback)
        await asyncio.wait_for(over.wait(), 30)
        assert (playback.changes, names(ours)) == ([], [])
    assert "a sound cannot be played" in caplog.messages


@pytest.mark.any_speed
async def test_it_makes_room_for_the_music_of_a_hold_and_comes_back_afterwards(livekit: Connection, song: str) -> None:
    async with in_a_room(livekit) as (track, ours, caller):
        first = Played(song, loop=True)
        track.play(first)
        await first.until(True)
        first.end()
        await track.release()
        assert names(ours) == []
        async with playing(ours, AudioConfig(song)):
            await caller.ears.until(MUSIC_HZ, 0.5, since=now())
        assert names(ours) == []
        again = Played(song, loop=True)
        track.play(again)
        await caller.ears.until(MUSIC_HZ, 0.5, since=now() + 1)
        assert names(ours) == ["background_audio"]

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from callagent.scripted_calls.levels.sip.phone import Media, RtpSession
from tests.support.loopback import LOOPBACK

AUDIO = bytes(160)


@dataclass
class End:
    """One end of a session, and what it heard."""

    heard: list[bytes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    session: RtpSession = field(init=False)

    def __post_init__(self) -> None:
        self.session = RtpSession(self.heard.append, self.keys.append)


@asynccontextmanager
async def line(keys: int | None = 101) -> AsyncIterator[tuple[End, End]]:
    ends = End(), End()
    ports = [await end.session.open(LOOPBACK) for end in ends]
    for end, port in zip(ends, reversed(ports), strict=True):
        end.session.media = Media(LOOPBACK, port, 0, keys)
    try:
        yield ends
    finally:
        for end in ends:
            end.session.close()


async def ticks(session: RtpSession, count: int) -> None:
    for _ in range(count):
        session.send(AUDIO)
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)


async def test_audio_arrives_as_it_was_sent() -> None:
    async with line() as (ours, theirs):
        ours.session.send(b"\x01" * 160)
        await ticks(ours.session, 2)
    assert theirs.heard == [b"\x01" * 160, AUDIO, AUDIO]


async def test_keys_take_the_place_of_audio_and_arrive_once_each_in_their_order() -> None:
    async with line() as (ours, theirs):
        pressed = ours.session.press("5#5a")
        await ticks(ours.session, 4 * (8 + 3 + 4))
        await pressed
    assert theirs.keys == ["5", "#", "5", "A"]
    assert len(theirs.heard) == 4 * 4


async def test_an_event_keeps_its_timestamp_and_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with line() as (ours, theirs):
        packets: list[bytes] = []
        monkeypatch.setattr(theirs.session, "datagram_received", lambda data, addr: packets.append(data))
        pressed = ours.session.press("9")
        await ticks(ours.session, 8 + 3)
        await pressed
    read = [(*struct.unpack_from("!BBHII", packet), *struct.unpack_from("!BBH", packet, 12)) for packet in packets]
    assert {(timestamp, code) for _, _, _, timestamp, _, code, _, _ in read} == {(read[0][3], 9)}
    assert [duration for *_, duration in read] == [160, 320, 480, 640, 800, 960, 1120, 1280, 1280, 1280, 1280]
    assert [bool(flags & 0x80) for *_, flags, _ in read] == [False] * 8 + [True] * 3
    assert [bool(kind & 0x80) for _, kind, *_ in read] == [True] + [False] * 10
    assert [number - read[0][2] for _, _, number, *_ in read] == list(range(11))


async def test_without_telephone_events_keys_cannot_be_pressed() -> None:
    async with line(keys=None) as (ours, _):
        with pytest.raises(RuntimeError, match="takes no telephone events"):
            ours.session.press("1")


@pytest.mark.parametrize(
    "data", [b"", b"\x80", bytes(12), b"\x80\x00" + bytes(9), b"\x9f\x00" + bytes(10), b"\xa0" + b"\xff" * 20]
)
async def test_what_is_no_packet_is_dropped(data: bytes) -> None:
    async with line() as (ours, _):
        ours.session.datagram_received(data, (LOOPBACK, 9))
    assert (ours.heard, ours.keys) == ([], [])


async def test_extensions_and_padding_are_not_audio() -> None:
    async with line() as (ours, _):
        extension = struct.pack("!HH", 1, 1) + bytes(4)
        ours.session.datagram_received(
            struct.pack("!BBHII", 0xB0, 0, 1, 1, 1) + extension + b"abcd\0\0\3", (LOOPBACK, 9)
        )
    assert ours.heard == [b"abcd"]

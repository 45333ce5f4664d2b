"""Audio and keys over RTP (RFC 3550, RFC 4733): one packet for every 20 ms, in both directions."""

import asyncio
import secrets
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from callagent.scripted_calls.levels.sip.phone.sdp import Media

SAMPLES = 160
"""Samples of 8 kHz audio in a packet."""

KEYS = "0123456789*#ABCD"
"""Event codes of RFC 4733 by position."""

KEY_PACKETS = 8
"""Packets for which a key is held down: 160 ms, longer than the 40 ms that receivers ask for."""

END_PACKETS = 3
"""The last packet of an event is sent three times (RFC 4733, 2.5.1.4)."""

PAUSE_PACKETS = 4
"""Packets of audio between two keys: 80 ms."""

VOLUME_DB = 10
"""Of a key, in dB below full scale."""

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VERSION = 0x80
_MARKER = 0x80


@dataclass
class _Press:
    """A key on its way: packets sent so far, and the timestamp of the first."""

    code: int
    packets: int = 0
    timestamp: int = 0


class RtpSession(asyncio.DatagramProtocol):
    """One RTP session. `media` is where it sends to, once that is known; `received` counts packets of audio.

    Args:
        on_audio: takes the payload of an audio packet of the other side.
        on_key: takes a key that the other side pressed.
    """

    def __init__(self, on_audio: Callable[[bytes], None], on_key: Callable[[str], None]) -> None:
        self.media: Media | None = None
        self.received = 0
        self._on_audio = on_audio
        self._on_key = on_key
        self._transport: asyncio.DatagramTransport | None = None
        self._sequence = secrets.randbelow(1 << 15)
        self._timestamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbits(32)
        self._first = True
        self._presses: deque[_Press] = deque()
        self._pressed: asyncio.Future[None] | None = None
        self._pause = 0
        self._last_key = -1

    async def open(self, host: str) -> int:
        """Listen on a free port of that address of this machine, and give the port."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self._transport = transport
        return int(transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        """Stop; idempotent."""
        if self._transport is not None:
            self._transport.close()
        if self._pressed is not None:
            self._pressed.cancel()

    def send(self, payload: bytes) -> None:
        """Send the next 20 ms: the audio, or the key that is being pressed in its place."""
        media = self.media
        if media is None:
            return
        if self._pause:
            self._pause -= 1
        elif self._presses:
            self._send_key(media, self._presses[0])
            self._timestamp += SAMPLES
            return
        self._packet(media, media.payload_type, payload, self._timestamp, marker=self._first)
        self._first = False
        self._timestamp += SAMPLES

    def press(self, keys: str) -> "asyncio.Future[None]":
        """Press keys one after the other; the future resolves when the last one has been let go.

        Raises:
            ValueError: there is no such key.
            RuntimeError: the other side takes no telephone events.
        """
        if self.media is None or self.media.keys is None:
            raise RuntimeError("the other side takes no telephone events (RFC 4733)")
        self._presses += [_Press(KEYS.index(key)) for key in keys.upper()]
        self._pressed = asyncio.get_running_loop().create_future()
        return self._pressed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take a packet; what is no RTP of this session is dropped."""
        if len(data) < _HEADER.size or data[0] >> 6 != 2 or self.media is None:
            return
        first, kind, _, timestamp, _ = _HEADER.unpack_from(data)
        start = _HEADER.size + 4 * (first & 0x0F)
        if first & 0x10 and len(data) >= start + 4:
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        end = len(data) - (data[-1] if first & 0x20 else 0)
        payload = data[start:end]
        if kind & 0x7F == self.media.payload_type and payload:
            self.received += 1
            self._on_audio(payload)
        elif kind & 0x7F == self.media.keys and len(payload) >= _EVENT.size:
            self._key_received(payload, timestamp)

    def _key_received(self, payload: bytes, timestamp: int) -> None:
        code, flags, _ = _EVENT.unpack_from(payload)
        if flags & 0x80 and timestamp != self._last_key and code < len(KEYS):
            self._last_key = timestamp
            self._on_key(KEYS[code])

    def _send_key(self, media: Media, press: _Press) -> None:
        if press.packets == 0:
            press.timestamp = self._timestamp
        press.packets += 1
        over = press.packets > KEY_PACKETS
        duration = min(press.packets, KEY_PACKETS) * SAMPLES
        payload = _EVENT.pack(press.code, (0x80 if over else 0) | VOLUME_DB, duration)
        self._packet(media, cast(int, media.keys), payload, press.timestamp, marker=press.packets == 1)
        if press.packets == KEY_PACKETS + END_PACKETS:
            self._presses.popleft()
            self._pause = PAUSE_PACKETS
            if not self._presses and self._pressed is not None and not self._pressed.done():
                self._pressed.set_result(None)

    def _packet(self, media: Media, kind: int, payload: bytes, timestamp: int, *, marker: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = (_VERSION, kind | (_MARKER if marker else 0), self._sequence & 0xFFFF, timestamp & 0xFFFFFFFF)
        self._sequence += 1
        self._transport.sendto(_HEADER.pack(*head, self._source) + payload, (media.host, media.port))

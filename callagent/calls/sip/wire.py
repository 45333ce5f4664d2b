"""The caller's telephone line over RTP."""

from collections.abc import Callable

import numpy as np

from callagent.calls.room.voice import Change
from callagent.calls.sip.phone import Media, RtpSession, offer
from callagent.calls.wire import Wire
from callagent.line import CodecName, Impairments, Samples
from callagent.line.codec import G711
from callagent.line.frames import FRAME_SAMPLES


class RtpWire(Wire):
    """A packet every 20 ms in both directions, silence included.

    Attributes:
        on_frame: takes every 20 ms of the agent as they arrive.

    Args:
        on_key: takes a key that the agent pressed.
    """

    def __init__(
        self,
        *,
        codec: CodecName,
        impairments: Impairments,
        on_change: Callable[[Change], None],
        on_key: Callable[[str], None],
    ) -> None:
        super().__init__(codec=codec, impairments=impairments, on_change=on_change)
        self.codec = codec
        self.rtp = RtpSession(self._heard, on_key)
        self._coder = G711(codec)
        self._rest: Samples = np.zeros(0, np.int16)
        self.on_frame: Callable[[Samples], None] = lambda frame: None

    async def open(self, host: str) -> str:
        """Listens on an address of this machine, and gives the offer that says so."""
        return offer(host, await self.rtp.open(host), self.codec)

    def connect(self, media: Media) -> None:
        """Sends to the other side from now on."""
        self.rtp.media = media

    def send(self, frame: Samples) -> None:
        """Sends the next 20 ms of the caller."""
        self.rtp.send(self._coder.encode(frame))

    async def close_media(self) -> None:
        """Lets go of the port."""
        self.rtp.close()

    def play(self, frame: Samples) -> None:
        """The next 20 ms of the agent have arrived."""
        super().play(frame)
        self.on_frame(frame)

    def _heard(self, payload: bytes) -> None:
        """Takes a packet of any length, and hands it on by frames of 20 ms."""
        samples = np.concatenate([self._rest, self._coder.decode(payload)])
        whole = samples.size - samples.size % FRAME_SAMPLES
        for start in range(0, whole, FRAME_SAMPLES):
            self.play(samples[start : start + FRAME_SAMPLES])
        self._rest = samples[whole:]

"""Sound of several sources as one, for somebody who listens: no longer behind than it has to be."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
"""Samples a second: more than a telephone has."""

LATEST_S: Final = 0.3
"""Sound that waits for more than this is left out, in seconds: the listener stays with the call."""

Samples = NDArray[np.int16]


class MixedSound:
    """Takes pieces from sources as they come, and gives as much of all of them together as is asked for."""

    def __init__(self) -> None:
        self._waiting: dict[str, Samples] = {}

    def put(self, source: str, samples: Samples) -> None:
        """Take the next piece of a source."""
        waiting = np.concatenate((self._waiting.get(source, samples[:0]), samples))
        self._waiting[source] = waiting[-round(LATEST_S * RATE) :]

    def end(self, source: str) -> None:
        """Forget a source that is gone."""
        self._waiting.pop(source, None)

    def take(self, count: int) -> Samples:
        """Return the next so many samples: silence where there are none, and no louder than can be."""
        mixed = np.zeros(count, np.int32)
        for source, waiting in self._waiting.items():
            piece = waiting[:count]
            mixed[: len(piece)] += piece
            self._waiting[source] = waiting[count:]
        return np.clip(mixed, -32768, 32767).astype(np.int16)


def wav_header() -> bytes:
    """Return the begin of a WAV file of 16 bits, one channel, whose length is not known."""
    endless = (0xFFFFFFFF).to_bytes(4, "little")
    numbers = ((1, 2), (1, 2), (RATE, 4), (2 * RATE, 4), (2, 2), (16, 2))
    form = b"".join(value.to_bytes(size, "little") for value, size in numbers)
    return b"RIFF" + endless + b"WAVEfmt " + (16).to_bytes(4, "little") + form + b"data" + endless

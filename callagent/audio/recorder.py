"""The recording of a call."""

import logging
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from callagent.audio.g711 import SAMPLE_RATE, Samples
from callagent.private_files import whole_file

_log = logging.getLogger("callagent.audio")

MAX_RECORDING_S = 3600.0
"""Longest recording, 115 MB of memory; what comes after it is not kept."""

_SIDES = ("caller", "agent")
"""Channels, from the left."""

_MAX_BYTES = int(MAX_RECORDING_S * SAMPLE_RATE) * 2


class Recorder:
    """Keeps what both sides heard of each other, sample by sample from call time 0."""

    def __init__(self) -> None:
        self._caller = bytearray()
        self._agent = bytearray()

    def add(self, caller: Samples, agent: Samples) -> None:
        """Append the next frame of both sides."""
        if len(self._caller) >= _MAX_BYTES:
            return
        self._caller += caller.tobytes()
        self._agent += agent.tobytes()
        if len(self._caller) >= _MAX_BYTES:
            _log.warning("the recording is full", extra={"seconds": MAX_RECORDING_S})

    @property
    def caller(self) -> Samples:
        """A copy of the caller's side, 8 kHz mono int16."""
        return np.frombuffer(bytes(self._caller), dtype=np.int16)

    @property
    def agent(self) -> Samples:
        """A copy of the agent's side, 8 kHz mono int16."""
        return np.frombuffer(bytes(self._agent), dtype=np.int16)


def read_recording(path: Path) -> tuple[Samples, Samples]:
    """Read both channels of a recording of a call, WAV or Ogg of any sample rate, as 8 kHz. Not for the event loop.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no sound file with two channels.
    """
    parts: list[NDArray[Any]] = []
    resampler = av.AudioResampler(format="s16p", layout="stereo", rate=SAMPLE_RATE)
    try:
        with av.open(str(path.absolute()), options={"format_whitelist": "wav,ogg"}) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None or stream.layout.nb_channels != len(_SIDES):
                raise ValueError("has not two channels")
            for frame in container.decode(stream):
                parts += [piece.to_ndarray() for piece in resampler.resample(frame)]
            parts += [piece.to_ndarray() for piece in resampler.resample(None)]
    except OSError:
        raise
    except av.FFmpegError as error:
        raise ValueError("is no sound file") from error
    both = np.concatenate(parts, axis=1) if parts else np.zeros((len(_SIDES), 0), np.int16)
    return both[0].astype(np.int16, copy=False), both[1].astype(np.int16, copy=False)


def read_stereo(path: Path) -> tuple[Samples, Samples]:
    """Read both channels of a 16-bit stereo WAV file. Plain file I/O: not for the event loop.

    Raises:
        OSError: it cannot be read.
        wave.Error, EOFError: it is no WAV file.
        ValueError: it has not two channels of 16 bits.
    """
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (2, 2):
            raise ValueError("has not two channels of 16 bits")
        content = file.readframes(file.getnframes())
    both = np.frombuffer(content[: len(content) // 4 * 4], dtype="<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def write_stereo(path: Path, left: Samples, right: Samples, rate: int = SAMPLE_RATE) -> None:
    """Write a private 16-bit stereo WAV file of two equally long channels. Plain file I/O: not for the event loop."""
    with whole_file(path) as content, wave.open(content, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.column_stack((left, right)).astype("<i2").tobytes())

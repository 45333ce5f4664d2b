"""Bringing sounds onto the line: other sample rates, recorded files, silence at the edges."""

from pathlib import Path

import av
import numpy as np

from callagent.audio.g711 import FULL_SCALE, SAMPLE_RATE, Samples

MAX_FILE_S = 60.0
"""Longest recording that can be played into a call."""

_OPTIONS = {"format_whitelist": "wav,flac,ogg,mp3,aiff,au"}  # none of the formats that point to other files


def resample(pcm: Samples, rate: int) -> Samples:
    """Convert mono int16 samples at `rate` Hz to the line's 8 kHz, band-limited."""
    if rate == SAMPLE_RATE:
        return pcm
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    return _join([*resampler.resample(frame), *resampler.resample(None)])


def trim_silence(pcm: Samples, rate: int = SAMPLE_RATE, *, floor: float = -50.0) -> Samples:
    """Cut off leading and trailing silence: stretches of 5 ms whose peak is below `floor` dBFS.

    Returns a view; it is empty when there is nothing but silence.
    """
    step = max(1, rate // 200)
    steps = -(-pcm.size // step)
    peaks = np.abs(np.pad(pcm, (0, steps * step - pcm.size)).astype(np.int32)).reshape(steps, step).max(axis=1)
    loud = np.flatnonzero(peaks > FULL_SCALE * 10 ** (floor / 20))
    if not loud.size:
        return pcm[:0]
    return pcm[loud[0] * step : (loud[-1] + 1) * step]


def read_audio(path: str | Path, *, longest: float = MAX_FILE_S) -> Samples:
    """Read a sound file (WAV of any kind, FLAC, Ogg, MP3…) as 8 kHz mono int16; channels are mixed.

    Raises `OSError` when it cannot be read, and `ValueError` when it has no audio or more than `longest` seconds of it.
    Plain file I/O: not for the event loop.
    """
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    pieces: list[av.AudioFrame] = []
    seconds = 0.0
    try:
        with av.open(str(Path(path).absolute()), options=_OPTIONS) as container:
            if not container.streams.audio:
                raise ValueError(f"{path}: not a sound file")
            for frame in container.decode(audio=0):
                seconds += frame.samples / frame.sample_rate
                if seconds > longest:
                    raise ValueError(f"{path}: longer than {longest:g} s")
                pieces += resampler.resample(frame)
    except OSError:
        raise
    except av.error.FFmpegError as error:
        raise ValueError(f"{path}: not a sound file") from error
    return _join([*pieces, *resampler.resample(None)])


def _join(frames: list[av.AudioFrame]) -> Samples:
    parts = [frame.to_ndarray()[0] for frame in frames]
    return np.concatenate(parts).astype(np.int16, copy=False) if parts else np.zeros(0, dtype=np.int16)

"""Sounds beside the agent's speech: what is to be played, and the players of a line in the process and of none."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from callagent.audio.conversion import read_audio
from callagent.audio.g711 import FRAME_SAMPLES, SAMPLE_RATE, Samples, to_samples
from callagent.concurrency import BackgroundTasks

LONGEST_SOUND_S = 600.0
"""Seconds of a sound at most; at the rate of the line ten minutes are 10 MB."""

_log = logging.getLogger("callagent.audio")


@dataclass(frozen=True)
class Sound:
    """A sound file.

    Args:
        name: what it is called in the journal.
        files: where it may be; the first one that is there counts.
        volume: 0 to 1; at 1 it is as loud as in the file.
    """

    name: str
    files: tuple[Path, ...]
    volume: float = 1.0

    @property
    def file(self) -> Path:
        """The file that is there, or else the first one. Reads the file system."""
        return next((path for path in self.files if path.is_file()), self.files[0])


class Playback:
    """One playing of a sound. Who plays it says when it begins; whoever comes first ends it.

    Args:
        loop: over and over, until it is ended.
        changed: called with True when it begins to be heard, and with False when a sound that has begun is over.
    """

    def __init__(self, sound: Sound, *, loop: bool, changed: Callable[[bool], None]) -> None:
        self.sound = sound
        self.loop = loop
        self.begun = False
        self.over = False
        self._changed = changed
        self._at_end: list[Callable[[], object]] = []

    def begin(self) -> None:
        """Note that it is heard from now on; nothing where it is over already."""
        if not (self.begun or self.over):
            self.begun = True
            self._changed(True)

    def end(self) -> None:
        """End it; nothing where it is over already."""
        if self.over:
            return
        self.over = True
        if self.begun:
            self._changed(False)
        for callback in self._at_end:
            callback()

    def on_end(self, callback: Callable[[], object]) -> None:
        """Have `callback` called when it is over, at once where it is."""
        if self.over:
            callback()
        else:
            self._at_end.append(callback)


class SoundPlayer(Protocol):
    """What plays sounds to the caller, several at a time.

    Attributes:
        audible: whether there is anything to hear at all.
    """

    audible: bool

    def play(self, playback: Playback) -> None:
        """Play it to its end, or until it is ended. What cannot be read ends at once, and the log says so."""
        ...


class SilentPlayer:
    """Plays nothing, for as long as the sound would last: for calls without audio."""

    audible = False

    def __init__(self) -> None:
        self._tasks = BackgroundTasks(_log, "a sound could not be played")

    def play(self, playback: Playback) -> None:
        """Begin it, and end it when its time has passed."""
        task = self._tasks.start(self._wait(playback), name="callagent.audio.silence")
        playback.on_end(task.cancel)

    async def _wait(self, playback: Playback) -> None:
        samples = await _read(playback)
        if samples is not None and not playback.loop:
            await asyncio.sleep(samples.size / SAMPLE_RATE)
            playback.end()


class LineMixer:
    """Mixes sounds into what goes out on a line, frame by frame."""

    audible = True

    def __init__(self) -> None:
        self._tasks = BackgroundTasks(_log, "a sound could not be played")
        self._playing: list[_Track] = []

    def play(self, playback: Playback) -> None:
        """Read the sound in a thread; it is on the line from the next frame on."""
        task = self._tasks.start(self._load(playback), name="callagent.audio.sound")
        playback.on_end(task.cancel)

    def next_frame(self) -> Samples | None:
        """Return the next 160 samples of all that is played; None where nothing is."""
        self._playing = [track for track in self._playing if not track.playback.over]
        if not self._playing:
            return None
        frames = [track.next_frame() for track in self._playing]
        return to_samples(np.sum(frames, axis=0))

    def close(self) -> None:
        """End all of it."""
        for track in self._playing:
            track.playback.end()
        self._tasks.cancel()

    async def _load(self, playback: Playback) -> None:
        samples = await _read(playback)
        if samples is not None:
            self._playing.append(_Track(playback, samples))


class _Track:
    def __init__(self, playback: Playback, samples: Samples) -> None:
        self.playback = playback
        self._samples = samples
        self._at = 0

    def next_frame(self) -> npt.NDArray[np.float64]:
        """Return the next frame at its volume; one that reaches the end of the sound ends it, or begins it anew."""
        begin, self._at = self._at, self._at + FRAME_SAMPLES
        if self.playback.loop:
            frame = self._samples.take(np.arange(begin, self._at), mode="wrap")
        else:
            frame = self._samples[begin : self._at]
            if self._at >= self._samples.size:
                self.playback.end()
        return np.pad(frame, (0, FRAME_SAMPLES - frame.size)).astype(np.float64) * self.playback.sound.volume


async def _read(playback: Playback) -> Samples | None:
    """Return the samples of a sound, which begins now; None where it cannot be read, which ends it, or is over."""
    try:
        samples = await asyncio.to_thread(_samples_of, playback.sound)
    except (OSError, ValueError) as error:
        _log.warning("a sound cannot be played", extra={"sound": playback.sound.name, "error": str(error)})
        playback.end()
        return None
    playback.begin()
    return None if playback.over else samples


def _samples_of(sound: Sound) -> Samples:
    file = sound.file
    return _decoded(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _decoded(file: Path, changed_at: int) -> Samples:
    """Return the sound of a file as it is now; the same one is read once."""
    samples = read_audio(file, longest=LONGEST_SOUND_S)
    if not samples.size:
        raise ValueError(f"{file}: has no sound")
    return samples

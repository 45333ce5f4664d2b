"""Writes the recording of a call, from a thread: neither the encoder nor a disk holds up the event loop of the call."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av

from callagent.audio import CallClock
from callagent.profile import RecordingFormat
from callagent.recording.audio_files import AudioFile, audio_file
from callagent.recording.call_audio import CallAudio, Stereo, silence
from callagent.records.spool_file import SpoolFile, os_reason

EVERY_S: Final = 0.2
"""How often what has been heard is written, in seconds."""

MOST_KEPT_BYTES: Final = 32 << 20
"""Bytes that wait in memory for a disk that takes them: an hour of Opus, or eight minutes of WAV at 16 kHz."""

PIECE_S: Final = 10.0
"""Seconds that are encoded at once: a recording that begins late begins with as much silence."""

DISK_LOST: Final = "no disk takes it, and there is no room in memory any more"

_log = logging.getLogger("callagent.recording")

Step = Callable[[CallAudio], None]


@dataclass(frozen=True)
class RecordingFileSpec:
    """What a recording is to become.

    Args:
        call: id of the call, for the log.
        name: of the file.
        places: directories, in the order in which they are tried.
        rate: samples a second.
    """

    call: str
    name: str
    places: Sequence[Path]
    format: RecordingFormat
    rate: int


class RecordingWriter:
    """The thread of one recording. The file is made with the first moment that is to be kept.

    A process that is killed leaves a file that plays up to its last second. A disk that is full, read-only or taken
    away has the file go on in another place, with all that was written; without any it waits in memory.

    Args:
        clock: that of the call.
        failed: told from the thread, in words and once, that something of the recording is lost.
    """

    def __init__(self, spec: RecordingFileSpec, clock: CallClock, failed: Callable[[str], None]) -> None:
        self._spec, self._clock, self._failed = spec, clock, failed
        self._steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
        self._ending, self._end = threading.Event(), 0.0
        self._audio = CallAudio(spec.rate)
        self._disk = SpoolFile(spec.name, spec.places, MOST_KEPT_BYTES, self._moved, self._nowhere)
        self._encoder: AudioFile | None = None
        self._lost = self._over = False
        self._thread = threading.Thread(target=self._run, name="callagent.recording", daemon=True)
        self._thread.start()

    def put(self, step: Step) -> None:
        """Have something done with the sound of the call, in order; never waits. Nothing once the recording is over."""
        if not self._over:
            self._steps.put(step)

    def keep(self, at: float) -> None:
        """Keep what is heard from `at` seconds on."""
        self.put(lambda audio: audio.keep(at))

    def omit(self, at: float) -> None:
        """Keep nothing from `at` seconds on."""
        self.put(lambda audio: audio.omit(at))

    def close(self, at: float) -> None:
        """End the recording at `at` seconds, with what was put so far; do not wait for it."""
        self._end, self._over = at, True
        self._ending.set()

    def join(self, within: float) -> bool:
        """Wait until the file is whole, for so many seconds at most; tell whether it is. Blocks."""
        self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            ended = False
            while not ended:
                ended = self._ending.wait(EVERY_S)
                while not self._steps.empty():
                    self._steps.get()(self._audio)
                self._write(self._end if ended else self._audio.settled(self._clock.now()))
            if self._encoder is not None:
                self._encoder.close()
        except Exception as error:  # the thread's own boundary: what is written so far stays
            _log.exception("recording ended by an error", extra={"call": self._spec.call})
            self._lose(f"{type(error).__name__}: {error}")
        finally:
            self._over = True
            if self._encoder is not None:
                self._disk.append(b"", last=True)
            self._disk.close()

    def _write(self, until: float) -> None:
        """Write the call up to `until` seconds; while nothing is to be kept yet, only forget what was heard."""
        if not self._audio.begun:
            self._audio.take(until)
            return
        if self._encoder is None:
            self._encoder = audio_file(self._spec.format, self._spec.rate, self._append, self._disk.rewrite)
            self._encode(silence(self._audio.seconds, self._spec.rate))
        self._encode(self._audio.take(until))

    def _encode(self, samples: Stereo) -> None:
        assert self._encoder is not None
        piece = round(PIECE_S * self._spec.rate)
        for first in range(0, len(samples), piece):
            try:
                self._encoder.write(samples[first : first + piece])
            except av.FFmpegError as error:
                self._lose(f"the encoder has failed: {error}")

    def _append(self, content: bytes) -> None:
        if not self._disk.append(content):
            self._lose(DISK_LOST)

    def _lose(self, why: str) -> None:
        if not self._lost:
            self._lost = True
            _log.error("recording lost in part", extra={"call": self._spec.call, "error": why})
            self._failed(why)

    def _moved(self, directory: Path, reason: OSError) -> None:
        extra = {"call": self._spec.call, "path": str(directory), "error": os_reason(reason)}
        _log.error("disk of a recording failed", extra=extra)

    def _nowhere(self, reason: OSError) -> None:
        extra = {"call": self._spec.call, "error": os_reason(reason)}
        _log.error("recording kept in memory: no disk takes it", extra=extra)

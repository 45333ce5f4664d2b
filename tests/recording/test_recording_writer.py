"""The thread that writes a recording, whatever the disk does and whenever its process dies."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc

from callagent.audio import CallClock, read_recording
from callagent.profile import RecordingFormat
from callagent.recording import recording_writer
from callagent.recording.recording_writer import DISK_LOST, RecordingFileSpec, RecordingWriter
from callagent.records import spool

RATE = 8000
SOON_S = 10.0
NAME = "2026-01-31_AJ_1.wav"


class Clock(CallClock):
    """A clock that stands until it is moved."""

    at = 0.0

    def now(self) -> float:
        return self.at


class Recorded:
    """A call of which every second sounds different, written into two places."""

    def __init__(self, *places: Path, form: RecordingFormat = "wav") -> None:
        self.clock, self.lost = Clock(), list[str]()
        self.places = places
        spec = RecordingFileSpec("AJ_1", NAME, places, form, RATE)
        self.writer = RecordingWriter(spec, self.clock, self.lost.append)

    def talk(self, seconds: int) -> None:
        """Both sides talk; wait until it is written."""
        for _ in range(seconds):
            at = self.clock.at
            value = 1000 + round(at) * 100
            frame = rtc.AudioFrame(np.full(RATE, value, np.int16).tobytes(), RATE, 1, RATE)
            self.writer.put(lambda audio, at=at, frame=frame: audio.caller.heard(at, frame))  # type: ignore[misc]
            self.clock.at = at + 1.0
        self.wait(lambda: self.seconds >= self.clock.at - 1.0 or bool(self.lost))

    def wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON_S
        while not until():
            assert time.monotonic() < deadline
            time.sleep(0.002)

    @property
    def seconds(self) -> float:
        """How much is in the file by now."""
        return max((path.stat().st_size for path in self.files), default=0) / (4 * RATE)

    @property
    def taken(self) -> float:
        """How much of the call the thread has been through."""
        seen: list[float] = []
        self.writer.put(lambda audio: seen.append(audio.seconds))
        self.wait(lambda: bool(seen))
        return seen[0]

    @property
    def files(self) -> list[Path]:
        return spool.waiting(self.places, ".wav", ".ogg")

    def end(self) -> Path:
        self.writer.close(self.clock.at)
        assert self.writer.join(SOON_S)
        (path,) = self.files
        return path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_writer, "EVERY_S", 0.002)


def levels(path: Path) -> list[int]:
    """What the caller sounds like in the middle of each second."""
    caller, agent = read_recording(path)
    assert not agent.any()
    return [int(caller[round((second + 0.5) * RATE)]) for second in range(caller.size // RATE)]


def test_a_recording_begins_with_silence_so_that_its_times_are_those_of_the_call(tmp_path: Path) -> None:
    call = Recorded(tmp_path)
    call.clock.at = 2.0
    call.wait(lambda: call.taken > 1.0)
    call.writer.keep(2.0)
    call.talk(3)
    assert levels(call.end()) == [0, 0, 1200, 1300, 1400]
    assert call.lost == []


def test_a_file_is_held_while_the_call_goes_on_and_then_is_whole(tmp_path: Path) -> None:
    call = Recorded(tmp_path)
    call.writer.keep(0.0)
    call.talk(2)
    with call.files[0].open("rb") as file:
        assert spool.is_held(file.fileno())
    path = call.end()
    with path.open("rb") as file:
        assert not spool.is_held(file.fileno())
    assert path.stat().st_mode & 0o077 == 0


def test_of_a_call_that_is_never_recorded_there_is_no_file(tmp_path: Path) -> None:
    call = Recorded(tmp_path)
    call.writer.put(lambda audio: audio.caller.heard(0.0, rtc.AudioFrame(bytes(RATE * 2), RATE, 1, RATE)))
    call.clock.at = 5.0
    call.writer.close(5.0)
    assert call.writer.join(SOON_S)
    assert call.files == []


def test_a_pause_is_silence_of_the_same_length(tmp_path: Path) -> None:
    call = Recorded(tmp_path)
    call.writer.keep(0.0)
    call.talk(1)
    call.writer.omit(1.0)
    call.talk(2)
    call.writer.keep(3.0)
    call.talk(1)
    assert levels(call.end()) == [1000, 0, 0, 1300]


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk with room for two seconds of a recording."""
    place, room, real = tmp_path / "small", [2 * 4 * RATE], os.write

    def write(file: int, data: bytes) -> int:
        if not os.readlink(f"/proc/self/fd/{file}").startswith(str(place)):
            return real(file, data)
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = real(file, data[: room[0]])
        room[0] -= done
        return done

    monkeypatch.setattr("callagent.records.spool_file.os.write", write)
    yield place


def test_a_full_disk_has_it_go_on_elsewhere_with_all_that_was_written(
    tmp_path: Path, small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call = Recorded(small_disk, tmp_path / "other")
    call.writer.keep(0.0)
    for _ in range(4):
        call.talk(1)
    path = call.end()
    assert path.parent == tmp_path / "other"
    assert levels(path) == [1000, 1100, 1200, 1300]
    assert call.lost == []
    assert [record.message for record in caplog.records] == ["disk of a recording failed"]


def test_a_directory_that_vanishes_costs_nothing(tmp_path: Path) -> None:
    call = Recorded(tmp_path / "recordings")
    call.writer.keep(0.0)
    call.talk(2)
    shutil.rmtree(tmp_path / "recordings")
    call.talk(2)
    assert levels(call.end()) == [1000, 1100, 1200, 1300]
    assert call.lost == []


def test_where_no_disk_takes_it_it_waits_in_memory_until_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("callagent.records.spool_file.AGAIN_S", 0.0)
    place = tmp_path / "recordings"
    place.write_text("no directory")
    call = Recorded(place)
    call.writer.keep(0.0)
    call.clock.at = 1.0
    call.wait(lambda: bool(caplog.records))
    place.unlink()
    call.clock.at = 3.0
    path = call.end()
    assert len(levels(path)) == 3
    assert [record.message for record in caplog.records] == ["recording kept in memory: no disk takes it"]


def test_what_memory_has_no_room_for_is_lost_and_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_writer, "MOST_KEPT_BYTES", 3 * 4 * RATE)
    place = tmp_path / "recordings"
    place.write_text("no directory")
    call = Recorded(place)
    call.writer.keep(0.0)
    call.clock.at = 60.0
    call.wait(lambda: bool(call.lost))
    call.writer.close(60.0)
    assert call.writer.join(SOON_S)
    assert call.lost == [DISK_LOST]


def test_an_error_in_the_thread_leaves_what_is_written(tmp_path: Path) -> None:
    call = Recorded(tmp_path)
    call.writer.keep(0.0)
    call.talk(2)
    call.writer.put(lambda audio: audio.caller.heard(2.0, None))  # type: ignore[arg-type]  # no frame
    assert call.writer.join(SOON_S)
    (path,) = call.files
    assert levels(path)[:1] == [1000]
    assert len(call.lost) == 1
    held = bytearray(1)
    call.writer.put(lambda audio, held=held: None)  # type: ignore[misc]
    assert sys.getrefcount(held) == 2  # nobody keeps what nobody will write


KILLED = """
import sys, time
import numpy as np
from pathlib import Path
from livekit import rtc
from callagent.audio import CallClock
from callagent.recording.recording_writer import RecordingFileSpec, RecordingWriter

clock = CallClock()
spec = RecordingFileSpec("AJ_1", "2026-01-31_AJ_1.ogg", [Path(sys.argv[1])], "opus", 16000)
writer = RecordingWriter(spec, clock, print)
writer.keep(0.0)
tone = (9000 * np.sin(np.arange(320) / 5)).astype(np.int16).tobytes()
print("began", flush=True)
for index in range(2000):
    time.sleep(max(0.0, (index + 1) * 0.02 - clock.now()))
    frame, at = rtc.AudioFrame(tone, 16000, 1, 320), index * 0.02
    writer.put(lambda audio, at=at, frame=frame: audio.caller.heard(at, frame))
    if index == 110:
        print("talked", flush=True)
"""


def test_of_a_process_that_is_killed_the_file_plays_up_to_its_last_second(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "began\n"
        assert process.stdout.readline() == "talked\n"
        process.kill()
    (path,) = tmp_path.glob("*.ogg")
    with path.open("rb") as file:
        assert not spool.is_held(file.fileno())
    caller, _ = read_recording(path)
    assert caller.size / 8000 > 2.2 - 1.0
    assert np.abs(caller[4000:-4000]).max() > 5000

"""What a call leaves in the spool, whatever the disk does."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callagent.records import spool
from callagent.records.spool_writer import SpoolWriter
from tests.support.kept_calls import head_of, raw, talk

HEAD, LINES = head_of("AJ_1"), talk()
ALL = b"".join(line + b"\n" for line in raw([HEAD, *LINES]))
JOIN_S = 10.0


def content(*places: Path) -> bytes:
    (path,) = spool.waiting(places)
    return path.read_bytes()


async def test_a_line_is_in_the_file_as_soon_as_it_is_flushed(tmp_path: Path) -> None:
    writer = SpoolWriter("AJ_1", [tmp_path / "a"])
    writer.begin(HEAD)
    writer.put(LINES[0])
    await writer.flush(JOIN_S)
    assert content(tmp_path / "a") == b"".join(line + b"\n" for line in raw([HEAD, LINES[0]]))
    for line in LINES[1:]:
        writer.put(line)
    writer.close()
    writer.join(JOIN_S)
    assert content(tmp_path / "a") == ALL
    with spool.waiting([tmp_path / "a"])[0].open("rb") as file:
        assert not spool.is_held(file.fileno())


def full_after(count: int) -> Callable[[int, bytes], int]:
    """A disk that has room for so many bytes, and takes half of what does not fit."""
    room, real = [count], os.write

    def write(file: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        done = real(file, data[: room[0]])
        room[0] -= done
        return done

    return write


@pytest.mark.parametrize("room", [0, 1, 100, len(ALL) - 1])
async def test_a_full_disk_has_the_call_go_on_elsewhere_with_all_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, room: int
) -> None:
    first, second = tmp_path / "full", tmp_path / "room"
    writer = SpoolWriter("AJ_1", [first, second])
    real, limited = os.write, full_after(room)

    def write(file: int, data: bytes) -> int:
        here = os.readlink(f"/proc/self/fd/{file}")
        return (limited if here.startswith(str(first)) else real)(file, data)

    monkeypatch.setattr("callagent.records.spool.os.write", write)
    writer.begin(HEAD)
    for line in LINES:
        writer.put(line)
        await writer.flush(JOIN_S)
    writer.close()
    writer.join(JOIN_S)
    assert content(first, second) == ALL
    assert spool.waiting([first]) == []
    assert "appointment" not in caplog.text


async def test_a_directory_that_is_taken_away_costs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = tmp_path / "spool"
    writer = SpoolWriter("AJ_1", [place])
    writer.begin(HEAD)
    for line in LINES[:5]:
        writer.put(line)
    await writer.flush(JOIN_S)
    shutil.rmtree(place)
    for line in LINES[5:]:
        writer.put(line)
    writer.close()
    writer.join(JOIN_S)
    assert content(place) == ALL
    assert [record.message for record in caplog.records if record.name == "callagent.records"] == ["spool failed"]


async def test_where_no_place_takes_it_a_call_waits_in_memory_and_the_log_tells_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("callagent.records.spool_file.AGAIN_S", 0.0)
    place = tmp_path / "spool"
    place.write_text("no directory")
    writer = SpoolWriter("AJ_1", [place])
    writer.begin(HEAD)
    for line in LINES[:5]:
        writer.put(line)
        await writer.flush(JOIN_S)
    place.unlink()
    for line in LINES[5:]:
        writer.put(line)
    writer.close()
    writer.join(JOIN_S)
    assert content(place) == ALL
    told = [record.message for record in caplog.records if record.name == "callagent.records"]
    assert told == ["call not spooled: no place takes it"]


async def test_a_call_that_no_disk_takes_holds_nobody_up(tmp_path: Path) -> None:
    place = tmp_path / "spool"
    place.write_text("no directory")
    writer = SpoolWriter("AJ_1", [place])
    writer.begin(HEAD)
    began = time.monotonic()
    await writer.flush(JOIN_S)
    writer.close()
    writer.join(JOIN_S)
    assert time.monotonic() - began < JOIN_S

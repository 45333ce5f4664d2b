"""From the spool to where recordings are kept, whatever is in the way."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callagent.recording import Destination, RecordingUnavailable, recording_delivery
from callagent.recording.recording_delivery import RecordingDelivery, RecordingDeliveryThread
from callagent.records import spool

SOON_S = 10.0


def left(place: Path, name: str, content: bytes = b"sound") -> Path:
    """What a call that is over has left."""
    os.close(spool.open_named(place, name, content))
    return place / name


def delivery(tmp_path: Path, *places: Path) -> RecordingDelivery:
    return RecordingDelivery(Destination(str(tmp_path / "kept")), places or [tmp_path / "spool"])


def kept(tmp_path: Path) -> list[str]:
    found = (tmp_path / "kept").rglob("*.*")
    return sorted(str(path.relative_to(tmp_path / "kept")) for path in found if path.is_file())


def test_what_calls_have_left_is_brought_to_its_place(tmp_path: Path) -> None:
    for name in ("2026-01-31_AJ_1.ogg", "2026-02-01_AJ_2.wav"):
        left(tmp_path / "spool", name)
    left(tmp_path / "other", "2026-02-01_AJ_3.ogg")
    left(tmp_path / "spool", "AJ_1.call")
    each = delivery(tmp_path, tmp_path / "spool", tmp_path / "other", tmp_path / "none")
    each.round()
    assert kept(tmp_path) == ["2026-01-31/AJ_1.ogg", "2026-02-01/AJ_2.wav", "2026-02-01/AJ_3.ogg"]
    assert (each.depth, each.delivered) == (0, 3)
    assert [path.name for path in spool.waiting([tmp_path / "spool", tmp_path / "other"])] == ["AJ_1.call"]


def test_a_call_that_goes_on_is_left_alone_until_it_is_over(tmp_path: Path) -> None:
    held = spool.open_named(tmp_path / "spool", "2026-01-31_AJ_1.ogg", b"half")
    each = delivery(tmp_path)
    each.round()
    assert kept(tmp_path) == [] and each.depth == 0
    os.write(held, b" and half")
    os.close(held)
    each.round()
    assert (tmp_path / "kept" / "2026-01-31" / "AJ_1.ogg").read_bytes() == b"half and half"


def test_a_file_without_anything_in_it_is_no_recording(tmp_path: Path) -> None:
    left(tmp_path / "spool", "2026-01-31_AJ_1.ogg", b"")
    delivery(tmp_path).round()
    assert kept(tmp_path) == []
    assert recording_delivery.waiting([tmp_path / "spool"]) == []


def test_while_the_place_is_away_everything_waits(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("no directory")
    for number in range(8):
        left(tmp_path / "spool", f"2026-01-31_AJ_{number}.ogg")
    each = delivery(tmp_path)
    for _ in range(2):
        with pytest.raises(RecordingUnavailable, match="kept: "):
            each.round()
        assert (each.depth, each.delivered) == (8, 0)
    (tmp_path / "kept").unlink()
    each.round()
    assert len(kept(tmp_path)) == 8 == each.delivered


def test_one_that_is_refused_does_not_hold_up_the_others(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "2026-01-30").write_text("no directory")
    for number in range(3):
        left(tmp_path / "spool", f"2026-01-30_AJ_{number}.ogg")
    left(tmp_path / "spool", "2026-01-31_AJ_9.ogg")
    each = delivery(tmp_path)
    for _ in range(2):
        with pytest.raises(RecordingUnavailable):
            each.round()
    assert (tmp_path / "kept" / "2026-01-31" / "AJ_9.ogg").exists()
    assert each.depth == 3


def test_two_workers_deliver_each_once(tmp_path: Path) -> None:
    for number in range(20):
        left(tmp_path / "spool", f"2026-01-31_AJ_{number}.ogg")
    both = [delivery(tmp_path), delivery(tmp_path)]
    threads = [threading.Thread(target=each.round) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON_S)
    for each in both:
        each.round()
    assert len(kept(tmp_path)) == 20 == sum(each.delivered for each in both)


class Thread:
    """The thread of a worker, and what it tells."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recording_delivery, "EVERY_S", 0.005)
        monkeypatch.setattr(recording_delivery, "LONGEST_PAUSE_S", 0.02)
        self.told: list[tuple[int, int, bool]] = []
        self.thread = RecordingDeliveryThread(delivery(tmp_path), lambda *told: self.told.append(told))

    def wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON_S
        while not until():
            assert time.monotonic() < deadline
            time.sleep(0.002)


def test_a_place_that_is_away_is_told_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("no directory")
    left(tmp_path / "spool", "2026-01-31_AJ_1.ogg")
    each = Thread(tmp_path, monkeypatch)
    each.wait(lambda: sum(failed for *_, failed in each.told) > 2)
    (tmp_path / "kept").unlink()
    each.wait(lambda: (0, 1, False) in each.told)
    each.thread.close(SOON_S)
    assert [record.message for record in caplog.records] == [
        "recordings cannot be delivered: they wait in the spool",
        "recordings are delivered again",
    ]
    assert sum(delivered for _, delivered, _ in each.told) == 1


def test_what_is_there_when_the_worker_ends_is_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    each = Thread(tmp_path, monkeypatch)
    left(tmp_path / "spool", "2026-01-31_AJ_1.ogg")
    each.thread.close(SOON_S)
    assert kept(tmp_path) == ["2026-01-31/AJ_1.ogg"]

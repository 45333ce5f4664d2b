"""How many processes of a worker make themselves ready."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from callagent.worker.process import slots
from callagent.worker.process.slots import at_most, take_slot, wait_for_slot

SOON = 30.0


@contextmanager
def process(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has a slot."""
    child = subprocess.Popen(["sleep", "120"])
    (directory / f"slot-{child.pid}").touch()
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def test_there_are_so_many_slots_and_no_more(tmp_path: Path) -> None:
    with process(tmp_path), process(tmp_path):
        assert not take_slot(tmp_path, 2)
        assert not (tmp_path / f"slot-{os.getpid()}").exists()
        assert take_slot(tmp_path, 3)
        assert (tmp_path / f"slot-{os.getpid()}").exists()


def test_a_process_that_has_ended_leaves_its_slot(tmp_path: Path) -> None:
    with process(tmp_path) as ended:
        pass
    assert take_slot(tmp_path, 1)
    assert not (tmp_path / f"slot-{ended.pid}").exists()


@pytest.mark.blocks_loop(reason="waits in a thread, and has no loop")
def test_who_has_none_waits_for_one(tmp_path: Path) -> None:
    with process(tmp_path) as first:
        waiting = threading.Thread(target=wait_for_slot, args=(tmp_path, 1))
        waiting.start()
        time.sleep(3 * slots.LOOK_S)
        assert waiting.is_alive()
        first.kill()
        first.wait()
        waiting.join(SOON)
    assert not waiting.is_alive()


def test_where_nothing_is_shared_nobody_waits() -> None:
    wait_for_slot(None, 0)


class Exited(BaseException):
    """The process would have ended."""


def test_who_waits_looks_four_times_a_second_and_ends_with_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents, pauses = iter([7, 7, 7, 1]), list[float]()

    def end(status: int) -> None:
        raise Exited(status)

    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(slots, "time", SimpleNamespace(sleep=pauses.append))
    with pytest.raises(Exited) as ended:
        wait_for_slot(tmp_path, 0)
    assert (ended.value.args, pauses) == ((0,), [0.25] * 3)


def test_a_slot_that_is_free_is_taken_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "time", SimpleNamespace(sleep=pytest.fail))
    wait_for_slot(tmp_path, 1)
    assert [slot.name for slot in tmp_path.glob("slot-*")] == [f"slot-{os.getpid()}"]


def test_a_process_that_takes_too_long_fails_once_its_log_has_got_to_the_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done, ended = list[tuple[str, float]](), threading.Event()

    def end(status: int) -> None:
        done.append(("exit", status))
        ended.set()

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(slots, "time", SimpleNamespace(sleep=lambda seconds: done.append(("pause", seconds))))
    with at_most(0.01):
        assert ended.wait(SOON)
    assert done == [("pause", 1.0), ("exit", 1)]
    assert caplog.messages == ["a process was not ready in time and is replaced"]


def test_a_process_that_ends_does_not_wait_for_the_limit() -> None:
    before = set(threading.enumerate())
    with at_most(60):
        assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True]


SLOTS = f"""
import importlib.util, subprocess, sys, time
from pathlib import Path
spec = importlib.util.spec_from_file_location("slots", {slots.__file__!r})
slots = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slots)
"""
"""The module by its file: its package imports livekit, which takes seconds."""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SLOTS + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SOON, check=False)


def test_a_process_that_takes_too_long_is_ended() -> None:
    ended = run("with slots.at_most(0.1): time.sleep(60)")
    assert (ended.returncode, "not ready in time" in ended.stderr) == (1, True)


def test_one_that_is_done_in_time_goes_on() -> None:
    assert run("with slots.at_most(0.5): pass\ntime.sleep(2); print('on')").stdout == "on\n"


WAITING = f"{SLOTS}slots.wait_for_slot(Path(sys.argv[1]), 0)"
PARENT = f"""
child = subprocess.Popen([sys.executable, "-c", {WAITING!r}, sys.argv[1]], stdout=subprocess.DEVNULL)
while not (Path(sys.argv[1]) / "slots.lock").exists():
    time.sleep(0.05)
print(child.pid)
"""


def test_a_process_whose_parent_has_ended_does_not_wait_for_ever(tmp_path: Path) -> None:
    pid = int(run(PARENT, str(tmp_path)).stdout)
    deadline = time.monotonic() + SOON
    while _state(pid) != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_a_limit_that_was_kept_leaves_no_thread() -> None:
    before = threading.active_count()
    with at_most(60):
        assert threading.active_count() == before + 1
    deadline = time.monotonic() + SOON
    while threading.active_count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)

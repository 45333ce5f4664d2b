"""A journal under way: what is on the disk at any moment."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from callagent.journal import Answered, CallEnded, Head, Note, TurnAdded, read_journal
from callagent.journal.journal_writer import JournalWriter

HEAD = Head("AJ_1", "en-US", "real")


@pytest.fixture
def full(tmp_path: Path) -> Path:
    path = tmp_path / "full"
    path.symlink_to("/dev/full")
    return path


async def test_what_was_put_is_there_after_a_flush_in_order(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "a.events.jsonl")
    turns = [TurnAdded(float(number), "user", "x" * 100) for number in range(1000)]
    writer.put(Answered(0.0))
    writer.begin(HEAD)
    for turn in turns:
        writer.put(turn)
    await writer.flush(5.0)
    journal = await asyncio.to_thread(read_journal, writer.path)
    writer.close()
    assert journal.head == HEAD
    assert journal.lines == [Answered(0.0), *turns]
    assert stat.S_IMODE(os.stat(writer.path).st_mode) == 0o600


async def test_a_journal_goes_on_after_a_flush(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "a.events.jsonl")
    writer.begin(HEAD)
    for reason in ("agent hung up", "worker stopped"):
        writer.put(CallEnded(1.0, reason))
        await writer.flush(5.0)
    writer.close()
    assert (await asyncio.to_thread(read_journal, writer.path)).log.ended == CallEnded(1.0, "worker stopped")


async def test_nothing_is_written_before_the_head_is_known(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "a.events.jsonl")
    writer.put(Answered(0.0))
    assert (writer.begun, os.listdir(tmp_path)) == (False, [])


@pytest.mark.parametrize("place", ["no/such/directory", "full"])
async def test_a_disk_that_fails_costs_the_journal_and_nothing_else(
    place: str, full: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = JournalWriter(full if place == "full" else tmp_path / place)
    writer.begin(HEAD)
    writer.put(Note(1.0, "x"))
    await writer.flush(5.0)
    writer.put(Note(2.0, "x"))
    await writer.flush(5.0)
    writer.close()
    assert "journal not written" in caplog.text
    assert "in time" not in caplog.text


async def test_nobody_waits_for_lines_that_a_disk_refuses_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    writer = JournalWriter(tmp_path / "a.events.jsonl")
    writer.put(Note(1.0, "x"))
    waiting = asyncio.create_task(writer.flush(5.0))
    await asyncio.sleep(0)  # it waits for the same batch
    real, done = os.write, list[int]()

    def write(file: int, content: bytes) -> int:
        if done:
            raise OSError(28, "No space left on device")
        done.append(real(file, content))
        return done[0]

    monkeypatch.setattr("callagent.journal.journal_writer.os.write", write)
    writer.begin(HEAD)
    await waiting
    await writer.flush(5.0)
    writer.close()
    assert "journal not written" in caplog.text
    assert "in time" not in caplog.text


async def test_a_killed_process_leaves_every_line_that_was_written(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from callagent.journal import Head, TurnAdded\n"
        "from callagent.journal.journal_writer import JournalWriter\n"
        "async def main():\n"
        "    writer = JournalWriter(Path(sys.argv[1]))\n"
        "    writer.begin(Head('AJ_1', 'en-US', 'real'))\n"
        "    for number in range(50):\n"
        "        writer.put(TurnAdded(float(number), 'user', 'Hello.'))\n"
        "    await writer.flush(5.0)\n"
        "    print('written', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    path = tmp_path / "a.events.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    journal = await asyncio.to_thread(read_journal, path)
    assert (len(journal.lines), journal.cut_off) == (50, True)

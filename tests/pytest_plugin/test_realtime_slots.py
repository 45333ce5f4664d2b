import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from callagent.pytest_plugin.realtime_slots import slots_for

PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture(autouse=True)
def own_slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def take(level: str, has: Event) -> None:
    with slots_for(level):
        has.set()


@pytest.fixture
def other() -> Iterator[list[multiprocessing.process.BaseProcess]]:
    started: list[multiprocessing.process.BaseProcess] = []
    yield started
    for process in started:
        process.join(10)


@pytest.mark.parametrize(
    ("held", "wanted"), [(["audio", "audio"], "audio"), (["audio"], "room"), (["room"], "audio"), (["sip"], "sip")]
)
def test_a_call_waits_while_others_run(
    held: list[str], wanted: str, other: list[multiprocessing.process.BaseProcess]
) -> None:
    has = PROCESSES.Event()
    with ExitStack() as stack:
        for level in held:
            stack.enter_context(slots_for(level))
        other.append(PROCESSES.Process(target=take, args=(wanted, has)))
        other[0].start()
        assert not has.wait(0.5)
    assert has.wait(10)


def test_two_audio_calls_run_side_by_side(other: list[multiprocessing.process.BaseProcess]) -> None:
    has = PROCESSES.Event()
    with slots_for("audio"):
        other.append(PROCESSES.Process(target=take, args=("audio", has)))
        other[0].start()
        assert has.wait(10)


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    import os

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"callagent-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError), slots_for("audio"):
        pass

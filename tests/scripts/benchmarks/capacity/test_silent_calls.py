"""The benchmark of capacity: what processes take by their threads, and how that is compared and shown."""

import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import api
from matplotlib.image import imread

from scripts.benchmarks.answering.callers import Caller, RoomCaller
from scripts.benchmarks.answering.percentiles import ABOVE, AT_ONCE, Measured
from scripts.benchmarks.answering.system import System
from scripts.benchmarks.capacity import silent_calls
from scripts.benchmarks.capacity.command import judged
from scripts.benchmarks.capacity.process_cost import Cost, Memory, by_name, memory, thread_seconds
from scripts.benchmarks.capacity.report import costs, draw, table
from scripts.benchmarks.capacity.silent_calls import CallsMissing, Sample, measure, ratios
from scripts.benchmarks.capacity.workers import OURS, PLAIN
from tests.support.livekit_server import RunningWorker

NOBODY = 2**22 + 1
"""Above the largest process id of Linux."""


def sample(worker: str, cores: float, calls: int = 4, megabytes: float = 80.0) -> Sample:
    threads = {"event loop": cores / 2, "encoder": cores / 2 - 0.0001, "rare": 0.0001}
    return Sample(worker, calls, Cost(cores, threads, Memory(megabytes, megabytes / 2)), idle=400.0)


SAMPLES = [sample(OURS, 0.06), sample(PLAIN, 0.12), sample(PLAIN, 0.10), sample(OURS, 0.08, megabytes=40)]


def test_what_a_thread_takes_is_told_from_what_others_take() -> None:
    before = thread_seconds(os.getpid())
    working = threading.Thread(target=_work)
    working.start()
    after = thread_seconds(os.getpid())
    working.join()
    taken = by_name(before, after)
    assert "event loop" in taken
    assert taken.total() >= 0
    assert max(thread for thread, _ in after) != os.getpid()


def _work() -> None:
    until = time.thread_time() + 0.02
    while time.thread_time() < until:
        pass


def test_threads_of_one_name_are_put_together_and_new_ones_count_whole() -> None:
    before = {(1, "event loop"): 1.0, (2, "tokio"): 2.0}
    after = {(1, "event loop"): 1.5, (2, "tokio"): 2.25, (3, "tokio"): 0.5}
    assert by_name(before, after) == {"event loop": 0.5, "tokio": 0.75}


def test_memory_of_its_own_is_a_part_of_what_a_process_has() -> None:
    size = memory(os.getpid())
    assert 10 < size.private <= size.shared_out
    assert memory(NOBODY) == Memory()
    assert thread_seconds(NOBODY) == {}


def test_ratios_are_those_of_the_pairs() -> None:
    assert ratios(SAMPLES, OURS, PLAIN, 4) == pytest.approx([0.5, 0.8])


def test_figures_are_means_and_every_line_is_judged() -> None:
    assert costs(SAMPLES)[OURS, 4].cores == pytest.approx(0.07)
    assert costs(SAMPLES)[OURS, 4].memory == Memory(60.0, 30.0)
    met = {each.what: (each.value, each.met) for each in judged(SAMPLES, (1, 4), bursts())}
    assert [value for value, _ in met.values()] == pytest.approx([0.65, 60.0, 400.0, 0.5, 0.25, 1, 1.8])
    assert [kept for _, kept in met.values()] == [False, True, False, True, True, False, True]


def test_a_busy_that_never_came_is_no_quick_one() -> None:
    figures = bursts()
    figures[OURS][2] = Measured.of(f"{ABOVE}, to the busy", [0.5, None])
    assert not judged(SAMPLES, (4,), figures)[-1].met


def bursts() -> dict[str, list[Measured]]:
    answer, greeting = f"{AT_ONCE}, to the answer", f"{AT_ONCE}, to the greeting"
    mine = [Measured.of(answer, [1.0] * 8), Measured.of(greeting, [2.0] * 7 + [None])]
    return {
        OURS: [*mine, Measured.of(f"{ABOVE}, to the busy", [1.8])],
        PLAIN: [Measured.of(answer, [2.0] * 8), Measured.of(greeting, [8.0] * 8)],
    }


def test_the_table_has_calls_threads_and_bursts() -> None:
    lines = table("Title", SAMPLES, bursts(), judged(SAMPLES, (4,), {})).splitlines()
    assert lines[0] == "# Title"
    assert f"| {PLAIN}, 4 at once | 0.110 | 1.62 | 80 MB | 40 MB | 400 MB |" in lines
    assert "| event loop | 0.035 | 0.055 |" in lines
    assert "| others | 0.000 | 0.000 |" in lines
    assert f"| {AT_ONCE}, to the greeting | 8 | 2.00 s | 2.00 s | 2.00 s | 1 |" in lines


def test_the_picture_has_a_bar_for_each_worker(tmp_path: Path) -> None:
    draw(SAMPLES, "Title", tmp_path / "new" / "threads.png")
    picture = imread(tmp_path / "new" / "threads.png")
    assert len({tuple(pixel) for row in picture[::9] for pixel in row[::9]}) > 3


class _WorkerSystem(System):
    """A worker of the tests."""

    def __init__(self, worker: RunningWorker, agent_name: str) -> None:
        process: Any = SimpleNamespace(pid=worker.process.pid)
        super().__init__(process, [])
        self._server = worker.server
        self._agent = agent_name

    def caller(self) -> Caller:
        return RoomCaller(self._server, api.RoomAgentDispatch(agent_name=self._agent))

    async def calm(self) -> None:
        """Other tests do not wait for this one."""


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETTLE_S", "REST_S"):
        monkeypatch.setattr(silent_calls, name, 0.1)


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(200)
@pytest.mark.usefixtures("hurried")
async def test_a_call_of_a_worker_is_measured(worker: RunningWorker) -> None:
    found = await measure(OURS, _WorkerSystem(worker, worker.agent_name), 1, 2.0)
    assert 0.001 < found.cost.cores < 2
    assert {"event loop", "tokio-rt-worker"} <= found.cost.threads.keys()
    assert 10 < found.cost.memory.private < found.idle


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(200)
@pytest.mark.usefixtures("hurried")
async def test_calls_that_nobody_answers_are_not_measured(
    worker: RunningWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.benchmarks.answering.callers.PATIENCE_S", 1.0)
    with pytest.raises(CallsMissing, match="not all of 1 callers"):
        await measure(OURS, _WorkerSystem(worker, "nobody"), 1, 1.0)

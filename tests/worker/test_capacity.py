import logging
from pathlib import Path

import pytest
from livekit.agents.utils.hw import get_cpu_monitor

from callagent.worker import capacity as capacity_module
from callagent.worker.capacity import LOAD_THRESHOLD, Capacity, default_max_calls, machine_memory


@pytest.mark.parametrize(
    ("local_models", "cores", "memory_mb", "calls"),
    [
        (True, 2, 16_000, 4),  # two per core
        (False, 2, 16_000, 16),  # eight per core
        (True, 16, 4_000, 6),  # 75 % of the memory, 400 MB each, one process spare
        (False, 16, 4_000, 14),
        (True, 16, 3_200, 5),  # 2400 MB for six processes
        (True, 16, 3_199, 4),
        (False, 16, 1_600, 5),
        (False, 16, 1_599, 4),
        (True, 0.5, 1_000, 1),  # never none
    ],
)
def test_calls_at_a_time_follow_from_cores_and_memory(
    local_models: bool, cores: float, memory_mb: int, calls: int
) -> None:
    assert default_max_calls(local_models=local_models, cores=cores, memory_mb=memory_mb) == calls


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the memory of a container is told, in bytes."""
    file = tmp_path / "memory.max"
    monkeypatch.setattr(capacity_module, "_CGROUP_LIMIT", file)
    return file


def test_the_memory_is_that_of_the_machine_or_less_where_a_container_has_less(container: Path) -> None:
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    physical_mb = int(told["MemTotal"].split()[0]) // 1024
    assert machine_memory() == physical_mb
    for text, megabytes in (("max\n", physical_mb), ("536870912\n", 512), (f"{1 << 60}\n", physical_mb)):
        container.write_text(text)
        assert machine_memory() == megabytes


def test_what_is_not_told_is_asked_of_the_machine(container: Path) -> None:
    container.write_text(str(700 << 20))
    assert default_max_calls(local_models=False, cores=1_000) == 1  # 700 * 0.75 / 200, less one
    cores = get_cpu_monitor().cpu_count()
    assert default_max_calls(local_models=False, memory_mb=1 << 30) == int(cores * 8)


def jobs(count: int) -> set[str]:
    return {f"job-{number}" for number in range(count)}


@pytest.mark.parametrize("max_calls", [1, 2, 7, 64])
def test_load_grows_with_every_call_and_stays_below_the_threshold(max_calls: int) -> None:
    capacity = Capacity(max_calls)
    loads = [capacity.load(jobs(active)) for active in range(max_calls + 1)]
    assert loads[0] == 0
    assert loads == sorted(set(loads))
    assert loads[-1] < LOAD_THRESHOLD


@pytest.mark.parametrize(("max_calls", "active", "load"), [(1, 1, 0.35), (6, 2, 0.2), (6, 6, 0.6), (6, 9, 0.6)])
def test_the_load_is_a_share_of_that_at_which_the_server_offers_no_more(
    max_calls: int, active: int, load: float
) -> None:
    assert Capacity(max_calls).load(jobs(active)) == pytest.approx(load)


def test_a_call_above_the_limit_is_refused_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    capacity = Capacity(2)
    assert capacity.admit("job-1", jobs(1))
    with caplog.at_level(logging.WARNING, logger="callagent.worker"):
        assert not capacity.admit("job-2", jobs(1))
    assert capacity.refused == 1
    assert "the worker is full" in caplog.text


def test_calls_that_come_together_are_counted_before_they_are_in_progress() -> None:
    capacity = Capacity(2)
    assert [capacity.admit(job, ()) for job in ("a", "b", "c")] == [True, True, False]


def test_a_call_counts_once_while_it_is_both_accepted_and_in_progress() -> None:
    capacity = Capacity(2)
    capacity.admit("a", ())
    assert capacity.admit("b", {"a"})


def test_a_place_given_back_is_free_again() -> None:
    capacity = Capacity(1)
    capacity.admit("a", ())
    capacity.release("a")
    assert capacity.admit("b", ())

import logging

import pytest

from callagent.worker.capacity import LOAD_THRESHOLD, Capacity, default_max_calls


@pytest.mark.parametrize(
    ("local_models", "cores", "memory_mb", "calls"),
    [
        (True, 2, 16_000, 4),  # two per core
        (False, 2, 16_000, 16),  # eight per core
        (True, 16, 4_000, 6),  # 75 % of the memory, 400 MB each, one process spare
        (False, 16, 4_000, 14),
        (True, 0.5, 1_000, 1),  # never none
    ],
)
def test_calls_at_a_time_follow_from_cores_and_memory(
    local_models: bool, cores: float, memory_mb: int, calls: int
) -> None:
    assert default_max_calls(local_models=local_models, cores=cores, memory_mb=memory_mb) == calls


def jobs(count: int) -> set[str]:
    return {f"job-{number}" for number in range(count)}


@pytest.mark.parametrize("max_calls", [1, 2, 7, 64])
def test_load_grows_with_every_call_and_stays_below_the_threshold(max_calls: int) -> None:
    capacity = Capacity(max_calls)
    loads = [capacity.load(jobs(active)) for active in range(max_calls + 1)]
    assert loads[0] == 0
    assert loads == sorted(set(loads))
    assert loads[-1] < LOAD_THRESHOLD


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

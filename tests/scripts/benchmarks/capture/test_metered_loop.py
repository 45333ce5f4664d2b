import asyncio
import time

import pytest

from scripts.benchmarks.capture.metered_loop import MeteredLoop


def compute(seconds: float) -> str:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    return "done"


def run(*jobs: float) -> list[float]:
    """When the results of jobs come that begin at 0 and compute for so long."""

    async def body() -> list[float]:
        loop = asyncio.get_running_loop()
        ends: list[float] = []

        async def one(seconds: float) -> None:
            assert await asyncio.to_thread(compute, seconds) == "done"
            ends.append(loop.time())

        await asyncio.gather(*(one(seconds) for seconds in jobs))
        return ends

    with asyncio.Runner(loop_factory=MeteredLoop) as runner:
        return runner.run(body())


def test_a_result_comes_after_the_time_that_it_took_to_compute() -> None:
    assert run(0.05) == [pytest.approx(0.05, abs=0.01)]


def test_jobs_that_begin_together_take_their_time_side_by_side() -> None:
    assert run(0.05, 0.03) == [pytest.approx(0.03, abs=0.01), pytest.approx(0.05, abs=0.01)]


def test_waiting_for_a_cpu_takes_no_time() -> None:
    async def body() -> float:
        await asyncio.to_thread(time.sleep, 0.1)
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=MeteredLoop) as runner:
        assert runner.run(body()) < 0.02


def test_an_error_is_raised_where_the_job_is_awaited() -> None:
    async def body() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)

    with asyncio.Runner(loop_factory=MeteredLoop) as runner:
        runner.run(body())


def test_timers_go_on_while_a_job_computes() -> None:
    async def body() -> list[str]:
        order: list[str] = []
        asyncio.get_running_loop().call_later(0.02, order.append, "timer")
        await asyncio.to_thread(compute, 0.05)
        return [*order, "job"]

    with asyncio.Runner(loop_factory=MeteredLoop) as runner:
        assert runner.run(body()) == ["timer", "job"]

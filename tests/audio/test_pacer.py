import asyncio

import pytest

from callagent.audio.pacing import Pacer
from tests.audio.virtual_loop import VirtualLoop, run_virtually


class Beats:
    """Notes the loop time of each tick, and can stall or fail in one."""

    def __init__(self, *, stall_in: int = -1, fail_in: int = -1) -> None:
        self.at: list[float] = []
        self._stall_in, self._fail_in = stall_in, fail_in

    def __call__(self) -> None:
        loop = asyncio.get_running_loop()
        self.at.append(round(loop.time(), 6))
        if len(self.at) == self._stall_in:
            assert isinstance(loop, VirtualLoop)
            loop.stall(0.1)
        if len(self.at) == self._fail_in:
            raise RuntimeError("broken")


async def pace(pacer: Pacer, seconds: float, *, first_in: float = 0.0) -> None:
    task = asyncio.create_task(pacer.run(first_in=first_in), name="pacer")
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.wait([task])


def test_a_thousand_ticks_do_not_drift() -> None:
    beats = Beats()
    run_virtually(pace(Pacer(beats, period=0.02), 20.01))
    assert beats.at == [round(tick * 0.02, 6) for tick in range(1001)]


def test_the_first_tick_comes_when_it_is_due() -> None:
    beats = Beats()
    run_virtually(pace(Pacer(beats, period=0.02), 0.05, first_in=0.015))
    assert beats.at == [0.015, 0.035]


def test_a_stall_is_caught_up_and_reported() -> None:
    beats = Beats(stall_in=3)
    pacer = Pacer(beats, period=0.02)
    run_virtually(pace(pacer, 0.19))
    assert beats.at == [0.0, 0.02, 0.04, 0.14, 0.14, 0.14, 0.14, 0.14, 0.16, 0.18]
    assert pacer.worst_lateness == pytest.approx(0.08)


def test_an_error_in_a_tick_ends_the_run() -> None:
    beats = Beats(fail_in=2)

    async def broken() -> None:
        with pytest.raises(RuntimeError, match="broken"):
            await Pacer(beats, period=0.02).run()

    run_virtually(broken())
    assert len(beats.at) == 2

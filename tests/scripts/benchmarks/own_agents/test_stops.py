"""Agents of an author's own, interrupted in the benchmark: its calls work, and its table tells what was found."""

import asyncio
import time
from pathlib import Path

import pytest
from matplotlib.image import imread

from callagent.concurrency import cancel_and_wait
from callagent.scripted_calls import Run, load_call, make_level, plan_call, run_calls
from scripts.benchmarks.own_agents.loop_lag import LAGS, sample
from scripts.benchmarks.own_agents.stops import CALLS, PLAIN, SITUATIONS, Found, draw, stop_table
from scripts.benchmarks.own_agents.talkers import SPEECH

FOUND = {
    PLAIN: Found(stops=[0.2, 0.3], lags=[0.001] * 99 + [0.011]),
    "task": Found(stops=[0.3, 0.3]),
    "tool": Found(not_passed=2),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_agent_of_each_situation_talks_and_is_stopped(name: str) -> None:
    LAGS.clear()
    call = load_call(CALLS / f"{name}.yaml")
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call))])
    assert finished.result.passed
    assert len(finished.result.panel.yield_latency) == 1
    assert LAGS


def test_all_say_the_same() -> None:
    assert SPEECH in (CALLS.parent / "receptionist.yaml").read_text().replace("\n      ", " ")


def test_each_situation_is_compared_with_the_profiles_agent() -> None:
    _, usual, task, tool = stop_table(FOUND)
    assert usual == [PLAIN, "0.25 / 0.250 / 0.29 s (2)", "1.00", "1.1 / 11 ms", "0"]
    assert task == ["task", "0.30 / 0.300 / 0.30 s (2)", "1.20", "-", "0"]
    assert tool == ["tool", "-", "-", "-", "2"]


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    draw(FOUND, tmp_path / "agents.png")
    assert imread(tmp_path / "agents.png").shape[:2] == (420, 960)


@pytest.mark.blocks_loop(reason="that it is blocked is what is measured")
async def test_the_lag_of_a_loop_is_what_it_is_late() -> None:
    lags: list[float] = []
    sampling = asyncio.create_task(sample(lags))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(time.sleep, 0.05)
    await asyncio.sleep(0.02)
    await cancel_and_wait(sampling)
    assert max(lags) > 0.04

"""A thread notices that the event loop is blocked, by what, and for how long."""

import asyncio
import time

import pytest

from callagent.worker.watchdog.blocked_loop import watching_loop
from tests.support.eventually import eventually

LIMIT_S = 0.2


def look_up_the_hard_way() -> None:
    until = time.monotonic() + 3 * LIMIT_S
    while time.monotonic() < until:
        pass


@pytest.mark.any_speed
@pytest.mark.blocks_loop(reason="that is what is noticed")
async def test_who_blocks_the_loop_is_told_with_file_and_line(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, float]] = []
    with watching_loop(lambda where, seconds: told.append((where, seconds)), limit=LIMIT_S):
        await asyncio.sleep(LIMIT_S / 2)
        look_up_the_hard_way()
        await eventually(lambda: bool(told))
    ((where, seconds),) = told
    assert where.startswith("test_blocked_loop.py:") and where.endswith(" look_up_the_hard_way")
    assert seconds >= LIMIT_S
    assert "the event loop of a call is blocked" in caplog.text, "at once, not when it goes on again"


@pytest.mark.any_speed
async def test_a_loop_that_goes_on_is_left_alone() -> None:
    told: list[str] = []
    with watching_loop(lambda where, _: told.append(where), limit=5.0):
        await asyncio.sleep(0.1)
    assert told == []

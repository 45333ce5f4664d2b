import asyncio
import os
import signal

import pytest

from callagent.worker.signals import handled_signals


async def test_the_first_signal_drains_and_the_second_stops() -> None:
    with handled_signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(signals.drain.wait(), 5)
        assert not signals.stop.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(signals.stop.wait(), 5)


async def test_the_third_signal_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses: list[int] = []
    monkeypatch.setattr(os, "_exit", statuses.append)
    with handled_signals() as signals:
        for _ in range(3):
            signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(signals.stop.wait(), 5)
    assert statuses == [130]


async def test_the_former_handlers_come_back() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with handled_signals():
        assert signal.getsignal(signal.SIGTERM) is not before[signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in before} == before

"""Figures go from the processes of the calls to the worker, whatever the other side does."""

import asyncio
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from callagent.worker.metrics.call_figures import CallFigures
from callagent.worker.metrics.figures_channel import SOCKET, counting, report
from callagent.worker.metrics.instruments import count

CALL = CallFigures(
    "inbound",
    "caller hung up",
    seconds=42.0,
    answer=0.6,
    greeting=0.8,
    latency={"llm": [0.3, 0.35], "all": [0.9]},
    decisions={"interrupt/command": 2, "drop/acknowledgement": 3},
    yields=[0.42],
    tools={"done": 1},
    errors={"APIError": 2},
    transfers={"accepted": 1},
    hand_overs=1,
)


class Counted:
    """Takes calls, and tells when so many have come."""

    def __init__(self, many: int) -> None:
        self.calls: list[CallFigures] = []
        self._many, self._all = many, asyncio.Event()

    def __call__(self, call: CallFigures) -> None:
        self.calls.append(call)
        if len(self.calls) == self._many:
            self._all.set()

    async def wait(self) -> list[CallFigures]:
        async with asyncio.timeout(10):
            await self._all.wait()
        return self.calls


async def test_every_call_is_counted_once(tmp_path: Path) -> None:
    counted = Counted(3)
    async with counting(tmp_path, counted):
        for _ in range(3):
            await asyncio.to_thread(report, CALL, tmp_path)
        assert await counted.wait() == [CALL] * 3
    assert not (tmp_path / SOCKET).exists()


async def test_what_is_no_call_is_left_out_and_the_next_one_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counted = Counted(1)
    async with counting(tmp_path, counted):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"hello", str(tmp_path / SOCKET))
        report(CALL, tmp_path)
        assert await counted.wait() == [CALL]
    assert [record.message for record in caplog.records] == ["the figures of a call cannot be read"]


def test_where_nobody_counts_nothing_happens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    report(CALL, tmp_path)
    assert not caplog.records


@pytest.mark.parametrize("fault", ["dead worker", "too much", "too long a path"])
def test_a_call_that_cannot_be_told_is_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    call, directory = CALL, tmp_path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as worker:
        worker.bind(os.path.relpath(tmp_path / SOCKET))
        if fault == "dead worker":
            worker.close()
        elif fault == "too much":
            call = CallFigures("inbound", "error", yields=[0.123456] * 1_000_000)
        else:
            directory = tmp_path / ("long" * 40)
        report(call, directory)
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "a call is missing in the metrics")
    ]


def value(name: str, labels: Mapping[str, str] | None = None) -> float:
    return REGISTRY.get_sample_value(name, dict(labels or {})) or 0.0


SAMPLES: list[tuple[str, dict[str, str], float]] = [
    ("callagent_calls_ended_total", {"direction": "inbound", "ending": "caller hung up"}, 1),
    ("callagent_call_seconds_sum", {"direction": "inbound"}, 42.0),
    ("callagent_answer_seconds_sum", {"direction": "inbound"}, 0.6),
    ("callagent_greeting_seconds_sum", {"direction": "inbound"}, 0.8),
    ("callagent_turn_latency_seconds_sum", {"part": "llm"}, 0.65),
    ("callagent_turn_latency_seconds_count", {"part": "all"}, 1),
    ("callagent_gate_decisions_total", {"decision": "interrupt", "rule": "command"}, 2),
    ("callagent_gate_decisions_total", {"decision": "drop", "rule": "acknowledgement"}, 3),
    ("callagent_yield_seconds_count", {}, 1),
    ("callagent_yield_seconds_sum", {}, 0.42),
    ("callagent_tool_calls_total", {"status": "done"}, 1),
    ("callagent_errors_total", {"kind": "APIError"}, 2),
    ("callagent_transfers_total", {"outcome": "accepted"}, 1),
    ("callagent_hand_overs_total", {}, 1),
]


def test_each_figure_has_its_instrument() -> None:
    before = [value(name, labels) for name, labels, _ in SAMPLES]
    count(CALL)
    added = [value(name, labels) - old for (name, labels, _), old in zip(SAMPLES, before, strict=True)]
    assert added == [pytest.approx(wanted) for _, _, wanted in SAMPLES]


def test_a_call_without_times_is_counted_all_the_same() -> None:
    ended = ("callagent_calls_ended_total", {"direction": "outbound", "ending": "no answer"})
    length = ("callagent_call_seconds_count", {"direction": "outbound"})
    before = value(*ended), value(*length)
    count(CallFigures("outbound", "no answer"))
    assert (value(*ended) - before[0], value(*length) - before[1]) == (1, 0)

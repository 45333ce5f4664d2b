"""The benchmark of answering: its figures and its report, and callers in a real room and over real SIP."""

import json
import math
import os
from pathlib import Path

import pytest
from livekit import api
from matplotlib.image import imread

from callagent.scripted_calls.levels.sip.phone import SipUri
from callagent.scripted_calls.servers.local_stack import SipStack
from scripts.benchmarks.answering.callers import Caller, PhoneCaller, Reached, RoomCaller
from scripts.benchmarks.answering.percentiles import ABOVE, ALONE, AT_ONCE, Measured, Round, measured
from scripts.benchmarks.answering.process_usage import cpu_seconds, family, pss, stolen_seconds
from scripts.benchmarks.answering.report import table, write
from tests.live.rooms import number_of
from tests.support.livekit_server import RunningWorker, new_room

SOON_S = 60.0
"""Seconds; on a machine that does other things too."""

NOBODY = 2**22 + 1
"""Above the largest process id of Linux."""

ROUNDS = [
    Round(AT_ONCE, tuple(Reached(n / 10, n / 10 + 1) for n in range(1, 9)), 1.8, 4.0, 0.5),
    Round(ABOVE, (Reached(answered=1.5),), 1.5, 0.1),
    Round(AT_ONCE, (Reached(9.0, None), *(Reached(0.5, 0.9) for _ in range(7))), 9.0, 8.0),
    Round(ALONE, (Reached(0.4, 0.6), Reached(0.5, 1.0)), 1.6, 0.8),
]


def test_percentiles_are_of_the_calls_that_came_so_far() -> None:
    figure = Measured.of("x", [0.1 * n for n in range(1, 22)], limit=2.0)
    assert (figure.calls, figure.missing) == (21, 0)
    assert (figure.p50, figure.p95, figure.longest) == pytest.approx((1.1, 2.0, 2.1))
    assert figure.met


@pytest.mark.parametrize(("times", "met"), [([1.9, None], False), ([2.1], False), ([1.9], True), ([None], False)])
def test_a_limit_is_kept_by_the_slow_and_the_missing(times: list[float | None], met: bool) -> None:
    assert Measured.of("x", times, limit=2.0).met is met


def test_without_any_call_there_is_no_time() -> None:
    figure = Measured.of("x", [None, None])
    assert math.isnan(figure.p95)
    assert figure.missing == 2
    assert figure.met is None


def test_rounds_of_a_name_are_measured_together() -> None:
    figures = {each.what: each for each in measured(ROUNDS)}
    assert figures[f"{AT_ONCE}, to the answer"].calls == 16
    assert figures[f"{AT_ONCE}, to the answer"].longest == 9.0
    assert figures[f"{AT_ONCE}, to the answer"].met is False
    assert figures[f"{AT_ONCE}, to the greeting"].missing == 1
    assert figures[f"{ABOVE}, to the busy"].met
    assert figures[f"{ALONE}, to the greeting"].met


def test_the_table_says_what_is_missed_and_what_a_call_took() -> None:
    text = table(ROUNDS, {"process in a call": 87.2}, "Title")
    lines = text.splitlines()
    assert lines[0] == "# Title"
    assert next(line for line in lines if "at once, to the answer" in line).endswith("| 2.5 s | MISSED |")
    assert "| one after the other, to the greeting | 2 | 0.80 s | 0.98 s | 1.00 s | 0 | 1.2 s | met |" in lines
    assert "| at once | 8 | 1.80 s | 0.50 s | 0.50 s |" in lines
    assert "process in a call 87 MB" in lines[-1]


def test_the_report_has_data_and_a_picture(tmp_path: Path) -> None:
    write(ROUNDS, {"process in a call": 87.2}, "Title", tmp_path / "new")
    data = json.loads((tmp_path / "new" / "report.json").read_text())
    assert [each["met"] for each in data["figures"]] == [False, None, None, True, True]
    assert data["rounds"][0]["reached"][0] == {"answered": 0.1, "greeted": 1.1}
    picture = imread(tmp_path / "new" / "calls.png")
    assert picture.shape[0] > 500
    assert len({tuple(pixel) for row in picture[::9] for pixel in row[::9]}) > 3


def test_what_a_process_takes_is_read() -> None:
    assert family(os.getpid())[0] == os.getpid()
    assert cpu_seconds(os.getpid()) > 0
    assert pss(os.getpid()) > 10
    assert stolen_seconds() >= 0


def test_a_process_that_is_gone_takes_nothing() -> None:
    assert cpu_seconds(NOBODY) == 0
    assert pss(NOBODY) == 0


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(200)
async def test_a_caller_in_a_room_is_answered_and_greeted(worker: RunningWorker) -> None:
    await answered_and_greeted(RoomCaller(worker.server, api.RoomAgentDispatch(agent_name=worker.agent_name)))


@pytest.mark.sip
@pytest.mark.local_models
@pytest.mark.timeout(200)
async def test_a_telephone_is_answered_and_greeted(sip_stack: SipStack, sip_worker: RunningWorker) -> None:
    agent = api.RoomAgentDispatch(agent_name=sip_worker.agent_name)
    async with number_of(sip_stack, new_room(), agent) as number:
        to = SipUri.parse(f"sip:{number}@127.0.0.1:{sip_stack.sip_port}")
        await answered_and_greeted(PhoneCaller("+12025550123", to))


async def answered_and_greeted(caller: Caller) -> None:
    try:
        reached = await caller.call()
    finally:
        await caller.hang_up()
    assert reached.answered is not None
    assert reached.greeted is not None
    assert 0 < reached.answered < reached.greeted < SOON_S

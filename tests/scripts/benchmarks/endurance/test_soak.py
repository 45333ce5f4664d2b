"""The benchmark of hours: what a caller waited for, what grows, and what is worth what."""

import io
import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from scripts.benchmarks.endurance.soak import FIGURES, LINES, Soaked, draw, judged, table
from scripts.benchmarks.endurance.talking_caller import Conversation, TalkingCaller
from scripts.benchmarks.endurance.worker_samples import WorkerSample, slope
from tests.support.livekit_server import RunningWorker

TIMES = [10.0 * n for n in range(360)]


def noisy(an_hour: float, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [100 + an_hour * at / 3600 + rng.gauss(0, 1) for at in TIMES]


@pytest.mark.parametrize("seed", range(5))
def test_what_grows_is_told_from_what_only_swings(seed: int) -> None:
    flat, growing = slope("x", TIMES, noisy(0, seed)), slope("x", TIMES, noisy(10, seed))
    assert flat.low < 0 < flat.high or abs(flat.an_hour) < 1
    assert growing.grows
    assert growing.low < 10 < growing.high or growing.an_hour == pytest.approx(10, abs=1.5)


def test_what_falls_does_not_grow() -> None:
    falling = slope("x", TIMES, noisy(-10))
    assert falling.high < 0
    assert not falling.grows


def test_a_few_samples_are_no_slope() -> None:
    assert math.isnan(slope("x", TIMES[:5], [1.0] * 5).low)


def test_a_caller_waits_for_the_greeting_and_for_each_answer() -> None:
    call = Conversation("r", 100.0, 101.0, [(105, 107), (112, 114)], [(101, 104), (108.5, 110)], ended=120.0)
    assert call.waits() == [(100.0, 1.0), (107, 1.5), (114, 6.0)]
    assert call.answers == 1


def test_who_is_spoken_to_at_the_end_of_a_turn_waits_for_nothing() -> None:
    call = Conversation("r", 100.0, 101.0, [(105, 107)], [(101, 104), (106, 110)], ended=120.0)
    assert call.waits()[1] == (107, 0.0)


def soaked(*faults: tuple[float, float, str]) -> Soaked:
    good = Conversation("good", 0.0, 1.0, [(5, 7)], [(1, 4), (8, 9)], ended=20.0)
    silent = Conversation("silent", 30.0, 31.0, [(35, 37)], [(31, 34), (42, 43)], ended=50.0)
    cut = Conversation("cut", 60.0, 61.0, [], [(61, 64)], ended=66.0, cut=True)
    samples = [WorkerSample(at, 500, 100, 50, 20, 30, 9) for at in np.arange(0.0, 240.0, 2.0)]
    return Soaked(io.StringIO(), 240.0, 48.0, [good, silent, cut], list(faults), samples, {"good", "cut"})


def test_silence_cut_calls_and_lost_records_are_counted() -> None:
    figures = [each.value for each in judged(soaked())]
    assert figures[:3] == pytest.approx([100 / 3, 100 / 3, 1])
    assert figures[4:] == pytest.approx([0.0] * len(FIGURES))
    assert len(figures) == len(LINES)


def test_what_a_fault_explains_is_no_failure() -> None:
    assert [each.value for each in judged(soaked((30.0, 36.0, "llm stall"), (60.0, 61.0, "tts cut")))][:2] == [0, 0]


def test_a_fault_long_ago_explains_nothing() -> None:
    assert judged(soaked((0.0, 5.0, "llm stall")))[0].value > 0


def test_the_report_says_what_was_waited_and_what_grows(tmp_path: Path) -> None:
    done = soaked((10.0, 20.0, "stt cut"))
    text = table(done, "Title", judged(done))
    assert "3 calls, 2 turns of callers, 2 answered, 1 faults." in text
    assert "| descriptors | 50.0 | +0.00 | +0.00 to +0.00 | flat or falls |" in text
    draw(done, "Title", tmp_path / "new" / "soak.png")
    assert imread(tmp_path / "new" / "soak.png").shape[0] > 800


def test_calls_and_samples_are_kept_as_they_come() -> None:
    done = Soaked(kept := io.StringIO())
    done.add(Conversation("r", 1.0))
    done.add(WorkerSample(2.0, 500, 100, 50, 20, 30, 9))
    assert [len(done.calls), len(done.samples)] == [1, 1]
    call, sample = map(json.loads, kept.getvalue().splitlines())
    assert (call["room"], sample["tasks"]) == ("r", 30)


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(200)
async def test_a_caller_is_greeted_talks_and_hangs_up(worker: RunningWorker) -> None:
    loud = (8000 * np.sin(np.arange(8000) * 2 * np.pi * 200 / 8000)).astype("<i2")
    heard = await TalkingCaller(worker.server, worker.agent_name, loud).converse(20.0)
    assert heard.greeted is not None
    assert heard.began < heard.greeted < heard.ended
    assert heard.said
    assert not heard.cut
    assert heard.waits()[0][1] == pytest.approx(heard.greeted - heard.began, abs=0.1)

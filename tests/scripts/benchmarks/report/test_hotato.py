from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callagent.audio import SAMPLE_RATE, Samples
from scripts.benchmarks.capture.capture import Heard
from scripts.benchmarks.capture.captures import Captures
from scripts.benchmarks.replay.outcome import Outcome, Results, Stretch
from scripts.benchmarks.report import hotato
from scripts.benchmarks.report.hotato import BEFORE_S, Hotato, recording
from scripts.benchmarks.report.write import outside_table
from tests.support.tapes import Said, audio_of, case_of, tape_of

pytestmark = pytest.mark.text

OKAY = tape_of(case_of("acknowledgement", "Okay."), Said("Okay.", 0.0, 0.4))
MIXED = tape_of(case_of("mixed", "Yeah,", "stop.", index=2), Said("Yeah,", 0.0, 0.3), Said("stop.", 0.7, 1.0))
ANSWER = tape_of(case_of("answer", "Yes.", index=3, situation="asked"), Said("Yes.", 0.0, 0.4))
SPEAKS_ON = Outcome((Stretch(-2.0, 5.0),), 5.0)
STOPS = Outcome((Stretch(-2.0, 0.5, cut=True), Stretch(1.5, 5.0)), 5.0)


@pytest.fixture(autouse=True)
def agent_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    speech = np.full(SAMPLE_RATE, 2000, np.int16)
    speech[1600:6400] = 0
    monkeypatch.setattr(hotato, "agent_says", lambda text, locale: speech)


class Oracle(Hotato):
    """Answers without hotato: yields where the recording falls silent half a second after the onset."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self.asked: list[dict[str, Any]] = []

    def ask(self, probe: Path, questions: Iterable[Any], *, timeout: float) -> list[Any]:
        self.asked = list(questions)
        yields = {"passed": False, "did_yield": True, "seconds_to_yield": 0.5}
        return [yields, {**yields, "did_yield": False, "seconds_to_yield": None}, None][: len(self.asked)]


def loud(samples: Samples, at: float) -> bool:
    first = round((at + BEFORE_S) * SAMPLE_RATE)
    return bool(np.any(samples[first : first + 160]))


def test_the_caller_is_left_and_the_agent_right_where_it_was_on_the_line() -> None:
    both = recording(OKAY, STOPS, audio_of(OKAY))
    caller, agent = both[:, 0], both[:, 1]
    assert [loud(caller, at) for at in (-0.1, 0.1, 0.5)] == [False, True, False]
    assert [loud(agent, at) for at in (-0.9, 0.4, 0.6, 1.6)] == [True, True, False, True]


def test_the_agent_makes_no_pause_that_could_be_taken_for_a_yield() -> None:
    agent = recording(OKAY, SPEAKS_ON, audio_of(OKAY))[:, 1]
    assert np.all(agent != 0)


def test_overlaps_are_asked_about_and_what_is_not_scored_is_counted(tmp_path: Path) -> None:
    captures = Captures(tmp_path)
    (tmp_path / "heard").mkdir()
    (tmp_path / "captures.jsonl").write_text('{"format": 1}\n')
    for tape in (OKAY, MIXED):
        captures.add(Heard(tape, audio_of(tape)))
    oracle = Oracle()
    figures = oracle.score([(OKAY, STOPS), (MIXED, SPEAKS_ON), (ANSWER, SPEAKS_ON)], captures)
    assert [(each["expect"], each["onset"]) for each in oracle.asked] == [("hold", 1.0), ("yield", 1.7)]
    assert (figures["fpr"]["rate"], figures["recall"]["rate"], figures["not_scored"]) == (1.0, 0.0, 0)
    assert figures["seconds_to_yield_p50"] is None


def test_its_figures_stand_in_a_table_of_their_own() -> None:
    rate = {"rate": 0.5, "count": 10, "ci95": [0.237, 0.763]}
    outside = {"stock": {"recall": rate, "fpr": rate, "seconds_to_yield_p50": 0.4, "not_scored": 2}}
    assert outside_table(Results(outside=outside))[1] == [
        "stock",
        "0.500 (10) 0.237-0.763",
        "0.500 (10) 0.237-0.763",
        "0.4 s",
        "2",
    ]

"""A handful of utterances through the real models: loose bounds, the whole corpus is what scripts/bench_turns plays."""

from pathlib import Path

import pytest

from callagent.bench.capturing import Captures
from callagent.bench.case import Case, Meaning, Part
from callagent.bench.judge import score
from callagent.bench.phrases import SPEECHES
from callagent.bench.replay.pipecat_env import Pipecat
from callagent.bench.replay.systems import CALLAGENT
from callagent.bench.run import play_all, record
from callagent.bench.voices import JOE
from callagent.profile import load_profile

pytestmark = [pytest.mark.audio, pytest.mark.local_models, pytest.mark.timeout(300)]


def spoken(index: int, meaning: Meaning, *texts: str) -> Case:
    parts = tuple(Part(text, 0.05 * bool(number)) for number, text in enumerate(texts))
    return Case(index, meaning, parts, JOE, "clean", "speaking", SPEECHES[0], 2.0)


CASES = [
    spoken(1, "acknowledgement", "Okay."),
    spoken(2, "acknowledgement", "Yeah."),
    spoken(3, "acknowledgement", "Right."),
    spoken(4, "command", "Stop."),
    spoken(5, "command", "Hold on."),
    spoken(6, "mixed", "Yeah, okay,", "but wait."),
]


def test_callagent_talks_through_what_stops_stock_and_stops_for_commands(tmp_path: Path) -> None:
    profile, captures = load_profile("en-US", env={}), Captures(tmp_path)
    tapes = record(CASES, captures, profile, real_time=False, progress=lambda done, total: None)
    results = play_all(tapes, captures, profile, ["stock", CALLAGENT], pipecat=Pipecat(tmp_path), processes=1)
    stock, gated = (score(results.played[system]).panel for system in ("stock", CALLAGENT))
    assert sum(stock.acknowledgements) == 0
    assert sum(gated.acknowledgements) >= 2
    assert all(gated.yielded)
    assert max(gated.yield_latency) < 1.0

"""A small corpus through the real models: loose bounds, the whole one is what scripts/bench turns plays."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from callagent.profile import load_profile
from callagent.scripted_calls.measure.panel import Panel
from scripts.benchmarks.capture.captures import Captures, record
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.case import Meaning, Situation
from scripts.benchmarks.corpus.make_corpus import make_corpus
from scripts.benchmarks.corpus.voices import available
from scripts.benchmarks.replay.pipecat_env import Pipecat
from scripts.benchmarks.replay.play_all import play_all
from scripts.benchmarks.replay.systems import CALLAGENT
from scripts.benchmarks.report.scoring import score

pytestmark = [
    pytest.mark.local_models,
    pytest.mark.timeout(300),
    pytest.mark.blocks_loop(reason="its clock stands still while anything computes"),
]


PLAN: dict[tuple[Meaning, Situation], int] = {
    ("acknowledgement", "speaking"): 10,
    ("command", "speaking"): 6,
    ("mixed", "speaking"): 2,
    ("content", "speaking"): 2,
    ("tic", "speaking"): 3,
    ("answer", "asked"): 3,
}


def test_callagent_talks_through_what_stops_stock_and_stops_for_commands(tmp_path: Path) -> None:
    profile, captures = load_profile("en-US", env={}), Captures(tmp_path)
    cases = make_corpus(7, available(), PLAN)
    tapes = record(cases, captures, profile, real_time=False, progress=lambda done, total: None)
    acknowledgements = [tape for tape in tapes if tape.case.meaning == "acknowledgement"]

    def panel(system: str, played: Sequence[Tape]) -> Panel:
        results = play_all(played, captures, profile, [system], pipecat=Pipecat(tmp_path), processes=1)
        return score(results.played[system]).panel

    stock, gated = panel("stock", acknowledgements), panel(CALLAGENT, tapes)
    talked_through = sum(gated.acknowledgements) / len(gated.acknowledgements)
    assert talked_through >= 0.7
    assert talked_through > sum(stock.acknowledgements) / len(stock.acknowledgements)
    assert sum(gated.tics) / len(gated.tics) >= 0.6
    assert sum(gated.yielded) / len(gated.yielded) >= 0.8
    assert sorted(gated.yield_latency)[len(gated.yield_latency) // 2] < 1.0
    assert gated.lost_answers <= 1

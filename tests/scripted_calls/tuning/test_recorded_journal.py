from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callagent.journal import read_journal, write_journal
from callagent.scripted_calls import Run, load_call, make_level, plan_call, run_calls
from callagent.scripted_calls.tuning.candidate import Trial
from callagent.scripted_calls.tuning.find_journals import event_journal
from callagent.turns import GateConfig, OverlapRecord
from callagent.turns.gate.decisions import Journal
from callagent.turns.replay import replay

SHIPPED = Path(__file__).resolve().parents[3] / "configs" / "calls"
CALLS = [SHIPPED / f"{name}.yaml" for name in ("booking", "demo", "no-stop", "soft-acks", "two-quick-overlaps")]

pytestmark = pytest.mark.text


def entry(record: OverlapRecord) -> Mapping[str, Any]:
    return {key: record.as_dict()[key] for key in ("at", "heard", "decision", "rule", "reaction_ms")}


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_replay_of_a_calls_journal_decides_what_its_gate_decided(path: Path, tmp_path: Path) -> None:
    call = load_call(path)
    plan = plan_call(call, env={})
    (finished,) = run_calls(make_level("text"), [Run(call, plan)])
    write_journal(event_journal(plan, finished.result), tmp_path / "events.jsonl")
    journal = read_journal(tmp_path / "events.jsonl")
    decisions = replay(journal.events, GateConfig.from_profile(plan.profile), until=journal.head.seconds)
    records = sorted((d.record for d in decisions if isinstance(d, Journal)), key=lambda record: record.decided_at)
    assert [entry(record) for record in records] == finished.result.decisions
    assert journal.events


def test_utterances_have_their_times_and_meanings() -> None:
    path = next(path for path in CALLS if path.stem == "soft-acks")
    call = load_call(path)
    plan = plan_call(call, env={})
    (finished,) = run_calls(make_level("text"), [Run(call, plan)])
    journal = event_journal(plan, finished.result)
    assert [(each.text, each.meaning) for each in journal.utterances] == [
        (text, "acknowledgement") for text in ("Okay.", "Yeah.", "Uh-huh.")
    ]
    assert all(each.start < each.end for each in journal.utterances)
    assert Trial(journal).overlaps == 3

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import callagent.console.production_panel as module
from callagent.console.production_panel import PERIODS, panel_of
from callagent.journal.codec import Head
from callagent.journal.endings import Ending
from callagent.records import RecordStore
from tests.support.kept_calls import head_of, keep, talk

NOW = datetime(2026, 3, 2, 12, 34, tzinfo=UTC)


def head(call: str, minutes_ago: float, *, direction: str = "inbound", offered_s: float = 0.0) -> Head:
    began = NOW - timedelta(minutes=minutes_ago)
    offered = (began - timedelta(seconds=offered_s)).isoformat()
    return replace(head_of(call, direction=direction), started=began.isoformat(), offered=offered)


def talked(store: RecordStore, call: str, minutes_ago: float = 10, ending: Ending = "caller hung up") -> None:
    keep(store, head(call, minutes_ago), talk(ending=ending))


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_has_parts_of_one_length_and_now_is_in_the_last_one(store: RecordStore, period: str) -> None:
    panel = panel_of(store, period, NOW)
    length, step = PERIODS[period]
    assert len(panel.starts) == length // step
    assert panel.starts[-1] <= NOW < panel.starts[-1] + step
    assert (panel.calls, panel.totals["response_p50"]) == (0, None)


def test_calls_are_counted_in_their_part_by_how_they_ended(store: RecordStore) -> None:
    for number, ending in enumerate[Ending](("caller hung up", "busy", "trunk failure", "timeout", "transferred")):
        talked(store, f"AJ_{number}", 90, ending)
    keep(store, head("AJ_cut", 30), talk()[:-1])
    talked(store, "AJ_before", 24 * 60 + 60)
    panel = panel_of(store, "24 hours", NOW)
    assert panel.calls == 6
    assert {name: counts[-2:] for name, counts in panel.endings.items()} == {
        "caller hung up": [1, 0],
        "agent hung up": [1, 0],
        "transferred": [1, 0],
        "not reached": [1, 0],
        "failed": [1, 1],
        "under way": [0, 0],
    }


def test_a_call_that_goes_on_is_under_way(store: RecordStore) -> None:
    now = datetime.now(UTC)
    store.begin(replace(head_of("AJ_1"), started=now.isoformat()))
    assert panel_of(store, "3 hours", now).endings["under way"][-1] == 1


def test_figures_are_those_of_the_calls(store: RecordStore) -> None:
    talked(store, "AJ_1")
    totals = panel_of(store, "3 hours", NOW).totals
    assert totals["response_p50"] == pytest.approx(1.2)
    assert totals["yield_p95"] == pytest.approx(0.9)
    assert totals["talk_through"] == 50.0
    assert totals["lost_turns"] == 0.0


def test_the_answer_time_is_that_of_inbound_calls_from_the_offer_on(store: RecordStore) -> None:
    keep(store, head("AJ_in", 10, offered_s=1.5))
    keep(store, head("AJ_out", 10, direction="outbound", offered_s=60))
    assert panel_of(store, "3 hours", NOW).totals["answer_p95"] == pytest.approx(2.0)


def test_calls_in_progress_are_the_time_that_they_took_together(store: RecordStore) -> None:
    for number in range(30):
        talked(store, f"AJ_{number}")  # of ten seconds
    assert max(value or 0.0 for value in panel_of(store, "3 hours", NOW).in_progress) == pytest.approx(0.5)


def test_of_very_many_calls_some_are_looked_at_and_counts_stay_about_right(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 40)
    for number in range(120):
        store.begin(head(f"AJ_{number}", 120 - number))
    panel = panel_of(store, "3 hours", NOW)
    assert (panel.calls, panel.every) == (120, 3)
    assert sum(sum(counts) for counts in panel.endings.values()) == pytest.approx(120, rel=0.35)

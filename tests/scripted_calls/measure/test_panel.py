from callagent.scripted_calls.measure.panel import Panel, rows

FIELDS = [
    "response_latency",
    "yield_latency",
    "response_rate",
    "yield_rate",
    "agent_interruption_rate",
    "selectivity_backchannel",
    "selectivity_vocal_tic",
    "selectivity_non_directed",
    "max_gap_ms",
    "lost_answers",
]


def test_the_panel_has_the_fields_of_the_public_one_and_two_more() -> None:
    assert list(Panel().as_dict()) == FIELDS


def test_what_was_not_measured_is_null() -> None:
    empty = Panel().as_dict()
    assert empty["response_latency"] == {"mean": None, "p50": None, "p95": None, "count": 0}
    assert empty["yield_rate"] == {"rate": None, "count": 0}
    assert empty["max_gap_ms"] is None
    assert empty["lost_answers"] == 0


def test_panels_are_combined_event_by_event() -> None:
    one = Panel(response_latency=[0.5], yielded=[True, True], lost_answers=1)
    two = Panel(response_latency=[0.7, 0.9], yielded=[False], gaps=[0.02])
    total = Panel.combined([one, two]).as_dict()
    assert total["response_latency"] == {"mean": 0.7, "p50": 0.7, "p95": 0.88, "count": 3}
    assert total["yield_rate"] == {"rate": 0.667, "count": 3}
    assert total["max_gap_ms"] == 20
    assert total["lost_answers"] == 1


def test_a_rate_from_few_events_stands_in_brackets() -> None:
    assert ("yield_rate", "(1.00)", "9") in rows(Panel(yielded=[True] * 9))
    assert ("yield_rate", "1.00", "10") in rows(Panel(yielded=[True] * 10))

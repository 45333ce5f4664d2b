from scripts.benchmarks.report.rates import panel_of, rate_of, wilson
from scripts.benchmarks.report.scoring import Score


def test_the_interval_is_that_of_the_textbook() -> None:
    assert [round(bound, 4) for bound in wilson(81, 263)] == [0.2553, 0.3662]  # Newcombe 1998
    assert [round(bound, 4) for bound in wilson(0, 20)] == [0.0, 0.1611]


def test_without_events_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert rate_of([]) == {"rate": None, "count": 0, "ci95": None}


def test_recall_counts_stops_that_came_too_early_and_fpr_those_at_what_may_be_ignored() -> None:
    score = Score(early=1, false_stops=[True, False, False, False])
    score.panel.yielded += [True, False]
    panel = panel_of(score)
    assert (panel["recall"]["rate"], panel["recall"]["count"]) == (0.667, 3)
    assert (panel["fpr"]["rate"], panel["fpr"]["count"]) == (0.25, 4)


def test_every_rate_of_the_panel_has_its_interval() -> None:
    score = Score()
    score.panel.acknowledgements += [True] * 19 + [False]
    panel = panel_of(score)
    assert panel["selectivity_backchannel"] == {"rate": 0.95, "count": 20, "ci95": [0.764, 0.991]}
    assert panel["yield_rate"] == {"rate": None, "count": 0, "ci95": None}
    assert "ci95" not in panel["yield_latency"]

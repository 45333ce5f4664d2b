import pytest

from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.script.steps.expectations.panel_bounds import PanelHolds
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall


def holds(**bounds: str) -> PanelHolds:
    return PanelHolds.model_validate({"expect": {"panel": bounds}})


@pytest.fixture
def call() -> PlayedCall:
    return PlayedCall()


def test_it_is_put_in_words() -> None:
    told = "the panel has yield_rate >= 1, max_gap_ms <= 60"
    assert holds(yield_rate=">=  1", max_gap_ms="<= 60").describe() == told


def test_the_panel_is_held_against_its_bounds(call: PlayedCall) -> None:
    seen = call.evidence(Panel(yielded=[True, False], yield_latency=[0.4]))
    assert holds(yield_rate=">= 1").look_back(seen) == Verdict(False, "yield_rate 0.5")
    both = PanelHolds.model_validate({"expect": {"panel": {"yield_rate": ">= 0.5", "yield_latency.p95": "< 600 ms"}}})
    assert both.look_back(seen) == Verdict(True, "yield_rate 0.5, yield_latency.p95 400 ms")


@pytest.mark.parametrize(("bound", "passed"), [("== 400 ms", True), ("<= 399 ms", False), ("> 0.4 s", False)])
def test_a_latency_is_compared_in_seconds(call: PlayedCall, bound: str, passed: bool) -> None:
    seen = call.evidence(Panel(yield_latency=[0.4]))
    assert holds(yield_latency=bound).look_back(seen).passed is passed


def test_a_figure_that_was_not_measured_fails(call: PlayedCall) -> None:
    verdict = holds(response_rate=">= 0").look_back(call.evidence())
    assert verdict == Verdict(False, "response_rate was not measured: no event")


def test_a_figure_that_must_never_be_so_has_to_be_measured(call: PlayedCall) -> None:
    low = {"panel": {"yield_rate": "< 1"}}
    assert not call.never(low).passed
    assert call.never(low, Panel(yielded=[True])).passed
    assert not call.never(low, Panel(yielded=[True, False])).passed

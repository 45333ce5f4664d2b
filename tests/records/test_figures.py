"""The panel of a real call, from its journal."""

import pytest

from callagent.journal import CallJournal
from callagent.journal.codec import Line
from callagent.journal.events import AgentState, CallEnded, GateDecided, ToolCalled, TurnAdded
from callagent.records.figures import figures_of
from callagent.turns import OverlapRecord
from tests.support.kept_calls import head_of, talk


def figures(*lines: Line) -> dict[str, object]:
    return figures_of(CallJournal(head_of("AJ_1"), [*lines, CallEnded(60.0, "caller hung up")]))


def asked(at: float, stopped: float) -> TurnAdded:
    return TurnAdded(at, "user", "well", {"stopped_speaking_at": stopped})


def answered(at: float) -> TurnAdded:
    return TurnAdded(at, "assistant", "yes", {"started_speaking_at": at})


def test_answers_are_measured_from_the_end_of_the_turn() -> None:
    found = figures(asked(1.0, 2.0), answered(3.0), asked(5.0, 6.0), answered(9.0))
    assert (found["response_p50_s"], found["response_max_s"]) == (2.0, 3.0)


def test_a_yield_lasts_until_the_agent_is_silent_or_else_until_the_decision() -> None:
    silent = OverlapRecord(10.0, None, 10.4, "interrupt", "words", (), 10.9)
    unknown = OverlapRecord(20.0, None, 20.3, "interrupt", "words", ())
    through = OverlapRecord(30.0, 30.2, 35.0, "drop", "acknowledgement", ())
    found = figures(*map(GateDecided.of, (silent, unknown, through)), GateDecided(40.0, "", "interrupt", "words", None))
    assert (found["yield_mean_s"], found["yield_max_s"]) == (0.6, 0.9)
    assert found["panel"]["decisions_by_rule"] == {"words": 3, "acknowledgement": 1}  # type: ignore[index]  # a dict


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        ([], 1),
        ([AgentState(3.0, "thinking")], 0),
        ([ToolCalled(3.0, "book", {})], 0),
        ([answered(3.0)], 0),
        ([AgentState(3.0, "listening")], 1),
    ],
)
def test_a_turn_of_which_nothing_comes_is_lost(after: list[Line], lost: int) -> None:
    assert figures(asked(1.0, 2.0), *after)["lost_turns"] == lost


def test_a_turn_right_before_the_next_one_or_the_end_is_not_lost() -> None:
    found = figures(asked(1.0, 1.5), asked(2.0, 2.5), answered(4.0), asked(58.5, 59.0))
    assert found["lost_turns"] == 0


def test_a_call_of_which_nothing_is_known_has_no_figures() -> None:
    found = figures_of(CallJournal(head_of("AJ_1"), []))
    assert found["response_p95_s"] is found["yield_max_s"] is None
    assert found["lost_turns"] == 0


def test_the_panel_has_the_columns() -> None:
    found = figures_of(CallJournal(head_of("AJ_1"), talk()))
    panel = found.pop("panel")
    assert found.items() <= panel.items()

"""While a card is asked for, nothing of it is kept; before and after it everything is."""

from typing import Any

import pytest

from callagent.journal import (
    AgentWords,
    CallerHeard,
    CallerKeys,
    GateDecided,
    HandedOver,
    Observation,
    ObservationLog,
    ToolCalled,
    ToolReturned,
    TurnAdded,
)
from callagent.journal.codec import written
from callagent.turns import Heard, OverlapRecord
from callagent.turns.gate.events import Transcript

NUMBER = "4111 1111 1111 1111"
OVERLAP = OverlapRecord(1.0, None, 1.5, "interrupt", "words", (Heard(1.25, NUMBER, True, 0.5),), 1.75)
LINES: list[Observation] = [
    CallerHeard(1.0, NUMBER, False),
    CallerHeard(1.0, NUMBER, True),
    CallerKeys(1.0, "4111"),
    TurnAdded(1.0, "user", NUMBER),
    TurnAdded(1.0, "assistant", f"Is it {NUMBER}?"),
    AgentWords(1.0, NUMBER),
    ToolCalled(1.0, "update_card_number", {"card_number": NUMBER}, "call_1"),
    ToolReturned(1.0, "call_1", "done", NUMBER),
    GateDecided.of(OVERLAP),
]


def kept(*before: HandedOver, entry: Observation) -> Observation:
    log = ObservationLog(lambda: 1.0)
    for each in (*before, entry):
        log.add(each)
    return list(log)[-1]


ASKING = [
    (HandedOver(0.0, "orders"), HandedOver(0.1, "credit_card_task", "orders", True)),
    (
        HandedOver(0.1, "credit_card_task", "orders", True),
        HandedOver(0.2, "task_group", "credit_card_task", True),
        HandedOver(0.3, "get_name_task", "task_group", True),
    ),
    (HandedOver(0.1, "get_security_code_task", "payments", True),),
]


@pytest.mark.parametrize("before", ASKING, ids=["card", "inside", "alone"])
@pytest.mark.parametrize("entry", LINES, ids=lambda entry: type(entry).__name__)
def test_nothing_of_a_card_is_kept(before: tuple[HandedOver, ...], entry: Any) -> None:
    line = kept(*before, entry=entry)
    assert type(line) is type(entry) and line.at == entry.at
    assert "4111" not in written(line) and "1111" not in written(line)


@pytest.mark.parametrize(
    "before",
    [
        (),
        (HandedOver(0.0, "orders"), HandedOver(0.1, "name_task", "orders", True)),
        (HandedOver(0.1, "credit_card_task", "orders", True), HandedOver(0.2, "orders", "credit_card_task")),
    ],
    ids=["no agents", "another task", "after it"],
)
@pytest.mark.parametrize("entry", LINES, ids=lambda entry: type(entry).__name__)
def test_everything_else_is(before: tuple[HandedOver, ...], entry: Observation) -> None:
    assert kept(*before, entry=entry) == entry


def test_what_the_gate_is_told_is_kept_in_the_same_way() -> None:
    log = ObservationLog(lambda: 1.0)
    heard = Transcript(1.0, 7, NUMBER, True, 0.5)
    assert log.kept(heard) == heard
    log.add(HandedOver(0.1, "credit_card_task", "orders", True))
    assert "4111" not in log.kept(heard).text and log.kept(heard).at == 1.0

"""A call in figures: each from the journal, and nothing that names anybody."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from callagent.journal import (
    AgentAudible,
    CallerHeard,
    GateDecided,
    HandedOver,
    Observation,
    ToolReturned,
    TransferRequested,
    Trouble,
    TurnAdded,
)
from callagent.journal.call_record import CallRecord
from callagent.turns import OverlapRecord
from callagent.worker.metrics.call_figures import CallFigures, NoFigures


def overlap(decision: Any, rule: str, silent_at: float | None = None) -> GateDecided:
    return GateDecided.of(OverlapRecord(10.0, 10.6, 10.3, decision, rule, (), silent_at))


def turn(role: Any, **metrics: float) -> TurnAdded:
    return TurnAdded(5.0, role, "my number is +12025550123", metrics)


def figures(*happened: Observation, context: Mapping[str, Any] | None = None) -> CallFigures:
    record = CallRecord("job", "room", context=dict(context or {}), started=1000.0)
    for each in happened:
        record.log.add(each)
    record.answered, record.ended = 1000.75, None
    record.happened("caller left")
    record.ended = 1060.0
    return CallFigures.of(record)


def test_how_long_and_how_it_ended() -> None:
    found = figures(AgentAudible(1.25), AgentAudible(9.0))
    assert (found.direction, found.ending) == ("inbound", "caller hung up")
    assert (found.seconds, found.answer, found.greeting) == (60.0, 0.75, 1.25)
    assert figures(context={"direction": "outbound"}).direction == "outbound"


def test_a_call_that_was_never_answered_has_no_times() -> None:
    record = CallRecord("job", "room")
    record.happened("no caller came")
    found = CallFigures.of(record)
    assert (found.ending, found.answer, found.greeting, found.yields) == ("no caller came", None, None, [])


def test_turns_of_the_caller_and_those_of_which_nothing_came() -> None:
    found = figures(turn("user"), turn("assistant"), replace(turn("user"), at=20.0), replace(turn("user"), at=40.0))
    assert (found.caller_turns, found.lost_turns) == (3, 2)


def test_the_latency_of_turns_by_part() -> None:
    user = turn("user", transcription_delay=0.2, end_of_turn_delay=0.5)
    agent = turn("assistant", llm_node_ttft=0.3, tts_node_ttfb=0.1, e2e_latency=0.9, started_speaking_at=6.0)
    found = figures(user, agent, turn("user", end_of_turn_delay=0.4))
    assert found.latency == {"stt": [0.2], "end_of_turn": [0.5, 0.4], "llm": [0.3], "tts": [0.1], "all": [0.9]}


def test_what_the_gate_decided_and_how_soon_the_agent_was_silent() -> None:
    found = figures(
        overlap("interrupt", "command", 10.42),
        overlap("interrupt", "command", None),
        overlap("drop", "acknowledgement", 11.0),
    )
    assert found.decisions == {"interrupt/command": 2, "drop/acknowledgement": 1}
    assert found.yields == [0.42]


def test_tools_errors_transfers_and_hand_overs() -> None:
    found = figures(
        ToolReturned(1.0, "a", "done", "42"),
        ToolReturned(2.0, "b", "error", "no"),
        ToolReturned(3.0, "c", "", ""),
        Trouble(4.0, "APIConnectionError: no route to Mr Smith"),
        Trouble(5.0, "Mr Smith is angry: why"),
        TransferRequested(6.0, "sales"),
        TransferRequested(7.0, "sales", refused="busy"),
        HandedOver(0.0, "reception"),
        HandedOver(8.0, "billing", before="reception"),
        HandedOver(9.0, "task", before="billing", task=True),
    )
    assert found.tools == {"done": 2, "error": 1}
    assert found.errors == {"APIConnectionError": 1, "other": 1}
    assert found.transfers == {"accepted": 1, "failed": 1}
    assert found.hand_overs == 1


def test_they_survive_the_way_and_name_nobody() -> None:
    found = figures(
        turn("user", end_of_turn_delay=0.4),
        CallerHeard(1.0, "Smith", True),
        Trouble(4.0, "APIError: +12025550123"),
        context={"number": "+12025550123", "direction": "inbound"},
    )
    data = found.as_json()
    assert CallFigures.from_json(data) == found
    assert b"2025550123" not in data and b"Smith" not in data


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b"null", b'{"direction": "inbound"}', b"[" * 100_000],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NoFigures):
        CallFigures.from_json(data)


def test_a_value_of_another_shape_is_refused() -> None:
    data = figures().as_json().replace(b'"hand_overs":0', b'"hand_overs":"many"')
    with pytest.raises(NoFigures, match="hand_overs is str"):
        CallFigures.from_json(data)

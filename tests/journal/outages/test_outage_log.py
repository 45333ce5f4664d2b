"""What fails is in a call's log, its journal and its record."""

from dataclasses import replace

import pytest

from callagent.journal import ObservationLog
from callagent.journal.call_record import told_of
from callagent.journal.codec import parsed, written
from callagent.journal.outages.outage_log import OutageLog


def failing() -> ObservationLog:
    log = ObservationLog(lambda: 2.5)
    told = OutageLog(log)
    told.provider_failed("llm", "openai", "APITimeoutError")
    told.fell_back("llm", "openai", "script")
    told.recovered("llm", "openai")
    told.hung("tool", "look_up", 20.0)
    told.treated("filler", "no answer yet")
    told.treated("call back", "LLM: APIConnectionError")
    return log


def test_each_is_an_event_of_the_record() -> None:
    assert told_of(failing())["events"] == [
        {"at": 2.5, "type": "provider failed", "part": "llm", "provider": "openai", "detail": "APITimeoutError"},
        {"at": 2.5, "type": "fallback", "part": "llm", "from": "openai", "to": "script"},
        {"at": 2.5, "type": "recovered", "part": "llm", "provider": "openai"},
        {"at": 2.5, "type": "hung", "who": "tool", "where": "look_up", "seconds": 20.0},
        {"at": 2.5, "type": "outage", "outcome": "filler", "detail": "no answer yet"},
        {"at": 2.5, "type": "outage", "outcome": "call back", "detail": "LLM: APIConnectionError"},
        {"at": 2.5, "type": "call back", "detail": "LLM: APIConnectionError"},
    ]


@pytest.mark.parametrize("number", range(7))
def test_each_is_read_from_a_journal_as_it_was_written(number: int) -> None:
    event = list(failing())[number]
    assert parsed(written(event).encode()) == event
    assert parsed(written(replace(event, at=3.0)).encode()) != event

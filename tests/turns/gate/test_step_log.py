"""The debug log tells every step of an overlap, with one tag each, and the words in a personal field alone."""

import logging

import pytest

from callagent.turns.gate.decisions import Drop
from callagent.turns.gate.events import Event
from callagent.turns.gate.step_log import log_step
from tests.turns.driver import Driver, final, interim, listening, speaking, starts, stops


def steps(caplog: pytest.LogCaptureFixture, *events: Event) -> list[tuple[str, str]]:
    """Message and tag of every line."""
    caplog.set_level(logging.DEBUG, "callagent.turns")
    for decision in Driver().run(*events).decisions:
        log_step(decision, lambda key: f"words {key}")
    return [(record.getMessage(), record.__dict__["tag"]) for record in caplog.records]


def test_an_acknowledgement_is_held_and_dropped(caplog: pytest.LogCaptureFixture) -> None:
    told = steps(caplog, speaking(0), *starts(1.0), interim(1.3, 1, "Okay"), *stops(1.5), final(2.0, 2, "Okay."))
    assert told == [
        ("grace begun", "grace"),
        ("held", "soft_ack"),
        ("dropped", "soft_ack"),
        ("overlap", "soft_ack"),
    ]


def test_a_command_interrupts_and_is_delivered(caplog: pytest.LogCaptureFixture) -> None:
    told = steps(caplog, speaking(0), *starts(1.0), interim(1.25, 1, "Stop"), listening(1.3))
    assert told == [("grace begun", "grace"), ("interrupted", "command"), ("delivered", "command")]


def test_words_stand_in_a_personal_field_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "callagent.turns")
    log_step(Drop(1.0, "soft_ack", (1, 2)), {1: "Okay", 2: "Okay."}.__getitem__)
    (record,) = caplog.records
    assert [name for name, value in vars(record).items() if "Okay" in str(value)] == ["pii_heard"]

from typing import Any

import pytest
from pydantic import TypeAdapter

from callagent.scripted_calls.script.steps.base import Never, Step
from callagent.scripted_calls.script.steps.never import AnyNever
from callagent.scripted_calls.script.steps.registry import AnyStep
from tests.support.played_call import PlayedCall

NEVER: TypeAdapter[Never] = TypeAdapter(AnyNever)
STEP: TypeAdapter[Step] = TypeAdapter(AnyStep)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"tool": "book", "with": {"day": "friday"}}, "tool book(day=friday)"),
        ({"agent_says": "hold the line"}, "the agent says 'hold the line'"),
        ({"dtmf_sent": "12"}, "the agent sends 12"),
        ({"transfer": "/999/"}, "a transfer to /999/ is requested"),
        ({"transcript": "please", "of": "agent"}, "the transcript has 'please', said by the agent"),
        ({"panel": {"yield_rate": "< 1"}}, "the panel has yield_rate < 1"),
        ("agent stops", "agent stops"),
        ("agent is silent", "agent is silent for 5 s"),
        ({"expect": "agent replies", "with": "booked"}, "agent replies with 'booked'"),
        ({"expect": "call ends", "reason": "error"}, "call ends: error"),
        ({"expect": "agent keeps speaking"}, "agent keeps speaking"),
    ],
    ids=str,
)
def test_what_must_not_be_is_put_in_words(entry: Any, words: str) -> None:
    assert NEVER.validate_python(entry).describe() == words


TOOL, KEYS, PANEL = {"tool": "book"}, {"dtmf_sent": "1"}, {"panel": {"yield_rate": "< 1"}}
BOOKED, ERROR = {"expect": "agent replies", "with": "booked"}, {"expect": "call ends", "reason": "error"}
SILENT, KEEPS = {"expect": "agent is silent"}, {"expect": "agent keeps speaking"}


@pytest.mark.parametrize(
    ("entry", "step", "forbidden"),
    [
        (TOOL, {"expect": {"tool": "book", "with": {"day": "friday"}}}, True),
        ({"tool": "book", "with": {"day": "monday"}}, {"expect": {"tool": "book", "with": {"day": "friday"}}}, False),
        (TOOL, {"expect": KEYS}, False),
        (KEYS, {"expect": {"dtmf_sent": "312"}}, True),
        (KEYS, {"expect": {"dtmf_sent": "2"}}, False),
        ({"transfer": "/999/"}, {"expect": {"transfer": "/999/"}}, True),
        ({"transfer": "/999/"}, {"expect": {"transfer": "999"}}, False),
        ({"transcript": "please"}, {"expect": {"transcript": "please"}}, False),
        ({"agent_says": "hello"}, {"agent_says": "hello"}, False),
        (PANEL, {"expect": PANEL}, True),
        (PANEL, {"expect": {"panel": {"yield_rate": "<= 1"}}}, False),
        ("agent stops", {"expect": "agent stops", "within": "2 s"}, True),
        ("agent stops", KEEPS, False),
        ("agent keeps speaking", KEEPS, True),
        ("agent replies", BOOKED, True),
        (BOOKED, BOOKED, True),
        (BOOKED, {"expect": "agent replies"}, False),
        ("agent is silent", SILENT, False),
        (ERROR, ERROR, True),
        (ERROR, {"expect": "call ends"}, False),
        ("call ends", ERROR, False),
    ],
    ids=str,
)
def test_a_step_must_not_expect_what_is_forbidden(entry: Any, step: Any, forbidden: bool) -> None:
    assert NEVER.validate_python(entry).forbids(STEP.validate_python(step)) is forbidden


def test_an_event_by_its_name_is_one_with_nothing_beside_it() -> None:
    assert NEVER.validate_python("agent stops") == NEVER.validate_python({"expect": "agent stops"})


def test_nothing_that_is_forbidden_is_found_in_an_empty_call() -> None:
    assert all(PlayedCall().never(entry).passed for entry in ("agent stops", "agent replies", {"tool": "book"}))

from typing import Any

import pytest
from pydantic import TypeAdapter

from callagent.calls.script.steps.base import Never
from callagent.calls.script.steps.never import AnyNever
from tests.support.played_call import PlayedCall

NEVER: TypeAdapter[Never] = TypeAdapter(AnyNever)


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


def test_an_event_by_its_name_is_one_with_nothing_beside_it() -> None:
    assert NEVER.validate_python("agent stops") == NEVER.validate_python({"expect": "agent stops"})


def test_nothing_that_is_forbidden_is_found_in_an_empty_call() -> None:
    assert all(PlayedCall().never(entry).passed for entry in ("agent stops", "agent replies", {"tool": "book"}))

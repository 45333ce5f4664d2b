from datetime import timedelta

import pytest

from callagent.console.search_form import search_of
from callagent.records import CallRow, Wanted
from tests.support.kept_calls import NOON


def test_an_empty_form_asks_for_all_calls() -> None:
    search = search_of({"number": "  ", "outcome": ""})
    assert (search.wanted, search.values, search.problems) == (Wanted(), {}, {})


def test_each_field_says_what_the_calls_have_in_common() -> None:
    search = search_of(
        {
            "number": "(202) 555-0123",
            "region": "us",
            "outcome": "transferred",
            "profile": "en-US",
            "direction": "inbound",
            "text": "refund*",
            "longer_than": "2 min",
            "response_over": "3 s",
            "yield_over": "500 ms",
            "lost_turns": "1",
            "errors": "1",
        }
    )
    assert search.problems == {}
    assert search.wanted == Wanted(
        number="+12025550123",
        endings=("transferred",),
        profile="en-US",
        direction="inbound",
        text="refund*",
        longer_than_s=120.0,
        response_over_s=3.0,
        yield_over_s=0.5,
        lost_turns_over=0,
        errors=True,
    )


def test_a_state_is_an_ending_too() -> None:
    assert search_of({"outcome": "cut off"}).wanted == Wanted(state="cut off")


def test_a_day_is_from_midnight_to_midnight() -> None:
    wanted = search_of({"day": "2026-03-02"}).wanted
    assert wanted.since is not None and wanted.until is not None
    assert (wanted.since.hour, wanted.until - wanted.since) == (0, timedelta(days=1))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("number", "555-0123", "name its country"),
        ("number", "letters", ""),
        ("region", "XX", "ISO 3166"),
        ("day", "someday", "is no moment"),
        ("since", "3 parsecs", "is no moment"),
        ("outcome", "transfered", "Did you mean 'transferred'"),
        ("direction", "sideways", "inbound or outbound"),
        ("longer_than", "5", "unit"),
        ("yield_over", "-1 s", "negative"),
        ("response_over", "1 fortnight", "unit"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(field: str, value: str, told: str) -> None:
    problems = search_of({field: value}).problems
    assert list(problems) == [field] and told in problems[field]


@pytest.mark.parametrize("fields", [{"day": "today", "since": "2 h"}, {"since": "2026-02-01", "until": "2026-01-01"}])
def test_moments_that_do_not_go_together_are_told(fields: dict[str, str]) -> None:
    assert list(search_of(fields).problems) == ["since"]


def test_the_next_page_begins_where_this_one_ended_and_asks_for_the_same() -> None:
    search = search_of({"profile": "en-US", "before": "no moment"})
    query = dict(each.split("=") for each in search.page_before(CallRow(seq=1772452800000123)).split("&"))
    assert query["profile"] == "en-US"
    again = search_of({"before": "2026-03-02T12:00:00.000123+00:00"})
    assert again.wanted.until == NOON.replace(microsecond=123)

"""Lists at a glance, in both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callagent.database import ListLease, Store
from callagent.database.overview import attempts_by_outcome, campaigns, do_not_call_page, refusals_by_rule

NUMBER = "+12025550123"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "records.db"))


def test_a_list_is_told_with_its_rows_by_state_and_outcome(store: Store) -> None:
    for key, state, outcome in (("1", "done", "answered"), ("2", "done", "busy"), ("3", "calling", "")):
        store.set_list_row("a.csv", key, state, {"outcome": outcome})
    (found,) = campaigns(store)
    assert (found.name, found.rows, found.states) == ("a.csv", 3, {"done": 2, "calling": 1})
    assert (found.outcomes, found.lease) == ({"answered": 1, "busy": 1}, None)


def test_a_list_that_was_only_taken_is_told_too_and_the_last_one_comes_first(store: Store) -> None:
    store.set_list_row("a.csv", "1", "done")
    later = datetime.now(UTC) + timedelta(minutes=1)
    store.take_lease(ListLease(list="b.csv", token="t", host="h", pid=1, at=later), instead_of=None)
    found = campaigns(store)
    assert [each.name for each in found] == ["b.csv", "a.csv"]
    assert found[0].lease is not None and found[0].rows == 0


def test_pages_of_the_do_not_call_list_have_each_number_once(store: Store) -> None:
    numbers = [f"+1202555{number:04}" for number in range(25)]
    store.add_all_do_not_call([*numbers, "+4930123456"])
    seen: list[str] = []
    while True:
        page = do_not_call_page(store, begin="+1202", after=seen[-1] if seen else "", limit=10)
        seen += [entry.number for entry in page.entries]
        if not page.more:
            break
    assert (seen, page.total) == (numbers, 25)


def test_calls_that_were_held_back_are_counted_by_guard_since_a_moment(store: Store) -> None:
    now = datetime.now(UTC)
    for rule, age in (("calling hours", 0), ("calling hours", 1), ("countries", 2), ("countries", 50)):
        store.refuse(NUMBER, rule, "", profile="en-US", now=now - timedelta(hours=age))
    assert refusals_by_rule(store, now - timedelta(hours=24)) == {"calling hours": 2, "countries": 1}
    assert attempts_by_outcome(store, now) == {}

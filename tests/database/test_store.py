import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from callagent.database import Attempt, Store, StoreUnavailable, probe
from callagent.profile.paths import default_location, named_location

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER = "+12025550123"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(str(tmp_path / "records" / "calls.db"))
    yield store
    store.close()


def attempt(attempt_id: str, at: datetime = NOON, number: str = NUMBER) -> Attempt:
    return Attempt(
        id=attempt_id, number=number, at=at, profile="en-US", room=f"room-{attempt_id}", meta={"order": "17"}
    )


def test_an_attempt_is_kept_with_its_outcome(store: Store) -> None:
    store.begin_attempt(attempt("a"))
    store.end_attempt("a", "busy", "486 Busy Here", now=NOON + timedelta(seconds=1))
    (kept,) = store.attempts(NUMBER)
    assert (kept.outcome, kept.detail, kept.meta) == ("busy", "486 Busy Here", {"order": "17"})
    assert (kept.at, kept.ended, kept.answered) == (NOON, NOON + timedelta(seconds=1), None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("answered", "caller hung up"), ("trunk failure", "the worker was lost")),
        (("trunk failure", "the worker was lost"), ("answered", "caller hung up")),
        (("cancelled", "hung up by whoever dialled"), ("cancelled", "room closed")),
    ],
    ids=["the worker, then the dialler", "the dialler, then the worker", "the same"],
)
def test_an_outcome_is_recorded_once_whoever_comes_first(
    store: Store, first: tuple[str, str], second: tuple[str, str]
) -> None:
    store.begin_attempt(attempt("a"))
    store.begin_attempt(attempt("b"))
    assert store.end_attempt("a", *first, now=NOON)
    assert not store.end_attempt("a", *second, answered=NOON, now=NOON + timedelta(hours=1))
    kept, other = store.attempts(NUMBER)
    assert (kept.outcome, kept.detail, kept.answered, kept.ended) == (*first, None, NOON)
    assert other.outcome == ""


def test_of_two_processes_that_end_an_attempt_at_once_one_is_told_that_it_has(store: Store) -> None:
    store.begin_attempt(attempt("a"))
    others = [Store(store.location) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool:
        ended = list(pool.map(lambda other: other.end_attempt("a", other.location and "busy"), others))
    for other in others:
        other.close()
    assert sorted(ended) == [False, False, False, True]


def test_the_outcome_of_an_unknown_attempt_is_left_out(store: Store) -> None:
    assert not store.end_attempt("nobody", "busy")
    assert store.attempts() == []


def test_attempts_of_the_last_24_hours_are_counted_per_number(store: Store) -> None:
    store.begin_attempt(attempt("old", NOON - timedelta(hours=24)))
    store.begin_attempt(attempt("recent", NOON - timedelta(hours=23, minutes=59)))
    store.begin_attempt(attempt("other", NOON, "+12025550199"))
    assert store.attempts_within_a_day(NUMBER, NOON) == 1


def test_an_attempt_that_never_got_there_is_not_counted(store: Store) -> None:
    outcomes = ("", "answered", "busy", "trunk failure", "cancelled", "trunk failure answered", "cancelled answered")
    for name in outcomes:
        store.begin_attempt(attempt(name, NOON))
        if outcome := name.removesuffix(" answered"):
            store.end_attempt(name, outcome, answered=NOON if "answered" in name else None)
    assert store.attempts_within_a_day(NUMBER, NOON) == len(outcomes) - 2


def test_moments_of_any_time_zone_are_the_same_moment(store: Store) -> None:
    east = NOON.astimezone().astimezone(datetime.fromisoformat("2026-01-01T00:00:00+05:30").tzinfo)
    store.begin_attempt(attempt("a", east))
    assert store.attempts()[0].at == NOON
    with pytest.raises(StoreUnavailable, match="time zone"):
        store.begin_attempt(attempt("b", datetime(2026, 3, 2)))


def test_refusals_are_kept(store: Store) -> None:
    store.refuse(NUMBER, "calling hours", "it is mon 03:00", profile="en-US", now=NOON)
    assert [(row.number, row.rule) for row in store.refusals()] == [(NUMBER, "calling hours")]


def test_the_do_not_call_list(store: Store) -> None:
    assert store.add_do_not_call(NUMBER, "asked", now=NOON)
    assert not store.add_do_not_call(NUMBER, "again")
    entry = store.do_not_call(NUMBER)
    assert entry is not None
    assert (entry.reason, entry.at) == ("asked", NOON)
    assert [entry.number for entry in store.do_not_call_list()] == [NUMBER]
    assert store.remove_do_not_call(NUMBER)
    assert not store.remove_do_not_call(NUMBER)
    assert store.do_not_call(NUMBER) is None


def test_rows_of_a_list_keep_what_is_not_changed(store: Store) -> None:
    store.set_list_row("a.csv", "k", "calling", {"attempt": "x", "tries": 1})
    store.set_list_row("a.csv", "k", "done", {"outcome": "busy"})
    row = store.list_rows("a.csv")["k"]
    assert (row.state, row.attempt, row.tries, row.outcome) == ("done", "x", 1, "busy")
    assert store.list_rows("b.csv") == {}
    store.forget_list("a.csv")
    assert store.list_rows("a.csv") == {}


def test_what_is_stored_is_there_for_the_next_process(tmp_path: Path) -> None:
    first = Store(str(tmp_path / "calls.db"))
    first.add_do_not_call(NUMBER)
    second = Store(f"sqlite:///{tmp_path / 'calls.db'}")
    assert second.do_not_call(NUMBER) is not None
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("location", "problem"),
    [("nosuch://user:geheim@host/db", "no database that is known"), ("://", "no database that is known")],
)
def test_a_location_that_means_nothing_is_one_line_without_the_password(location: str, problem: str) -> None:
    with pytest.raises(StoreUnavailable, match=problem) as raised:
        Store(location)
    assert "geheim" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("certainly not a database, but long enough to be looked at as if it were one")
    with pytest.raises(StoreUnavailable, match="not a database"):
        Store(str(tmp_path / "x.db"))
    with pytest.raises(StoreUnavailable, match="cannot open"):
        Store(str(tmp_path / "x.db" / "y.db"))


def test_a_database_that_fails_without_a_word_is_one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError())

    monkeypatch.setattr(Session, "scalars", fail)
    with pytest.raises(StoreUnavailable, match=r"^records database: ConnectionError$"):
        store.attempts()


def test_the_default_is_a_file_of_the_user(tmp_path: Path) -> None:
    expected = os.path.join(tmp_path, "callagent", "records.db")
    assert default_location({"XDG_STATE_HOME": str(tmp_path)}) == expected


@pytest.mark.parametrize(
    ("given", "env", "named"),
    [
        ("given.db", {"CALLAGENT_DATABASE": "new.db", "CALLAGENT_RECORDS": "old.db"}, "given.db"),
        (None, {"CALLAGENT_DATABASE": "new.db", "CALLAGENT_RECORDS": "old.db"}, "new.db"),
        (None, {"CALLAGENT_RECORDS": "old.db"}, "old.db"),
        (None, {"CALLAGENT_DATABASE": "", "CALLAGENT_RECORDS": "old.db"}, "old.db"),
        ("", {}, None),
    ],
)
def test_an_option_comes_before_the_variable_and_that_before_its_former_name(
    given: str | None, env: dict[str, str], named: str | None
) -> None:
    assert named_location(given, env) == named
    if given is None:
        assert default_location(env) == named


def test_looking_at_a_database_makes_no_table_in_it(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.touch()
    probe(str(file))
    assert file.stat().st_size <= 4096
    (tmp_path / "y.db").write_text("certainly not a database, but long enough to be looked at as if it were one")
    with pytest.raises(StoreUnavailable, match="not a database"):
        probe(str(tmp_path / "y.db"))


@pytest.mark.parametrize("text", ["half \ud83d", "nul \0", "a" * 10_000, "\x1b[31m"])
def test_no_text_costs_the_row(store: Store, text: str) -> None:
    kept = attempt("a")
    kept.room = kept.trunk = text
    kept.meta = {text: [text, float("nan"), {1, 2}, b"\xff"]}
    store.begin_attempt(kept)
    assert store.end_attempt("a", "busy", text)
    store.refuse(text, "rule", text, profile=text)
    store.add_do_not_call(NUMBER, text)
    store.add_all_do_not_call(["+12025550199"], text)
    store.set_list_row("list", "key", "done", {"detail": text})
    stored = [
        store.attempts()[0].detail,
        store.refusals()[0].reason,
        *(each.reason for each in store.do_not_call_list()),
    ]
    assert all(each and len(each) <= 500 and "\0" not in each and each.encode() for each in stored)
    assert store.list_rows("list")["key"].detail == stored[0]


def test_what_is_too_long_for_its_column_is_found_again(store: Store) -> None:
    name = "a" * 600
    store.set_list_row(name, "key", "done")
    assert list(store.list_rows(name)) == ["key"]

"""How full workers are, as the database has it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callagent.database import Database
from callagent.database.tables import WorkerRow
from callagent.database.workers import FORGOTTEN, GONE_S, fleet_of, forget, tell_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(str(tmp_path / "records.db"))
    yield database
    database.close()


def worker(
    id_: str, *, calls: int = 1, of: int = 4, refused: int = 0, draining: bool = False, ago_s: float = 0
) -> WorkerRow:
    seen = NOW - timedelta(seconds=ago_s)
    return WorkerRow(
        id=id_, host="desk", pid=7, agent="callagent", calls=calls, max_calls=of, refused=refused, draining=draining,
        started=NOW - timedelta(hours=1), seen=seen,
    )  # fmt: skip


def test_workers_are_counted_together_and_the_last_word_of_each_counts(database: Database) -> None:
    for calls in (1, 3):
        tell_of(database, worker("a", calls=calls))
    tell_of(database, worker("b", calls=2, of=8, refused=5))
    fleet = fleet_of(database, NOW)
    assert [each.id for each in fleet.workers] == ["a", "b"]
    assert (fleet.calls, fleet.max_calls, fleet.refused) == (5, 12, 5)


def test_a_worker_that_drains_has_no_place_for_another_call(database: Database) -> None:
    tell_of(database, worker("a", calls=3, of=8, draining=True))
    assert fleet_of(database, NOW).max_calls == 3


def test_a_worker_that_is_not_heard_of_is_gone_and_is_forgotten_a_day_later(database: Database) -> None:
    tell_of(database, worker("a", ago_s=GONE_S + 1))
    tell_of(database, worker("b", ago_s=GONE_S - 1))
    fleet = fleet_of(database, NOW)
    assert ([each.id for each in fleet.workers], [each.id for each in fleet.gone]) == (["b"], ["a"])
    assert fleet.max_calls == 4
    tell_of(database, worker("c", ago_s=GONE_S - FORGOTTEN.total_seconds()))
    assert [each.id for each in fleet_of(database, NOW).workers] == ["b", "c"] and not fleet_of(database, NOW).gone


def test_a_worker_that_has_ended_is_not_there(database: Database) -> None:
    tell_of(database, worker("a"))
    forget(database, "a")
    assert fleet_of(database, NOW).workers == []

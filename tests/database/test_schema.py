"""Databases that an earlier version has made."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from callagent.database import Attempt, Store
from callagent.database.tables import Base
from tests.database.test_store import NOON, NUMBER

EARLIER = """\
CREATE TABLE do_not_call (number VARCHAR(20) NOT NULL, at DATETIME NOT NULL, reason VARCHAR(500) NOT NULL,
    PRIMARY KEY (number));
INSERT INTO do_not_call VALUES ('+12025550199', '2025-01-01 12:00:00.000000', 'asked by phone');
"""


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    connection = sqlite3.connect(path)
    connection.executescript(EARLIER)
    connection.close()
    return path


def test_what_an_earlier_version_has_listed_stays_and_new_entries_tell_more(earlier: Path) -> None:
    for _ in range(2):  # the second time there is nothing to add
        store = Store(str(earlier))
        store.add_do_not_call(NUMBER, job="AJ_1", direction="inbound", attestation="attested A")
        new, old = store.do_not_call_list()
        store.close()
        assert (old.number, old.reason, old.job, old.direction, old.attestation) == (
            *("+12025550199", "asked by phone"),
            *("", "", ""),
        )
        assert (new.job, new.direction, new.attestation) == ("AJ_1", "inbound", "attested A")


def test_an_earlier_version_can_go_on_writing(earlier: Path) -> None:
    Store(str(earlier)).close()
    connection = sqlite3.connect(earlier)
    connection.execute("INSERT INTO do_not_call (number, at, reason) VALUES ('+12025550198', '2025-01-01', '')")
    connection.commit()
    connection.close()
    store = Store(str(earlier))
    assert {entry.number: entry.job for entry in store.do_not_call_list()} == {"+12025550198": "", "+12025550199": ""}
    store.close()


def test_several_processes_may_open_it_at_once(earlier: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(str(earlier)), range(8)))
    for store in stores:
        store.begin_attempt(Attempt(id=str(id(store)), number=NUMBER, at=NOON, profile="en-US", room="r"))
        store.close()


def test_every_table_but_those_of_the_first_version_names_what_a_column_is_where_nobody_has_written_it() -> None:
    """Otherwise the column could not be added to a table with rows."""
    added = {"do_not_call": {"job", "direction", "attestation"}}
    for name, columns in added.items():
        assert all(Base.metadata.tables[name].columns[column].server_default is not None for column in columns)

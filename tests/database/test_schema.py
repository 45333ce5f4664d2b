"""Databases that an earlier version has made."""

import importlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from callagent.database import Attempt, Store, StoreUnavailable, probe, schema
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


def test_the_steps_from_version_to_version_are_those_that_are_known() -> None:
    folder = Path(schema.__file__).with_name("migrations")
    steps = [step.revision for step in ScriptDirectory(str(folder)).walk_revisions()]
    assert tuple(reversed(steps)) == schema.VERSIONS


@pytest.mark.parametrize("before", ["nothing", "0.1"])
def test_the_steps_lead_to_the_tables_of_the_code(tmp_path: Path, earlier: Path, before: str) -> None:
    importlib.import_module("callagent.records.tables")
    store = Store(str(earlier if before == "0.1" else tmp_path / "new.db"))
    with store.session() as session:
        context = MigrationContext.configure(session.connection(), opts={"include_object": _is_ours})
        assert compare_metadata(context, Base.metadata) == []
    store.close()


def _is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    """FTS5 keeps its index in tables of its own; what is indexed stands in the steps alone."""
    return kind != "index" and not (kind == "table" and (name or "").startswith(("call_words", "alembic")))


def test_a_step_that_fails_leaves_the_database_as_it_was(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationContext, "stamp", _fails)
    with pytest.raises(StoreUnavailable, match="the disk is gone"):
        Store(str(earlier))
    monkeypatch.undo()
    connection = sqlite3.connect(earlier)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"do_not_call"}
    Store(str(earlier)).close()


def _fails(*_: object) -> None:
    raise OperationalError("INSERT", {}, Exception("the disk is gone"))


def test_a_database_of_a_newer_version_is_left_alone(earlier: Path) -> None:
    Store(str(earlier)).close()
    connection = sqlite3.connect(earlier)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    for look in (Store, probe):
        with pytest.raises(StoreUnavailable, match=r"has schema 9999, of a newer callagent than this one") as raised:
            look(str(earlier))
        assert str(raised.value).count("\n") == 0

import os
from pathlib import Path

import pytest

from callagent.database import Store
from callagent.doctor.checks.database import check_database
from tests.doctor.patients import subject


async def test_a_database_that_is_not_there_yet_is_fine_and_not_made(tmp_path: Path) -> None:
    finding = await check_database(subject(database=str(tmp_path / "a" / "records.db")))
    assert (finding.state, finding.found) == ("ok", f"{tmp_path}/a/records.db will be made")
    assert os.listdir(tmp_path) == []


async def test_a_database_that_is_there_can_be_used(tmp_path: Path) -> None:
    Store(str(tmp_path / "records.db")).close()
    assert (await check_database(subject(database=f"sqlite:///{tmp_path}/records.db"))).state == "ok"


async def test_a_database_that_others_may_read_is_told_with_a_remedy(tmp_path: Path) -> None:
    Store(str(tmp_path / "records.db")).close()
    (tmp_path / "records.db").chmod(0o640)
    finding = await check_database(subject(database=str(tmp_path / "records.db")))
    assert (finding.state, "chmod" in finding.remedy) == ("warning", True)


async def test_what_is_no_database_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("certainly not a database, but long enough to be looked at as if it were one")
    for location in (str(tmp_path / "file"), str(tmp_path / "file" / "x.db"), "nosuch://user:geheim@host/db"):
        finding = await check_database(subject(database=location))
        assert (finding.state, "geheim" in finding.found, "--database" in finding.remedy) == ("failed", False, True)


async def test_without_one_the_file_of_the_user_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("CALLAGENT_DATABASE", raising=False)
    monkeypatch.delenv("CALLAGENT_RECORDS", raising=False)
    assert (await check_database(subject())).found == f"{tmp_path}/callagent/records.db will be made"
    (tmp_path / "callagent").touch()
    finding = await check_database(subject())
    assert (finding.state, "no calls out" in finding.found) == ("warning", True)

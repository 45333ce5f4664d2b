import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from callagent.database import Store
from callagent.doctor.checks.storage import check_database, check_records
from tests.doctor.patients import subject


class Usage(NamedTuple):
    total: int
    used: int
    free: int


async def test_a_directory_that_is_there_or_can_be_made_is_fine_and_nothing_is_made(tmp_path: Path) -> None:
    assert (await check_records(subject(records=tmp_path))).state == "ok"
    assert "can be made" in (await check_records(subject(records=tmp_path / "a" / "b"))).found
    assert os.listdir(tmp_path) == []


async def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = await check_records(subject(records=tmp_path / "file" / "records"))
    assert (finding.state, finding.found.endswith("file is not a directory")) == ("failed", True)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
async def test_a_directory_of_somebody_else_is_told(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o500)
    assert (await check_records(subject(records=tmp_path))).state == "failed"


async def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 40, 1 << 40, 5 << 20))
    finding = await check_records(subject(records=tmp_path))
    assert (finding.state, finding.found) == ("warning", f"{tmp_path}: only 5 MB free")


async def test_without_a_directory_nothing_is_looked_at() -> None:
    assert (await check_records(subject())).state == "skipped"


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

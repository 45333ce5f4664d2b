import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from callagent.doctor.checks.records import check_records
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

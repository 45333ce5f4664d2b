"""Where calls wait for their database, and who may take them."""

import os
import stat
from pathlib import Path

import pytest

from callagent.records import spool


def test_the_first_place_is_beside_the_file_of_the_database(tmp_path: Path) -> None:
    first, second, third = spool.places(str(tmp_path / "records.db"), {"XDG_STATE_HOME": str(tmp_path / "state")})
    assert first == tmp_path / "records.db.spool"
    assert second.parent == tmp_path / "state" / "callagent" / "spool"
    assert third.name == second.name


def test_databases_have_places_of_their_own_whatever_their_passwords(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "CALLAGENT_SPOOL": str(tmp_path / "spool")}
    locations = ["postgresql+psycopg://a:geheim@host/one", "postgresql+psycopg://a:geheim@host/two", "one.db"]
    found = [spool.places(location, env) for location in locations]
    assert len({place for places in found for place in places}) == 9
    assert all(places[0].parent == tmp_path / "spool" for places in found)
    assert "geheim" not in str(found)


def test_a_relative_and_an_absolute_path_are_the_same_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert spool.places("records.db", {})[1:] == spool.places(str(tmp_path / "records.db"), {})[1:]


@pytest.mark.parametrize("call", ["AJ_abc", "../../etc/passwd", "a/b", "", "x" * 1000, "a\0b", "ünï"])
def test_any_id_is_a_file_of_the_spool(tmp_path: Path, call: str) -> None:
    os.close(spool.open_named(tmp_path / "spool", spool.file_name(call), b"{}\n"))
    (found,) = spool.waiting([tmp_path / "spool", tmp_path / "nothing"])
    assert found.parent == tmp_path / "spool"
    assert found.read_bytes() == b"{}\n"


def test_ids_that_look_alike_have_files_of_their_own() -> None:
    assert len({spool.file_name(call) for call in ("a/b", "a:b", "a_b", "x" * 101, "x" * 102)}) == 5


def test_a_file_is_for_its_owner_alone_and_held_while_it_is_open(tmp_path: Path) -> None:
    handle = spool.open_named(tmp_path / "spool", "AJ_1.call")
    (path,) = spool.waiting([tmp_path / "spool"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with path.open("rb") as reader:
        assert spool.is_held(reader.fileno())
        os.close(handle)
        assert not spool.is_held(reader.fileno())


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("callagent.records.spool.os.write", full)
    with pytest.raises(OSError, match="No space"):
        spool.open_named(tmp_path, "AJ_1.call", b"{}\n")
    assert list(tmp_path.iterdir()) == []


def test_one_process_at_a_time_delivers_from_a_place(tmp_path: Path) -> None:
    with spool.delivering(tmp_path) as first, spool.delivering(tmp_path) as second:
        assert (first, second) == (True, False)
    with spool.delivering(tmp_path) as again:
        assert again
    with spool.delivering(tmp_path / "nothing") as nowhere:
        assert not nowhere


def test_a_place_of_somebody_else_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callagent.records.spool.os.getuid", lambda: os.geteuid() + 1)
    with pytest.raises(PermissionError):
        spool.open_named(tmp_path, "AJ_1.call")

"""Where recordings are kept: what names a place, and files in a directory."""

import os
from pathlib import Path

import pytest

from callagent.recording import Destination, RecordingUnavailable, destination_of, fetch_recording, remove_recording
from callagent.recording.destination import UNDER_WAY, file_name_of, key_of, split_location
from tests.support.absent import take_away

DAY = 1_769_817_600.0
"""2026-01-31, at midnight UTC."""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("/var/recordings", "/var/recordings"),
        ("/var/recordings/", "/var/recordings"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/", "s3://bucket"),
        ("s3://my.bucket-1/a//b/", "s3://my.bucket-1/a/b"),
    ],
)
def test_a_directory_or_a_bucket_is_a_destination(text: str, place: str) -> None:
    assert destination_of(text).place == place


def test_a_relative_directory_is_that_of_the_worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert destination_of("recordings").place == str(tmp_path / "recordings")
    monkeypatch.setenv("HOME", "/home/agent")
    assert destination_of("~/recordings").place == "/home/agent/recordings"
    assert destination_of(None, {"XDG_STATE_HOME": "/state"}).place == "/state/callagent/recordings"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a\0b", "s3://", "s3:///x", "s3://B", "s3://a", "s3:/bucket", "s3:bucket"),
        *("https://x/y", "gs://b/c", "s3://bucket/../other", "file:///x"),
    ],
)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no|is neither") as raised:
        destination_of(text)
    assert "\n" not in str(raised.value)


def test_a_secret_in_an_address_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="neither") as raised:
        destination_of("https://me:secret@host/x")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("call", ["AJ_7x", "a/../b", "ä b", "x" * 300, "_", "\ud800"])
def test_each_call_has_a_name_of_its_own_that_leads_to_where_its_recording_is(call: str) -> None:
    name = file_name_of(call, DAY, ".ogg")
    destination, key = split_location(Destination("s3://bucket/calls").location(name))
    assert destination == Destination("s3://bucket/calls")
    assert key == key_of(name)
    assert key.startswith("2026-01-31/") and key.count("/") == 1 and len(key) < 200
    assert key.replace("/", "_", 1) == name
    assert file_name_of(f"{call}!", DAY, ".ogg") != name


@pytest.mark.parametrize("location", ["", "x", "x/y", "s3://bucket", "s3://2026-01-31/x.ogg", "/a/../x", "a/b/.."])
def test_what_is_no_location_of_a_recording_leads_nowhere(location: str) -> None:
    with pytest.raises(ValueError, match="no recording is kept at"):
        split_location(location)


class TestDirectory:
    def put(self, tmp_path: Path, content: bytes = b"sound") -> str:
        destination = Destination(str(tmp_path / "kept"))
        file = tmp_path / "2026-01-31_AJ_1.ogg"
        file.write_bytes(content)
        destination.open().put(key_of(file.name), file)
        return destination.location(file.name)

    def test_a_file_is_moved_there_for_its_owner_alone(self, tmp_path: Path) -> None:
        location = self.put(tmp_path)
        assert location == str(tmp_path / "kept" / "2026-01-31" / "AJ_1.ogg")
        assert Path(location).read_bytes() == b"sound"
        assert Path(location).parent.stat().st_mode & 0o077 == 0
        assert not (tmp_path / "2026-01-31_AJ_1.ogg").exists()

    def test_another_disk_gets_a_whole_copy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def rename(*_: object) -> None:
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(os, "rename", rename)
        location = Path(self.put(tmp_path))
        assert location.read_bytes() == b"sound"
        assert location.stat().st_mode & 0o077 == 0
        assert [path.name for path in location.parent.iterdir()] == ["AJ_1.ogg"]

    def test_it_is_fetched_as_often_as_wanted_and_removed_once(self, tmp_path: Path) -> None:
        location = self.put(tmp_path)
        for _ in range(2):
            copy = fetch_recording(location, tmp_path)
            assert copy is not None and copy.read_bytes() == b"sound" and copy.suffix == ".ogg"
        assert remove_recording(location)
        assert not Path(location).parent.exists()
        assert not remove_recording(location)
        assert fetch_recording(location, tmp_path / "kept") is None

    def test_one_that_still_waits_in_the_spool_is_found_there(self, tmp_path: Path) -> None:
        destination = Destination(str(tmp_path / "kept"))
        (tmp_path / "kept" / UNDER_WAY).mkdir(parents=True)
        file = tmp_path / "kept" / UNDER_WAY / "2026-01-31_AJ_1.ogg"
        file.write_bytes(b"half")
        copy = fetch_recording(destination.location(file.name), tmp_path)
        assert copy is not None and copy.read_bytes() == b"half"
        assert remove_recording(destination.location(file.name))
        assert not file.exists()

    def test_a_directory_that_is_missing_is_told_and_not_taken_for_an_empty_one(self, tmp_path: Path) -> None:
        for act in (lambda at: fetch_recording(at, tmp_path), remove_recording):
            with pytest.raises(RecordingUnavailable, match="there is no such directory on this machine"):
                act(f"{tmp_path}/gone/2026-01-31/AJ_1.ogg")

    def test_it_is_looked_at_before_calls_come(self, tmp_path: Path) -> None:
        Destination(str(tmp_path / "new" / "kept")).check()
        (tmp_path / "file").write_text("")
        with pytest.raises(RecordingUnavailable, match="file: "):
            Destination(str(tmp_path / "file")).check()


def test_what_is_written_meanwhile_is_beside_the_recordings_or_with_the_user(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path / "state")}
    here, home, temporary = Destination(str(tmp_path / "kept")).spool(env)
    assert here == tmp_path / "kept" / UNDER_WAY
    assert home.is_relative_to(tmp_path / "state") and "recordings-" in temporary.name
    bucket = Destination("s3://bucket").spool(env)
    assert len(bucket) == 2 and home not in bucket
    first, *rest = Destination("s3://bucket").spool({**env, "CALLAGENT_SPOOL": str(tmp_path / "spool")})
    assert first.parent == tmp_path / "spool" and tuple(rest) == bucket


def test_without_its_package_a_bucket_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "boto3")
    with pytest.raises(RecordingUnavailable, match=r"recordings in S3 needs .* pip install 'callagent\[s3\]'"):
        Destination("s3://bucket").check()

"""Recordings in a bucket: on a real S3 server, on one that hangs, and on one that refuses."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from callagent.recording import Destination, RecordingUnavailable, fetch_recording, remove_recording, s3_storage
from callagent.recording.recording_delivery import RecordingDelivery
from callagent.records import spool

BUCKET = "calls"
DESTINATION = Destination(f"s3://{BUCKET}/agent/eu")
NAME = "2026-01-31_AJ_1.ogg"
KEY = "agent/eu/2026-01-31/AJ_1.ogg"
SECRET = "wJalrXUtnFEMI-example"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(s3_storage, "SILENT_S", 0.2)
    monkeypatch.setattr(s3_storage, "CONNECT_S", 0.2)


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The bucket, empty; the server takes as long as it does."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setattr(s3_storage, "SILENT_S", 10.0)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield BUCKET
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        yield


def left(place: Path, content: bytes = b"sound") -> Path:
    os.close(spool.open_named(place, NAME, content))
    return place / NAME


def test_a_recording_is_delivered_fetched_and_removed(tmp_path: Path, bucket: str) -> None:
    left(tmp_path / "spool")
    RecordingDelivery(DESTINATION, [tmp_path / "spool"]).round()
    head = boto3.client("s3").head_object(Bucket=bucket, Key=KEY)
    assert (head["ContentLength"], head["ContentType"]) == (5, "audio/ogg")
    assert not (tmp_path / "spool" / NAME).exists()
    location = DESTINATION.location(NAME)
    assert location == f"s3://{bucket}/{KEY}"
    copy = fetch_recording(location, tmp_path)
    assert copy is not None and copy.read_bytes() == b"sound"
    assert remove_recording(location)
    assert not remove_recording(location)
    assert fetch_recording(location, tmp_path) is None


def test_a_long_one_goes_in_parts(tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_storage, "PART_BYTES", 5 << 20)
    content = os.urandom((11 << 20) + 7)
    left(tmp_path / "spool", content)
    RecordingDelivery(DESTINATION, [tmp_path / "spool"]).round()
    copy = fetch_recording(DESTINATION.location(NAME), tmp_path)
    assert copy is not None and copy.read_bytes() == content


def test_a_bucket_that_is_not_there_has_it_wait(tmp_path: Path, bucket: str) -> None:
    left(tmp_path / "spool")
    with pytest.raises(RecordingUnavailable, match=r"^s3://other: ") as raised:
        RecordingDelivery(Destination("s3://other"), [tmp_path / "spool"]).round()
    assert (tmp_path / "spool" / NAME).read_bytes() == b"sound"
    assert "NoSuchBucket" in str(raised.value) or "S3UploadFailed" in str(raised.value)


@pytest.mark.usefixtures("deaf")
def test_a_server_that_hangs_is_given_up_after_a_while_and_it_waits(tmp_path: Path) -> None:
    file = left(tmp_path / "spool")
    with pytest.raises(RecordingUnavailable, match=r"^s3://calls: ") as raised:
        RecordingDelivery(DESTINATION, [tmp_path / "spool"]).round()
    assert file.read_bytes() == b"sound"
    assert SECRET not in str(raised.value) and "\n" not in str(raised.value)


def test_a_server_that_is_away_has_it_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    file = left(tmp_path / "spool")
    with pytest.raises(RecordingUnavailable, match=r"^s3://calls: \w+$"):
        RecordingDelivery(DESTINATION, [tmp_path / "spool"]).round()
    assert file.read_bytes() == b"sound"

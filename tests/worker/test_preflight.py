import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from callagent.worker import InvalidWorker, ServerUnavailable, WorkerConfig
from callagent.worker.preflight import check_directory, check_port, check_server, check_temporary, preflight
from tests.support.loopback import LOOPBACK, listening, serving, unused_port


def config(url: str, **fields: object) -> WorkerConfig:
    return WorkerConfig(url, "key", "s" * 32, 1, host=LOOPBACK, port=0, **fields)  # type: ignore[arg-type]  # any field


@pytest.fixture
def taken_port() -> Iterator[int]:
    with listening() as port:
        yield port


@pytest.fixture
def free_port() -> int:
    return unused_port()


async def test_a_server_that_is_not_there_is_one_line(free_port: int) -> None:
    with pytest.raises(ServerUnavailable) as caught:
        await preflight(config(f"ws://{LOOPBACK}:{free_port}"))
    assert str(caught.value) == f"cannot reach livekit-server at ws://{LOOPBACK}:{free_port}: connection refused"


async def test_a_host_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(ServerUnavailable, match=r"^cannot reach livekit-server at ws://nowhere\.invalid: "):
        await check_server(config("ws://nowhere.invalid"))


def test_a_port_in_use_is_one_line_that_says_how_to_choose_another(taken_port: int) -> None:
    with pytest.raises(ServerUnavailable, match=rf"port 127.0.0.1:{taken_port}: address already in use .*--port"):
        check_port(LOOPBACK, taken_port, "--port")


@pytest.mark.parametrize(("host", "said"), [("192.0.2.1", "cannot assign"), ("nowhere.invalid", "")])
def test_a_host_that_is_not_of_this_machine_is_one_line_that_names_its_option(host: str, said: str) -> None:
    with pytest.raises(ServerUnavailable, match=rf"^cannot listen on port {host}:8083: {said}.*with --metrics-host\)$"):
        check_port(host, 8083, "--metrics-port")


@pytest.mark.parametrize("host", ["", "0.0.0.0", "127.0.0.1", "127.0.0.2", "localhost"])
def test_a_port_of_this_machine_is_free(host: str, free_port: int) -> None:
    check_port(host, free_port, "--port")


def test_a_directory_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerUnavailable, match=r"cannot write records to .*file/records"):
        check_directory(tmp_path / "file" / "records")


def test_no_directory_for_temporary_files_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "not there")])
    with pytest.raises(ServerUnavailable, match=r"temporary files .* TMPDIR .*--tmpfs /tmp"):
        check_temporary()


def test_the_records_directory_is_made(tmp_path: Path) -> None:
    check_directory(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


async def test_a_database_that_was_named_and_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerUnavailable, match=r"^cannot open the records database .*file/records\.db: "):
        await preflight(config("ws://127.0.0.1:9", database=str(tmp_path / "file" / "records.db")))


@pytest.mark.parametrize(
    ("status", "text", "error", "message"),
    [
        (401, "invalid token", InvalidWorker, "refuses the API key 'key'"),
        (404, "no such page", ServerUnavailable, "is not a livekit-server"),
        (200, "<html>hello</html>", ServerUnavailable, "is not a livekit-server"),
        (503, "", ServerUnavailable, "is not a livekit-server"),
    ],
)
async def test_what_answers_otherwise_is_one_line(status: int, text: str, error: type[Exception], message: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    async with serving(handle) as port:
        with pytest.raises(error, match=message):
            await check_server(config(f"ws://{LOOPBACK}:{port}"))

"""A server that takes the connection and never answers does not keep a worker from going on."""

import asyncio

import pytest

from callagent.worker import hangup
from callagent.worker.config import Connection


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hangup, "REQUEST_TIMEOUT_S", 0.1)
    monkeypatch.setattr(hangup, "RETRY_DELAY_S", 0.01)


async def test_hanging_up_gives_up_on_a_silent_server(caplog: pytest.LogCaptureFixture) -> None:
    connected = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        connection = Connection(f"ws://127.0.0.1:{port}", "key", "a secret that is long enough for its purpose")
        assert not await asyncio.wait_for(hangup.hang_up(connection, "call-1"), 10)
    assert connected == hangup.ATTEMPTS
    assert "could not hang up" in caplog.text

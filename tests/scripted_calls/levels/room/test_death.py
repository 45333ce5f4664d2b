"""A livekit-server that dies in the middle of a run, seen from outside: the cause, the exit status, no process left."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callagent.scripted_calls.servers.livekit_server import find_binary
from tests.support.quiet_providers import write_quiet_default

MARK = "CALLAGENT_TEST_MARK"
CLOSED_PORT = "ws://127.0.0.1:9"
PATIENCE_S = 60.0
CALL = """\
call: A long call
agent: {greeting: Good morning.}
steps:
  - caller: Hello.
    after: 60 s
"""


def processes(mark: str) -> Iterator[tuple[int, str]]:
    """Process ids and command lines of everything that was started with the mark."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (directory / "environ").read_bytes().split(b"\0"):
                command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                yield int(directory.name), command
        except OSError:
            continue


def server_of(mark: str) -> int | None:
    binary = str(find_binary())
    return next((pid for pid, command in processes(mark) if command.startswith(binary)), None)


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.local_models
@pytest.mark.timeout(400)
@pytest.mark.blocks_loop(reason="there is no loop: the run is a process of its own")
def test_a_server_that_dies_fails_the_call_with_its_cause_and_leaves_no_process(tmp_path: Path) -> None:
    if find_binary() is None:
        pytest.skip("there is no livekit-server")
    (tmp_path / "call.yaml").write_text(CALL)
    mark = secrets.token_hex(8)
    (tmp_path / "profiles").mkdir()
    write_quiet_default(tmp_path / "profiles")
    env = {**os.environ, MARK: mark, "LIVEKIT_URL": CLOSED_PORT, "CALLAGENT_CONFIGS": str(tmp_path)}
    command = [sys.executable, "-m", "callagent", "call", "--level", "room", str(tmp_path / "call.yaml")]
    output = tmp_path / "output.txt"
    with output.open("wb") as file, subprocess.Popen(command, env=env, stdout=file, stderr=file) as run:
        try:
            wait_until(lambda: b"Good morning" in output.read_bytes(), run)
            server = server_of(mark)
            assert server is not None
            os.kill(server, signal.SIGKILL)
            status = run.wait(PATIENCE_S)
        finally:
            run.kill()
    told = output.read_text()
    assert status == 1, told
    assert "ended: error" in told and "livekit-server" in told
    left = list(processes(mark))
    assert left == []


def wait_until(happened: Callable[[], bool], run: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert run.poll() is None and time.monotonic() < until
        time.sleep(0.1)

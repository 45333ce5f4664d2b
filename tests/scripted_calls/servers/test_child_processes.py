import os
import signal
import subprocess
import sys
from contextlib import aclosing

import pytest

from callagent.scripted_calls.servers.child_processes import LEASH, ChildProcess

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True:
    time.sleep(60)
"""
TALKATIVE = "import sys; print('one'); print('ready: two'); print('three', file=sys.stderr); sys.exit(3)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_output_and_exit_status_of_the_command_come_through() -> None:
    async with aclosing(await ChildProcess.start("talker", python(TALKATIVE), patience=1)) as child:
        assert await child.wait_for_line("ready:") == "ready: two"
        assert await child.exited == 3
        assert set(child.tail) == {"one", "ready: two", "three"}


async def test_a_line_that_never_comes_is_given_up_when_the_command_has_ended() -> None:
    async with aclosing(await ChildProcess.start("talker", python("print('no')"), patience=1)) as child:
        assert await child.wait_for_line("ready:") is None
        assert child.last_words == "no"


async def test_a_line_is_found_among_many() -> None:
    code = "print('ready: now'); [print(n) for n in range(10_000)]"
    async with aclosing(await ChildProcess.start("talker", python(code), patience=1)) as child:
        assert await child.wait_for_line("ready:") == "ready: now"
        assert await child.exited == 0
        assert child.last_words == "9999"


async def test_a_command_that_ignores_requests_is_killed() -> None:
    async with aclosing(await ChildProcess.start("stubborn", python(STUBBORN), patience=0.1)) as child:
        assert await child.wait_for_line("up")
        await child.aclose()
        assert await child.exited == 128 + signal.SIGKILL


@pytest.mark.blocks_loop(reason="it watches processes from outside, without a loop")
def test_a_command_ends_when_whoever_holds_the_leash_is_killed() -> None:
    tell = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    leash = [sys.executable, "-I", str(LEASH), "0.1", *python(tell)]
    holder_code = f"import subprocess, time; p = subprocess.Popen({leash!r}, stdin=subprocess.PIPE); time.sleep(600)"
    with subprocess.Popen(python(holder_code), stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        holder.kill()
        # The pipe of the command's output closes when the last process that holds it is gone.
        assert holder.stdout.read() == b""
    assert gone(pid)


async def test_a_line_that_is_too_long_does_not_end_the_reading() -> None:
    code = "print('x' * (3 << 20)); print('ready: now')"
    async with aclosing(await ChildProcess.start("talker", python(code), patience=1)) as child:
        assert await child.wait_for_line("ready:") == "ready: now"
        assert await child.exited == 0

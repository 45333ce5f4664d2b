"""A process that ends while livekit's native library is in Python ends with its own status, not with an abort."""

import subprocess
import sys

import pytest

ELSEWHERE = """
import threading, time

inside = threading.Event()

def slow(record):
    inside.set()
    time.sleep(0.1)

class Late:
    def __del__(self, sleep=time.sleep):
        sleep(0.6)
"""
PROCESS = f"""
import logging, sys, types

exec(sys.argv[1])
from livekit import rtc

elsewhere = types.ModuleType("elsewhere")
exec({ELSEWHERE!r}, elsewhere.__dict__)
logging.getLogger("livekit").setLevel(logging.DEBUG)
logging.getLogger("livekit").addFilter(elsewhere.slow)
late = elsewhere.Late()
native = rtc.AudioResampler(8000, 16000)
elsewhere.inside.wait()
"""
"""Ends within a callback: the library logs its start, and a filter keeps that line for 0.1 s. Taking the interpreter
down takes 0.6 s, so that the callback would come back in the middle of that."""


@pytest.mark.parametrize(
    "before",
    [
        "from callagent.concurrency import wait_for_native_callbacks_at_exit as wait; wait(); wait()",
        "from callagent.cli.main import main; main(['doctor', '--help'], standalone_mode=False)",
        "import pytest, os; pytest.main(['-q', '--co', '-p', 'no:cacheprovider', os.devnull])",
    ],
    ids=["by itself", "the command", "pytest"],
)
def test_what_is_in_a_native_callback_ends_first(before: str) -> None:
    assert run(before) == 0


def test_without_it_the_process_aborts() -> None:
    assert run("pass") == -6


def run(before: str) -> int:
    process = subprocess.run(
        [sys.executable, "-c", PROCESS, before],
        env={"LIVEKIT_RTC_DEBUG": "1", "RUST_BACKTRACE": "0", "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return process.returncode

"""What is loaded once for all calls of a worker, and that it works in the processes that are forked after it."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.providers.local.factories import load_silero
from callagent.worker.process.before_fork import VARIABLE, load, needs_of
from tests.support.virtual_call import a_profile

IN_A_FORK = """
import asyncio, json, os
from livekit import rtc

def threads():
    return len(os.listdir("/proc/self/task"))

import callagent.providers.local.factories as factories
before = threads()
from callagent.worker.process import before_fork
started = threads() - before
found = factories.load_silero.cache_info().currsize
if (child := os.fork()) == 0:
    from callagent.profile import VadSettings
    async def listen():
        settings = json.loads(os.environ[before_fork.VARIABLE])["vad"]
        stream = factories.load_silero(VadSettings.model_validate(settings)).stream()
        stream.push_frame(rtc.AudioFrame(bytes(2 * 8000), 8000, 1, 8000))
        stream.end_input()
        return len([event async for event in stream])
    events = asyncio.run(listen())
    once = factories.load_silero.cache_info().currsize == 1
    os._exit(0 if events > 20 and once else 3)
print(json.dumps([started, found, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]))
"""


def test_what_the_default_profile_needs_is_told_in_a_variable() -> None:
    needs = json.loads(needs_of(a_profile()))
    assert needs["region"] == "US"
    assert needs["vad"]["sample_rate"] == 8000
    own: Any = SimpleNamespace(language="de-DE", providers=SimpleNamespace(vad=SimpleNamespace(use="own:Detector")))
    own.vad = a_profile().vad
    assert json.loads(needs_of(own)) == {"region": "DE", "vad": None}


@pytest.mark.local_models
@pytest.mark.timeout(300)
def test_the_detector_is_loaded_without_threads_and_works_after_a_fork() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IN_A_FORK],
        env={VARIABLE: needs_of(a_profile())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [0, 1, 0]


def test_a_call_gets_the_detector_that_was_loaded() -> None:
    profile = a_profile()
    load(needs_of(profile))
    before = load_silero.cache_info().misses
    load_silero(profile.vad)
    assert load_silero.cache_info().misses == before

"""From the job of a call to a recording that is where it is to be kept."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callagent.audio import read_recording
from callagent.journal import RecordingEnded, RecordingStarted
from callagent.recording import Destination
from callagent.recording.recording_delivery import waiting
from callagent.worker import WorkerConfig
from callagent.worker.call.call_recorder import record_call
from callagent.worker.kept_calls import delivered_recordings
from callagent.worker.metrics.call_figures import CallFigures
from tests.support.livekit_peer import KEY, SECRET
from tests.support.virtual_call import VirtualCall, a_profile


def config_of(tmp_path: Path) -> WorkerConfig:
    return WorkerConfig("http://127.0.0.1:9", KEY, SECRET, max_calls=1, recordings=Destination(str(tmp_path / "kept")))


@pytest.mark.parametrize(("form", "ending"), [("opus", "ogg"), ("wav", "wav")])
async def test_a_call_is_recorded_and_brought_to_its_place(tmp_path: Path, form: str, ending: str) -> None:
    profile = a_profile(greeting="", recording={"mode": "on", "format": form, "sample_rate": 8000})
    async with delivered_recordings(config_of(tmp_path)) as config:
        call = VirtualCall(profile)
        recording = record_call(config, call.call, call.record, profile.recording, at_once=True)
        assert recording is not None
        async with call:
            await asyncio.sleep(0.5)
        await recording.whole()
        started, ended = call.record.log.last(RecordingStarted), call.record.log.last(RecordingEnded)
        assert started is not None and ended is not None
        assert started.location.endswith(f"/a_call-{started.location.rpartition('-')[2]}")
    assert waiting(config.recordings_spool) == []
    kept = Path(started.location)
    assert kept.is_relative_to(tmp_path / "kept") and kept.suffix == f".{ending}"
    caller, _ = await asyncio.to_thread(read_recording, kept)
    assert caller.size / 8000 == pytest.approx(ended.seconds, abs=0.05)
    assert CallFigures.of(call.record).recording == "whole"


async def test_where_nothing_is_to_be_kept_nothing_is_made(tmp_path: Path) -> None:
    call: Any = None
    off = a_profile().recording
    assert record_call(config_of(tmp_path), call, call, off, at_once=True) is None
    on = a_profile(recording="on").recording
    assert record_call(replace(config_of(tmp_path), recordings=None), call, call, on, at_once=True) is None


async def test_a_worker_without_a_place_for_recordings_delivers_none(tmp_path: Path) -> None:
    asked = replace(config_of(tmp_path), recordings=None)
    async with delivered_recordings(asked) as config:
        assert config is asked

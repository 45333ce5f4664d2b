"""Scripted calls over a real livekit-server to a real worker."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

import pytest

from callagent.audio import SAMPLE_RATE, level_dbfs, read_stereo
from callagent.journal import Trouble
from callagent.scripted_calls import CallPlan, Watcher, load_call
from callagent.scripted_calls.levels.room import RoomLevel
from callagent.scripted_calls.levels.room.room_call import RoomStage
from callagent.scripted_calls.run.call_runner import FinishedCall, make_call
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.servers.livekit_server import BINARY_VARIABLE, LiveKitServer, find_binary
from callagent.worker import Connection
from tests.support.livekit_server import RunningWorker
from tests.support.patience import patient
from tests.support.scripted import failed

SHIPPED = Path(__file__).parents[4] / "configs" / "calls"
STOP_AND_GOODBYE = Path(__file__).with_name("stop-and-goodbye.yaml")
SOUNDS = Path(__file__).with_name("sounds.yaml")
PAIRS = [
    (SHIPPED / "booking.yaml", SHIPPED / "soft-acks.yaml"),
    (STOP_AND_GOODBYE, SHIPPED / "dtmf-menu.yaml"),
    (SHIPPED / "agent-hangs-up.yaml", SHIPPED / "hang-up-mid-sentence.yaml"),
]
"""Calls about as long as each other, made side by side: as many as the worker takes."""


class SharedWorker(RoomLevel):
    """The level on a worker that is there already."""

    name: LevelName = "room"

    def __init__(self, worker: RunningWorker) -> None:
        super().__init__(server=worker.server)
        self._worker = worker

    def stage(self, plan: CallPlan) -> Stage:
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        worker = self._worker
        return RoomStage(plan, worker.server, worker.agent_name, broken=never, records=worker.records)


async def made(worker: RunningWorker, paths: Sequence[Path], directory: Path) -> list[FinishedCall]:
    """The calls of the scripts, made side by side, each as it should be; their recordings are in the directory."""
    level, over = SharedWorker(worker), dict[int, FinishedCall]()
    runs = [patient(load_call(path)) for path in paths]
    await asyncio.gather(
        *(make_call(level, run, Watcher(), partial(over.__setitem__, index)) for index, run in enumerate(runs))
    )
    for index, path in enumerate(paths):
        assert failed(over[index].result) == [], "\n".join(map(str, over[index].result.log))
        recording = directory / f"{path.stem}.wav"
        assert await asyncio.to_thread(over[index].stage.save_recording, recording)
        assert recording.stat().st_size > 44
    return [over[index] for index in range(len(paths))]


@pytest.mark.room
@pytest.mark.local_models
@pytest.mark.timeout(300)
@pytest.mark.parametrize("paths", PAIRS, ids=lambda paths: " and ".join(path.stem for path in paths))
async def test_scripted_calls_pass_in_a_room(
    speaking_worker: RunningWorker, paths: tuple[Path, ...], tmp_path: Path
) -> None:
    assert len(await made(speaking_worker, paths, tmp_path)) == len(paths)


@pytest.mark.room
@pytest.mark.local_models
@pytest.mark.timeout(300)
async def test_sounds_behind_the_agent_are_on_the_line_and_nobodys_speech(
    speaking_worker: RunningWorker, tmp_path: Path
) -> None:
    finished, _ = await made(speaking_worker, (SOUNDS, SHIPPED / "hang-up-in-silence.yaml"), tmp_path)
    _, heard = await asyncio.to_thread(read_stereo, tmp_path / "sounds.wav")
    caller = finished.stage.timeline.caller[0]
    began, ended = caller.start - 0.8, caller.start
    assert not any(span.start < ended and began < span.end for span in finished.stage.timeline.agent)
    assert level_dbfs(heard[round(began * SAMPLE_RATE) : round(ended * SAMPLE_RATE)]) > -50


@pytest.mark.room
@pytest.mark.local_models
async def test_a_server_that_dies_in_the_middle_of_a_call_fails_it_with_the_cause(livekit: Connection) -> None:
    async with aclosing(await LiveKitServer.start()) as server:
        broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        server.process.exited.add_done_callback(lambda _: broken.set_result("livekit-server ended"))
        async with aclosing(
            RoomStage(patient(load_call(STOP_AND_GOODBYE)).plan, server.connection, "nobody", broken=broken)
        ) as stage:
            await stage.start()
            await server.aclose()
            ended = await asyncio.wait_for(stage.log.wait_for(lambda: stage.log.ended), 20)
            assert ended is not None and ended.reason == "error"
            assert stage.log.of(Trouble)


async def test_without_a_server_the_level_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BINARY_VARIABLE, "/nowhere/livekit-server")
    with pytest.raises(LevelUnavailable, match="level room needs livekit-server"):
        await LiveKitServer.start()


def test_a_binary_is_found_by_its_variable_or_on_the_path(tmp_path: Path) -> None:
    binary = tmp_path / "livekit-server"
    binary.touch(mode=0o755)
    assert find_binary({BINARY_VARIABLE: str(binary)}) == str(binary)
    assert find_binary({"PATH": str(tmp_path)}) == str(binary)
    assert find_binary({BINARY_VARIABLE: "/nowhere/livekit-server", "PATH": str(tmp_path)}) is None


async def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    binary = tmp_path / "livekit-server"
    binary.write_text("#!/bin/sh\necho 'cannot bind' >&2\nexit 1\n")
    binary.chmod(0o755)
    with pytest.raises(LevelUnavailable, match="livekit-server did not start: cannot bind"):
        await LiveKitServer.start(str(binary))

"""A process makes itself ready for calls; and how a call ends to which nobody comes, or that cannot be made."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.providers.fallback_chain import share_breakers
from callagent.worker import WorkerConfig
from callagent.worker.call.entrypoint import answer, prepare
from callagent.worker.process.prompt_cache import let_greet
from tests.support.livekit_peer import KEY, SECRET
from tests.support.loopback import LOOPBACK
from tests.support.virtual import virtually
from tests.support.voice_server import voice_server

NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""


class Job:
    """The job of a call whose room is there, and nobody in it.

    Args:
        metadata: of the dispatch.
        connecting: what is raised when the room is joined.
    """

    def __init__(self, metadata: str = "", connecting: BaseException | None = None) -> None:
        self.job = SimpleNamespace(id="AJ_1", room=SimpleNamespace(name="call-1"), metadata=metadata)
        self.reasons: list[str] = []
        self._connecting = connecting
        self._callbacks: list[Callable[[str], Awaitable[None]]] = []

    def add_shutdown_callback(self, callback: Callable[[str], Awaitable[None]]) -> None:
        self._callbacks.append(callback)

    def shutdown(self, reason: str) -> None:
        self.reasons.append(reason)

    async def connect(self) -> None:
        if self._connecting is not None:
            raise self._connecting

    async def wait_for_participant(self, *, kind: object) -> None:
        await asyncio.Event().wait()

    async def ends(self) -> None:
        for callback in self._callbacks:
            await callback(self.reasons[-1])


def answered(job: Job, config: WorkerConfig) -> float:
    """The seconds after which the call was over, its last steps left out."""

    async def body() -> float:
        await answer(config, job)  # type: ignore[arg-type]  # all that it looks at
        seconds = asyncio.get_running_loop().time()
        await job.ends()
        return seconds

    return virtually(body)


@pytest.fixture
def config(tmp_path: Path) -> WorkerConfig:
    records = tmp_path / "records"
    records.mkdir()
    return WorkerConfig(NOBODY, KEY, SECRET, max_calls=1, records=records, sounds=tmp_path)


def test_nobody_is_waited_for_longer_than_half_a_minute(config: WorkerConfig) -> None:
    job = Job()
    assert answered(job, config) == pytest.approx(30.0, abs=0.1)
    assert job.reasons == ["no caller came"]


@pytest.mark.parametrize(
    ("job", "told"),
    [
        (Job(metadata='{"dial": 7}'), "the dispatch asks for a call that cannot be made: dial: "),
        (Job(connecting=RuntimeError("no way in")), "RuntimeError: no way in"),
        (Job(connecting=SystemExit(3)), "SystemExit: 3"),
    ],
    ids=["an order that is none", "a room that cannot be joined", "a tool that ends the program"],
)
def test_a_call_that_cannot_be_answered_has_failed_and_says_why(config: WorkerConfig, job: Job, told: str) -> None:
    answered(job, config)
    assert job.reasons == ["error"]
    assert config.records is not None
    (record,) = config.records.glob("*.json")
    assert told in record.read_text(encoding="utf-8")


def test_while_a_call_is_answered_other_processes_wait(config: WorkerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    answered(Job(metadata='{"dial": 7}'), config)
    monkeypatch.setattr("time.sleep", pauses.append)
    let_greet(config.sounds)
    assert pauses != []


@pytest.mark.blocks_loop(reason="a process that makes itself ready has no call yet")
def test_a_process_that_is_ready_has_its_profile_its_phrases_and_its_slot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
    for name in server:
        monkeypatch.setenv(name, "another one's")
    with voice_server() as (port, asked):
        away = f"{{use: openai, base_url: 'http://{LOOPBACK}:{port}', api_key: x, response_format: wav}}"
        plain = f"{{use: openai, base_url: 'http://{LOOPBACK}:{port}', api_key: x}}"
        text = f"extends: en-US\nname: shop\nproviders: {{stt: {plain}, llm: {plain}, tts: {away}}}\n"
        text += "outage: {filler_after: null}\n"
        (tmp_path / "shop.yaml").write_text(text)
        config = WorkerConfig(NOBODY, KEY, SECRET, max_calls=1, profile=str(tmp_path / "shop.yaml"), sounds=tmp_path)
        process: Any = SimpleNamespace(userdata={})
        prepare(config, process)
    shelf = process.userdata["shelf"]
    assert shelf.default.profile.name == "shop"
    assert shelf.default.profile.greeting in shelf.default.sounds
    share_breakers(None)
    assert len(asked) == 3  # the greeting, the apology, and what is said where nothing was heard
    assert len(list(tmp_path.glob("slot-*"))) == 1
    assert [os.environ[name] for name in server] == [NOBODY, KEY, SECRET]

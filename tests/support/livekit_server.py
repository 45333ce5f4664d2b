"""One real livekit-server for all the tests of a session, a worker that needs no models and one that has them, and
callers for them.

Import the fixtures that a `conftest.py` wants; however often they are imported, the session has one of each.
"""

import asyncio
import json
import os
import secrets
import signal
import string
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from livekit import api, rtc

from callagent.agent.dtmf.keys import dtmf_code
from callagent.records import CallRow, RecordStore
from callagent.scripted_calls.levels.room.room_level import start_worker
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import HOW_TO_GET_IT, LiveKitServer, find_binary
from callagent.worker import Connection
from tests.support.background import Background, background
from tests.support.quiet_providers import write_quiet_default
from tests.support.sabotage import SABOTAGES

_BACKGROUND = pytest.StashKey[Background]()
_SERVER = pytest.StashKey[Connection]()
SOON_S = 60
"""Seconds; how long anything may take on a busy machine."""

_WORKER = pytest.StashKey["RunningWorker"]()
_SPEAKING_WORKER = pytest.StashKey["RunningWorker"]()


@dataclass(frozen=True)
class RunningWorker:
    """A `callagent serve --dev` that is registered under a name of its own."""

    server: Connection
    agent_name: str
    process: ChildProcess
    pid: int
    records: Path
    database: Path

    def kill_all(self) -> None:
        """What a machine that loses its power does to a worker."""
        for pid in family(self.pid):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def own_loop(pytestconfig: pytest.Config) -> Background:
    if _BACKGROUND not in pytestconfig.stash:
        stack = ExitStack()
        pytestconfig.stash[_BACKGROUND] = stack.enter_context(background())
        pytestconfig.add_cleanup(stack.close)
    return pytestconfig.stash[_BACKGROUND]


@pytest.fixture(scope="session")
def livekit(pytestconfig: pytest.Config, own_loop: Background) -> Connection:
    if find_binary() is None:
        pytest.skip(HOW_TO_GET_IT)
    if _SERVER not in pytestconfig.stash:
        server = own_loop.run(LiveKitServer.start())
        pytestconfig.add_cleanup(lambda: own_loop.run(server.aclose()))
        pytestconfig.stash[_SERVER] = server.connection
    return pytestconfig.stash[_SERVER]


@pytest.fixture(scope="session")
def worker(
    pytestconfig: pytest.Config, own_loop: Background, livekit: Connection, tmp_path_factory: pytest.TempPathFactory
) -> RunningWorker:
    """A worker that hears nothing and speaks in beeps."""
    return only_one(pytestconfig, own_loop, _WORKER, lambda: run_worker(livekit, tmp_path_factory.mktemp("worker")))


@pytest.fixture(scope="session")
def speaking_worker(
    pytestconfig: pytest.Config, own_loop: Background, livekit: Connection, tmp_path_factory: pytest.TempPathFactory
) -> RunningWorker:
    """A worker with the local speech models, which knows an author's own agents besides."""
    return only_one(
        pytestconfig,
        own_loop,
        _SPEAKING_WORKER,
        lambda: speaking_one(livekit, tmp_path_factory.mktemp("speaking-worker")),
    )


def only_one(
    config: pytest.Config,
    loop: Background,
    key: pytest.StashKey[RunningWorker],
    start: Callable[[], Coroutine[Any, Any, RunningWorker]],
) -> RunningWorker:
    """The session's worker under that key, which is started for the first who wants it, and ends with the session."""
    if key not in config.stash:
        running = config.stash[key] = loop.run(start())
        config.add_cleanup(lambda: loop.run(running.process.aclose()))
    return config.stash[key]


async def speaking_one(server: Connection, directory: Path) -> RunningWorker:
    return await run_worker(server, directory, "--profile-file", str(OWN_AGENTS), quiet=False)


async def run_worker(
    server: Connection, directory: Path, *options: str, agent_name: str = "", quiet: bool = True
) -> RunningWorker:
    """A worker with a directory of records, and profiles of the directory besides the shipped ones.

    Its default profile is the shipped one; where it is `quiet`, with providers that load no models.
    """
    agent_name = agent_name or f"test-{secrets.token_hex(4)}"
    configs, records = directory / "configs", directory / "records"
    write_profiles(configs / "profiles")
    if quiet:
        write_quiet_default(configs / "profiles")
    env = {"CALLAGENT_CONFIGS": str(configs)}
    database = directory / "records.db"
    options = ("--records", str(records), "--database", str(database), *options)
    process = await start_worker(server, agent_name, *options, env=env)
    return RunningWorker(server, agent_name, process, child_of(process.pid), records, database)


OWN_AGENTS = Path(__file__).parents[1] / "scripted_calls" / "levels" / "own_agents" / "corner-shop.yaml"
PROFILES = {
    "broken": "tools: {explode: {description: Cannot be loaded., run: 'no_such_package:explode'}}",
    **{
        name: f"tools: {{{name}: {{description: Breaks something., run: 'tests.support.sabotage:{name}'}}}}"
        for name in SABOTAGES
    },
    "failing": "greeting: Hello.\nproviders: {llm: {use: openai, base_url: 'http://127.0.0.1:9/v1', api_key: none}}",
    "impatient": "greeting: Hello.\nflow: {idle: 3 s, idle_questions: 1}\n"
    "phrases: {still_there: Still there?, nobody_there: Bye.}",
}


def write_profiles(directory: Path) -> None:
    directory.mkdir(parents=True)
    for name, text in PROFILES.items():
        (directory / f"{name}.yaml").write_text(f"extends: en-US\n{text}\n")


async def record_of(worker: RunningWorker, room: str) -> dict[str, Any]:
    """The record of the call in that room, once it has been written."""
    return await record_where(worker, lambda record: record["room"] == room)


async def record_where(worker: RunningWorker, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The record that meets the condition, once it has been written."""
    async with asyncio.timeout(SOON_S):
        while True:
            for path in worker.records.glob("*.json"):
                record: dict[str, Any] = json.loads(await asyncio.to_thread(path.read_text, encoding="utf-8"))
                if condition(record):
                    return record
            await asyncio.sleep(0.05)


async def kept_call(worker: RunningWorker, room: str) -> CallRow:
    """The call in that room as the database has it, once it is over there."""

    def look() -> CallRow | None:
        with closing(RecordStore(str(worker.database))) as store:
            return next((call for call in store.find(limit=None) if call.room == room and call.state != "live"), None)

    async with asyncio.timeout(SOON_S):
        while True:
            if (call := await asyncio.to_thread(look)) is not None:
                return call
            await asyncio.sleep(0.05)


async def line_of(worker: RunningWorker, part: str) -> str:
    """The newest line of the worker's output with these words."""
    while True:
        for line in reversed(tuple(worker.process.tail)):
            if part in line:
                return line
        await asyncio.sleep(0.05)


def family(pid: int) -> list[int]:
    """A process and all that it has started, children first; any thread of a process may have started one."""
    lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [*(each for text in lists for child in text.split() for each in family(int(child))), pid]


def child_of(pid: int) -> int:
    """Process id of the only child of a process."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


class Caller:
    """A participant with a microphone, as a SIP gateway makes one, that notices what becomes of the call."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.agent = asyncio.Event()
        self.audible = asyncio.Event()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._listening: list[asyncio.Task[None]] = []
        room.on("participant_connected", lambda _: self.agent.set())
        room.on("track_subscribed", self._subscribed)
        room.on("disconnected", self._disconnected)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.room.local_participant.publish_dtmf(code=dtmf_code(key), digit=key)

    async def aclose(self) -> None:
        await self.room.disconnect()
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        self._listening.append(asyncio.create_task(self._listen(track), name="test caller"))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=8000, num_channels=1)
        try:
            async for event in stream:
                if max(event.frame.data, default=0) > 1000:
                    self.audible.set()
        finally:
            await stream.aclose()

    def _disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        if not self.ended.done():
            self.ended.set_result(rtc.DisconnectReason.Name(reason))


@asynccontextmanager
async def phone_call(
    worker: RunningWorker, metadata: str = "", *, kind: api.AccessToken.ParticipantKind = "sip", room: str | None = None
) -> AsyncIterator[Caller]:
    """A caller in a room of their own that the worker's agent is dispatched to."""
    async with call_for(worker.server, worker.agent_name, metadata, kind=kind, room=room) as caller:
        yield caller


@asynccontextmanager
async def call_for(
    server: Connection,
    agent_name: str,
    metadata: str = "",
    *,
    kind: api.AccessToken.ParticipantKind = "sip",
    room: str | None = None,
    identity: str = "sip_+12025550123",
) -> AsyncIterator[Caller]:
    """A caller in a room of their own that an agent of that name is dispatched to, whether there is one or not."""
    dispatch = api.RoomAgentDispatch(agent_name=agent_name, metadata=metadata)
    token = (
        api.AccessToken(server.api_key, server.api_secret)
        .with_identity(identity)
        .with_kind(kind)
        .with_grants(api.VideoGrants(room_join=True, room=room or new_room()))
        .with_room_config(api.RoomConfiguration(agents=[dispatch]))
        .with_attributes({"sip.callStatus": "active", "sip.phoneNumber": "+12025550123"})
    )
    caller = Caller(rtc.Room())
    try:
        await caller.room.connect(server.url, token.to_jwt())
        microphone = rtc.LocalAudioTrack.create_audio_track("phone", rtc.AudioSource(8000, 1))
        await caller.room.local_participant.publish_track(
            microphone, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )
        yield caller
    finally:
        await caller.aclose()


def new_room() -> str:
    """A name without digits: a log masks what could be a telephone number."""
    return f"test-{''.join(secrets.choice(string.ascii_lowercase) for _ in range(12))}"

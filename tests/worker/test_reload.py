"""`callagent dev`: a change holds for the next call, a broken one for none; a call in progress goes on as it began."""

import asyncio
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from livekit import rtc

from callagent.profile import load_profile, load_targets
from callagent.profile.source_snapshot import Snapshot, put_in_force
from callagent.scripted_calls.levels.room.room_level import start_worker
from callagent.worker import EVENTS_TOPIC, Connection, WorkerConfig
from callagent.worker.process.shared_sources import share, snapshot_of, take_latest
from callagent.worker.process.source_check import Looked, looked_at
from callagent.worker.reload import Reloaded, SourceWatch, stamps_of
from tests.support.livekit_server import Caller, call_for
from tests.support.quiet_providers import PROVIDERS, put_beside

SOON_S = 180
"""Seconds; how long anything may take on a busy machine."""

PROFILE = f"""
extends: locales/en-US
{PROVIDERS}agent: shop:Shop
tools: {{which: {{description: Tell the version., run: "shop:which"}}}}
replies: [{{when: "1", call: which}}]
otherwise: Pardon me?
flow: {{idle: 10 min}}
"""
SHOP = """
from livekit.agents import Agent
from words import VERSION

class Shop(Agent):
    def __init__(self):
        super().__init__(instructions="")

    async def on_enter(self):
        self.session.say(f"This is {VERSION}.")

def which():
    return f"I am {VERSION}."
"""


def write(directory: Path, name: str, text: str) -> None:
    """Write a file as an editor does, with another time than before."""
    file = directory / name
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text, encoding="utf-8")
    after = max(file.stat().st_mtime_ns, before + 10_000_000)
    os.utime(file, ns=(after, after))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in (("shop.yaml", PROFILE), ("shop.py", SHOP), ("words.py", 'VERSION = "one"\n')):
        write(tmp_path, name, text)
    put_beside(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_is_left_in_force() -> Iterator[None]:
    yield
    put_in_force(Snapshot())


def which(shop: Path) -> str:
    targets = load_targets(load_profile(shop / "shop.yaml", env={}))
    said: str = targets["which"]()  # type: ignore[operator]  # it is the function
    return said


def test_what_is_shared_is_read_whatever_the_files_have_become(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("shared")
    assert not take_latest(directory)
    assert which(shop) == "I am one."
    share(snapshot_of([str(shop / "shop.yaml")]), directory)
    for name in ("shop.yaml", "shop.py", "words.py"):
        (shop / name).unlink()
    assert take_latest(directory)
    assert not take_latest(directory)
    assert which(shop) == "I am one."


def test_another_version_replaces_modules_that_import_each_other(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("shared")
    assert which(shop) == "I am one."
    write(shop, "words.py", 'VERSION = "two"\n')
    assert which(shop) == "I am one."
    share(snapshot_of([str(shop / "shop.yaml")]), directory)
    take_latest(directory)
    assert which(shop) == "I am two."


BROKEN = [
    ("shop.py", "def which(:\n", "shop.py:1"),
    ("words.py", "\n\nraise RuntimeError('no words')\n", "words.py:3"),
    ("words.py", "VERSON = 1\n", "VERSION"),
    ("shop.yaml", f"{PROFILE}greting: Hi.\n", "shop.yaml:9: greting: unknown key"),
    ("shop.yaml", "extends: nobody\n", "shop.yaml:1: extends: unknown profile 'nobody'"),
    ("words.py", "raise SystemExit(3)\n", "words.py:1"),
]


@pytest.mark.parametrize(("name", "text", "problem"), BROKEN)
def test_what_cannot_be_used_is_one_line_with_its_place(shop: Path, name: str, text: str, problem: str) -> None:
    write(shop, name, text)
    (told,) = looked_at([str(shop / "shop.yaml")], [])["problems"]
    assert problem in told and "\n" not in told


def test_files_beside_those_in_use_are_watched(shop: Path) -> None:
    used = [shop / "shop.yaml"]
    before = stamps_of(used)
    assert {path.name for path in before} == {"shop.yaml", "shop.py", "words.py", "quiet_providers.py"}
    write(shop, "more.py", "")
    (shop / "notes.txt").write_text("no")
    assert {path.name for path in stamps_of(used)} - {path.name for path in before} == {"more.py"}
    (shop / "shop.yaml").unlink()
    assert stamps_of(used)[shop / "shop.yaml"] is None


class Watched(SourceWatch):
    """A watch that looks when the test says so."""

    def __init__(self, shop: Path, directory: Path) -> None:
        self.changes: asyncio.Queue[Reloaded] = asyncio.Queue()
        config = WorkerConfig("ws://127.0.0.1:9", "key", "s" * 32, 1, profile=str(shop / "shop.yaml"), reload=True)
        super().__init__(config, directory, self.changes.put_nowait)


@pytest.mark.blocks_loop(reason="looks at small files")
async def test_changes_are_told_one_by_one_and_a_broken_one_is_not_shared(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look(profiles: Sequence[str], sets: Sequence[str]) -> Looked:
        put_in_force(Snapshot())
        told = looked_at(profiles, sets)
        return Looked(snapshot_of(profiles) if "files" in told else Snapshot(), tuple(told.get("problems", ())))

    monkeypatch.setattr("callagent.worker.reload.look", look)
    monkeypatch.setattr("callagent.worker.reload.POLL_S", 0.01)
    looked_at([str(shop / "shop.yaml")], [])
    watch = Watched(shop, tmp_path_factory.mktemp("shared"))
    await watch.begin()
    running = asyncio.create_task(watch.run(), name="watch")

    async def told() -> Reloaded:
        return await asyncio.wait_for(watch.changes.get(), SOON_S)

    try:
        await asyncio.sleep(0.05)
        write(shop, "words.py", 'VERSION = "two"\n')
        assert await told() == Reloaded((shop / "words.py",))
        write(shop, "words.py", "VERSION = (\n")
        (problem,) = (await told()).problems
        assert "words.py:1" in problem
        write(shop, "words.py", 'VERSION = "two"\n')
        assert await told() == Reloaded()
    finally:
        running.cancel()
        await asyncio.wait([running])


class Words:
    """What the agent of a call says, turn by turn."""

    def __init__(self) -> None:
        self._turns: asyncio.Queue[str] = asyncio.Queue()

    def received(self, packet: rtc.DataPacket) -> None:
        event = json.loads(packet.data) if packet.topic == EVENTS_TOPIC else {}
        if event.get("type") == "turn" and event["role"] == "assistant":
            self._turns.put_nowait(event["text"])

    async def told(self) -> str:
        return await asyncio.wait_for(self._turns.get(), SOON_S)


def words_of(caller: Caller) -> Words:
    words = Words()
    caller.room.on("data_received", words.received)
    return words


@pytest.mark.room
@pytest.mark.any_speed
@pytest.mark.timeout(600)
async def test_a_worker_takes_changes_between_calls_and_never_within_one(livekit: Connection, shop: Path) -> None:
    name = f"test-{secrets.token_hex(4)}"
    options = ("--profile", str(shop / "shop.yaml"), "--database", str(shop / "records.db"))
    async with aclosing(await start_worker(livekit, name, *options, command=("dev",))) as process:

        async def greeted(version: str) -> None:
            async with call_for(livekit, name) as caller:
                assert await words_of(caller).told() == f"This is {version}."

        async def line(words: str, times: int = 1) -> None:
            async with asyncio.timeout(SOON_S):
                while True:
                    if sum(words in each for each in process.tail) >= times:
                        return
                    await asyncio.sleep(0.1)

        async with call_for(livekit, name) as caller:
            words = words_of(caller)
            assert await words.told() == "This is one."
            write(shop, "words.py", 'VERSION = "two"\n')
            await line("for the next call: ")
            await caller.press("1")
            assert await words.told() == "I am one."
        await greeted("two")
        write(shop, "words.py", "\nVERSION = (\n")
        await line("words.py:2")
        for _ in range(3):  # more calls than there are processes ready
            await greeted("two")
        write(shop, "words.py", 'VERSION = "three"\n')
        await line("for the next call: ", 2)
        await greeted("three")

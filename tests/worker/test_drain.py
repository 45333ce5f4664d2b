"""Calls that go on when a worker has to stop: who is told, who may tell, and how long they get."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc
from livekit.rtc import EventEmitter

from callagent.worker import WorkerConfig
from callagent.worker import drain as farewell
from callagent.worker.drain import TOPIC, bid_farewell, drain, drain_seconds, on_farewell
from callagent.worker.signals import Signals
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer, TwirpError
from tests.support.virtual import virtually

NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""


class Jobs:
    """Stands for the AgentServer: the calls in progress, and whether anybody has looked."""

    def __init__(self, *jobs: str) -> None:
        self.looked = asyncio.Event()
        self._jobs = [
            SimpleNamespace(job=SimpleNamespace(id=job, room=SimpleNamespace(name=f"room-{job}"))) for job in jobs
        ]

    @property
    def active_jobs(self) -> list[Any]:
        self.looked.set()
        return self._jobs

    def end(self) -> None:
        self._jobs.clear()

    async def drain(self, limit_s: int) -> None:
        """Wait for the calls to end, as the AgentServer does: it knows no limit of 0."""
        async with asyncio.timeout(limit_s or None):
            while self._jobs:  # noqa: ASYNC110 - it stands for one that polls
                await asyncio.sleep(0.25)


def told(peer: LiveKitPeer) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(asked.room, asked.topic, tuple(asked.destination_identities)) for asked in peer.asked("SendData")}


async def bids_farewell(peer: LiveKitPeer, jobs: Jobs) -> None:
    config = WorkerConfig(peer.url, KEY, SECRET, max_calls=2)
    async with asyncio.timeout(20):
        await bid_farewell(config, jobs)  # type: ignore[arg-type]  # all that it looks at


async def test_the_agent_of_every_call_is_told_in_its_room_and_nobody_else(peer: LiveKitPeer) -> None:
    jobs = Jobs("AJ_1", "AJ_2")

    async def end_when_told() -> None:
        await peer.has_been_asked("SendData", 2)
        jobs.end()

    async with asyncio.TaskGroup() as group:
        group.create_task(end_when_told(), name="test.end")
        group.create_task(bids_farewell(peer, jobs), name="test.farewell")
    assert told(peer) == {
        ("room-AJ_1", TOPIC, ("agent-AJ_1",)),
        ("room-AJ_2", TOPIC, ("agent-AJ_2",)),
    }


async def test_a_worker_without_calls_is_done_at_once(peer: LiveKitPeer) -> None:
    await bids_farewell(peer, Jobs())
    assert peer.requests == []


async def test_a_call_that_does_not_end_is_waited_for_no_longer_than_its_last_words_may_take(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(farewell, "GRACE_S", 0.05)
    await bids_farewell(peer, Jobs("AJ_1"))
    assert "calls did not end, hanging up" in caplog.messages


@pytest.mark.parametrize(("ends_at_s", "waited_s"), [(5.05, 5.1), (17.95, 18.0), (60.0, 18.0)])
def test_calls_get_the_time_for_their_last_words_and_for_hanging_up(ends_at_s: float, waited_s: float) -> None:
    async def body() -> float:
        jobs = Jobs("AJ_1")
        asyncio.get_running_loop().call_later(ends_at_s, jobs.end)
        await bid_farewell(WorkerConfig(NOBODY, KEY, SECRET, max_calls=2), jobs)  # type: ignore[arg-type]
        return asyncio.get_running_loop().time()

    assert virtually(body) == pytest.approx(waited_s, abs=0.02)


async def test_a_server_that_does_not_pass_it_on_ends_nothing(
    peer: LiveKitPeer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(farewell, "GRACE_S", 0.05)
    peer.failing["SendData"] = TwirpError(503, "unavailable", "restarting")
    await bids_farewell(peer, Jobs("AJ_1"))
    assert caplog.messages.count("agent not told") == 1 and "calls did not end, hanging up" in caplog.messages


@pytest.mark.parametrize(
    ("topic", "participant", "says"),
    [(TOPIC, None, 1), ("callagent.events", None, 0), (TOPIC, object(), 0)],
    ids=["the server", "something else of the server", "a participant"],
)
async def test_only_the_server_can_tell_an_agent_to_say_goodbye(topic: str, participant: Any, says: int) -> None:
    room: EventEmitter[str] = EventEmitter()
    said: list[bool] = []
    on_farewell(room, lambda: said.append(True))  # type: ignore[arg-type]  # all of a room that it needs
    kind = rtc.DataPacketKind.KIND_RELIABLE
    room.emit("data_received", rtc.DataPacket(data=b"", kind=kind, participant=participant, topic=topic))
    assert len(said) == says


def drained(drain_s: float, *, ends_at_s: float = 3600.0, stops_at_s: float = 3600.0) -> float:
    """How many seconds the drain of a worker with one call takes, which ends by itself or is stopped."""

    async def body() -> float:
        loop, jobs = asyncio.get_running_loop(), Jobs("AJ_1")
        signals = Signals(loop)
        loop.call_later(ends_at_s, jobs.end)
        loop.call_later(stops_at_s, signals.stop.set)
        config = WorkerConfig(NOBODY, KEY, SECRET, max_calls=2, drain=drain_s)
        await drain(config, jobs, signals)  # type: ignore[arg-type]  # all that it looks at
        return loop.time()

    return virtually(body)


@pytest.mark.parametrize(
    ("drain_s", "ends_at_s", "stops_at_s", "took_s", "late"),
    [
        (60.0, 20.0, 3600.0, 20.0, False),
        (60.0, 3600.0, 30.0, 30.0, False),
        (60.0, 70.0, 3600.0, 70.0, True),
        (60.0, 3600.0, 65.0, 65.0, True),
        (60.0, 3600.0, 3600.0, 78.0, True),
        (0.0, 3600.0, 3600.0, 19.0, True),
    ],
    ids=[
        "calls end",
        "a second signal",
        "calls end with last words",
        "a second signal during those",
        "calls do not end",
        "no time at all",
    ],
)
def test_a_drain_waits_for_the_calls_then_for_their_last_words_and_no_longer_than_a_second_signal(
    drain_s: float,
    ends_at_s: float,
    stops_at_s: float,
    took_s: float,
    late: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert drained(drain_s, ends_at_s=ends_at_s, stops_at_s=stops_at_s) == pytest.approx(took_s, abs=0.3)
    assert ("drain timed out" in caplog.messages) == late


@pytest.mark.parametrize(("drain_s", "seconds"), [(0.0, 1), (0.4, 1), (1.6, 2), (300.0, 300)])
def test_a_drain_is_told_in_whole_seconds_and_never_as_for_ever(drain_s: float, seconds: int) -> None:
    assert drain_seconds(WorkerConfig(NOBODY, KEY, SECRET, max_calls=2, drain=drain_s)) == seconds

"""What ends a call, what its record and its journal know of it then, and how long its last steps may take."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, CloseEvent, CloseReason, llm
from livekit.protocol.models import ParticipantInfo
from livekit.rtc import DisconnectReason, ParticipantKind

from callagent.agent import Ending
from callagent.agent.author import hooks
from callagent.livekit_api import CONSULTANT, LEFT
from callagent.telephony import CallContext
from callagent.worker import WorkerConfig
from callagent.worker.call import lifecycle
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.metrics.call_figures import CallFigures
from callagent.worker.metrics.figures_channel import counting
from tests.support.livekit_peer import KEY, SECRET, LiveKitPeer
from tests.support.virtual import virtually

ROOM, CALLER = "call-1", "sip_caller"
NOBODY = "http://127.0.0.1:9"
"""Where no server listens: hanging up is tried three times, which takes 1.5 s."""

SIP, AGENT = ParticipantKind.PARTICIPANT_KIND_SIP, ParticipantKind.PARTICIPANT_KIND_AGENT


class Room(rtc.EventEmitter[str]):
    def __init__(self, *there: str) -> None:
        super().__init__()
        self.remote_participants = dict.fromkeys(there)


def participant(
    identity: str, kind: "ParticipantKind.ValueType", why: "DisconnectReason.ValueType"
) -> rtc.RemoteParticipant:
    return SimpleNamespace(identity=identity, kind=kind, disconnect_reason=why)  # type: ignore[return-value]  # all of it


class Call:
    """The life of a call whose caller is there, and the room that it watches."""

    def __init__(self, url: str, *there: str, records: Path | None = None, shared: Path | None = None) -> None:
        self.room = Room(*(there or [CALLER]))
        self._callbacks: list[Callable[[str], Awaitable[None]]] = []
        job = SimpleNamespace(id="AJ_1", room=SimpleNamespace(name=ROOM))
        ctx: Any = SimpleNamespace(
            job=job, room=self.room, shutdown=lambda _: None, add_shutdown_callback=self._callbacks.append
        )
        config = WorkerConfig(url, KEY, SECRET, max_calls=1, records=records, sounds=shared)
        self.life = CallLife(config, ctx)
        self.life.watch(participant(CALLER, SIP, DisconnectReason.CLIENT_INITIATED))

    @property
    def reason(self) -> str | None:
        return self.life.record.reason

    async def ends(self, reason: str = "") -> None:
        """Of the job, and what that leaves to do; it ends for the reason of the call, unless there is another."""
        for callback in self._callbacks:
            await callback(reason or self.reason or "shutting down")

    def leaves(
        self,
        identity: str,
        kind: "ParticipantKind.ValueType" = SIP,
        why: "DisconnectReason.ValueType" = DisconnectReason.CLIENT_INITIATED,
    ) -> None:
        self.room.emit("participant_disconnected", participant(identity, kind, why))


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as server:
        server.open(ROOM)
        yield server


@pytest.mark.parametrize("identity", [CALLER, "human-agent-sip"])
async def test_a_call_that_was_handed_over_is_over_when_one_of_the_two_hangs_up(
    peer: LiveKitPeer, identity: str
) -> None:
    call = Call(peer.url)
    call.life.hand_over(True)
    gone = peer.rooms[ROOM].deleted
    call.leaves(identity)
    await gone.wait()
    await call.ends("transferred")
    assert call.reason == "transferred"


async def test_a_call_that_was_handed_over_goes_on_when_an_agent_of_ours_leaves(peer: LiveKitPeer) -> None:
    call = Call(peer.url)
    call.life.hand_over(True)
    call.leaves(CONSULTANT, AGENT)
    call.life.session_closed(CloseEvent(reason=CloseReason.USER_INITIATED))
    assert call.reason is None
    gone = peer.rooms[ROOM].deleted
    call.life.end("worker stopped")
    await gone.wait()
    await call.ends("worker stopped")


async def test_a_caller_who_has_hung_up_before_anybody_looked_has_hung_up(peer: LiveKitPeer) -> None:
    call = Call(peer.url, "somebody-else")
    assert call.reason == "caller hung up"
    await call.ends()


@pytest.mark.parametrize(
    ("identity", "kind", "why", "reason"),
    [
        (CALLER, SIP, DisconnectReason.CLIENT_INITIATED, "caller hung up"),
        (CALLER, SIP, DisconnectReason.SERVER_SHUTDOWN, "room closed"),
        (CALLER, SIP, DisconnectReason.STATE_MISMATCH, "room closed"),
        (CALLER, SIP, DisconnectReason.MIGRATION, "room closed"),
        ("other", SIP, DisconnectReason.CLIENT_INITIATED, None),
        ("other", AGENT, DisconnectReason.CLIENT_INITIATED, None),
    ],
)
async def test_who_leaves_and_why_tells_how_a_call_ended(
    peer: LiveKitPeer,
    identity: str,
    kind: "ParticipantKind.ValueType",
    why: "DisconnectReason.ValueType",
    reason: str | None,
) -> None:
    call = Call(peer.url)
    call.leaves(identity, kind, why)
    assert call.reason == reason
    await call.ends()


@pytest.mark.parametrize(
    ("back_for_s", "reason"), [(None, "room closed"), (2.9, "room closed"), (3.1, "caller hung up")]
)
def test_who_is_missing_when_a_lost_connection_comes_back_has_not_hung_up(
    back_for_s: float | None, reason: str
) -> None:
    async def body() -> str | None:
        call = Call(NOBODY)
        call.room.emit("reconnecting")
        if back_for_s is not None:
            call.room.emit("reconnected")
            await asyncio.sleep(back_for_s)
        call.leaves(CALLER)
        await call.ends()
        return call.reason

    assert virtually(body) == reason


NO_ROUTE = llm.LLMError(timestamp=0.0, label="test", error=APIConnectionError("no route"), recoverable=False)


@pytest.mark.parametrize(
    ("event", "ending", "told"),
    [
        (CloseEvent(reason=CloseReason.USER_INITIATED), Ending("silence"), ("agent hung up", "silence", None)),
        (
            CloseEvent(reason=CloseReason.USER_INITIATED),
            Ending("provider failure", "no voice"),
            ("error", "provider failure", "no voice"),
        ),
        (CloseEvent(reason=CloseReason.USER_INITIATED), None, ("agent hung up", None, None)),
        (CloseEvent(reason=CloseReason.PARTICIPANT_DISCONNECTED), None, ("caller hung up", None, None)),
        (CloseEvent(reason=CloseReason.ERROR, error=NO_ROUTE), None, ("error", None, "LLMError: no route")),
    ],
)
async def test_why_a_session_was_closed_tells_how_a_call_ended(
    peer: LiveKitPeer, event: CloseEvent, ending: Ending | None, told: tuple[str, str | None, str | None]
) -> None:
    call = Call(peer.url)
    call.life.session_closed(event, ending)
    record = call.life.record
    assert (record.reason, record.because, record.error) == told
    await call.ends()


async def test_what_made_the_worker_end_a_call_stays_whatever_the_agent_does_about_it(peer: LiveKitPeer) -> None:
    call = Call(peer.url)
    call.life.record.because = "worker stopped"
    call.life.session_closed(CloseEvent(reason=CloseReason.USER_INITIATED), Ending("silence"))
    assert call.life.record.because == "worker stopped"
    await call.ends()


async def test_the_record_has_what_is_known_of_the_other_side_and_nothing_empty(peer: LiveKitPeer) -> None:
    call = Call(peer.url)
    call.life.about(CallContext(identity=CALLER, number="+12025550123", trunk="ST_1"))
    record = call.life.record
    assert record.caller == {"identity": CALLER, "sip.phoneNumber": "+12025550123", "sip.trunkID": "ST_1"}
    assert record.context["own_number"] == ""
    await call.ends()


def journal_of(records: Path) -> list[dict[str, Any]]:
    (file,) = records.glob("*.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def ends_in(records: Path) -> list[str]:
    return [line["reason"] for line in journal_of(records) if line["type"] == "ended"]


async def test_the_journal_of_a_call_begins_with_its_profile_and_takes_what_happens(
    peer: LiveKitPeer, tmp_path: Path
) -> None:
    call = Call(peer.url, records=tmp_path)
    call.life.begins("en-GB", "default")
    call.life.record.note("something went otherwise")
    await call.life.flush(10)
    head, note = journal_of(tmp_path)
    assert (head["type"], head["profile"], note["message"]) == ("call", "en-GB", "something went otherwise")
    call.life.end("caller left")
    await call.ends()
    assert ends_in(tmp_path) == ["caller hung up"]


async def test_an_end_that_is_corrected_late_stands_in_the_journal_behind_the_one_before(
    peer: LiveKitPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "JOB_ENDS_S", 0.05)
    call = Call(peer.url, records=tmp_path)
    call.life.end("agent hung up")
    await asyncio.wait([call.life._holding])
    await call.ends("room disconnected")
    assert ends_in(tmp_path) == ["agent hung up", "room closed"]


async def test_nothing_writes_the_journal_of_a_call_that_is_over(peer: LiveKitPeer, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    call = Call(peer.url, records=tmp_path)
    call.life.begins("en-US", "default")
    (writer,) = [each for each in set(threading.enumerate()) - before if each.name == "callagent.journal"]
    call.life.end("caller left")
    await call.ends()
    await asyncio.to_thread(writer.join, 5)
    assert not writer.is_alive()


async def test_a_record_that_cannot_be_told_as_json_is_logged(
    peer: LiveKitPeer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call = Call(peer.url, records=tmp_path)
    call.life.record.answered = 1e12  # a year that no calendar has
    call.life.end("caller left")
    await call.ends()
    assert "record not written" in caplog.messages


@pytest.mark.parametrize(("takes_s", "said"), [(9.9, ["second", "first"]), (10.1, ["second"])])
def test_all_farewells_together_have_ten_seconds(takes_s: float, said: list[str]) -> None:
    async def body() -> list[str]:
        call, done = Call(NOBODY), list[str]()

        async def slow() -> None:
            await asyncio.sleep(takes_s - 5.0)
            done.append("first")

        async def quick() -> None:
            await asyncio.sleep(5.0)
            done.append("second")

        call.life.before_hang_up(quick)
        call.life.before_hang_up(slow)
        call.life.end("agent hung up")
        await call.ends()
        return done

    assert virtually(body) == said


def test_a_job_has_five_seconds_to_tell_why_it_ended_once_the_caller_was_hung_up_on() -> None:
    async def body() -> float:
        call = Call(NOBODY)
        call.life.end("agent hung up")
        await asyncio.wait([call.life._holding])
        return asyncio.get_running_loop().time()

    assert virtually(body) == pytest.approx(1.5 + 5.0, abs=0.3)


def read_all(directory: Path, pattern: str) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in directory.glob(pattern)]


def filed(directory: Path) -> dict[str, Any]:
    """The record of the only call."""
    (text,) = read_all(directory, "*.json")
    record: dict[str, Any] = json.loads(text)
    return record


async def test_a_caller_whom_the_agent_leaves_is_not_hung_up_on(peer: LiveKitPeer, tmp_path: Path) -> None:
    peer.join(ROOM, CALLER, ParticipantInfo.Kind.SIP)
    call = Call(peer.url, records=tmp_path)
    call.life.about(CallContext(identity=CALLER))
    call.life.session_closed(CloseEvent(reason=CloseReason.USER_INITIATED), left=True)
    assert call.reason == "agent left"
    await call.ends()
    assert not peer.asked("DeleteRoom")
    assert peer.rooms[ROOM].participants[CALLER].attributes[LEFT] == "true"
    assert filed(tmp_path)["reason"] == "agent left"


async def test_what_is_done_after_a_call_knows_how_it_ended_and_is_in_its_record(
    peer: LiveKitPeer, tmp_path: Path
) -> None:
    call = Call(peer.url, records=tmp_path)
    reasons: list[str | None] = []

    async def files() -> None:
        assert ROOM not in peer.rooms
        reasons.append(call.reason)
        call.life.record.author_note("filed")

    call.life.after_hang_up(files)
    call.life.end("caller left")
    await call.ends()
    assert reasons == ["caller hung up"] and [note["text"] for note in filed(tmp_path)["author_notes"]] == ["filed"]
    (journal,) = read_all(tmp_path, "*.events.jsonl")
    assert '"author_note"' in journal


async def test_what_takes_too_long_after_a_call_keeps_no_record_waiting(
    peer: LiveKitPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "MOST_S", 0.05)
    call = Call(peer.url, records=tmp_path)
    call.life.after_hang_up(asyncio.Event().wait)  # type: ignore[arg-type]  # gives True, were it ever set
    call.life.end("caller left")
    await call.ends()
    assert filed(tmp_path)["reason"] == "caller hung up"


async def test_the_worker_is_told_of_a_call_once_although_its_end_is_corrected(
    peer: LiveKitPeer, tmp_path: Path
) -> None:
    told: list[CallFigures] = []
    async with counting(tmp_path, told.append):
        call = Call(peer.url, shared=tmp_path)
        call.life.about(CallContext(direction="outbound"))
        gone = peer.rooms[ROOM].deleted
        call.leaves(CALLER)
        await gone.wait()
        await call.ends()
        await call.ends("worker stopped")
        await asyncio.sleep(0)
    assert [(each.direction, each.ending) for each in told] == [("outbound", "caller hung up")]

"""The telephone of a room, against a peer that answers the SIP API as livekit-server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from livekit import api, rtc
from livekit.agents.llm import ChatContext, ToolError
from livekit.protocol import sip
from livekit.protocol.models import ParticipantInfo

from callagent.agent import ControlError
from callagent.database import Store
from callagent.journal.call_record import CallRecord
from callagent.livekit_api import CONSULTANT, CONSULTED, Refused, capabilities, count_parties
from callagent.profile import Profile, load_profile
from callagent.telephony import CallContext
from callagent.worker import WorkerConfig
from callagent.worker.call.background_track import BackgroundTrack
from callagent.worker.transfer import room_call_control as control
from callagent.worker.transfer.room_call_control import RoomControl
from callagent.worker.transfer.same_room_transfer import HUMAN, NotConnected, dial_human
from tests.support.livekit_peer import KEY, SECRET, TRUNK, Line, LiveKitPeer
from tests.support.loopback import LOOPBACK, serving
from tests.support.virtual_call import a_profile

CALLER = CallContext(identity="sip_caller", number="+12025550123", attestation="attested B")


class Server:
    """Answers TransferSIPParticipant: with a Twirp error, or with the response."""

    def __init__(self, error: dict[str, Any] | None = None, response: Any = None, *, status: int = 500) -> None:
        self.asked: list[api.TransferSIPParticipantRequest] = []
        self._error, self._response, self._status = error, response or api.TransferSIPParticipantResponse(), status

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        path = "/twirp/livekit.SIP/TransferSIPParticipant"
        async with serving(self._transfer, method="POST", path=path) as port:
            yield f"ws://{LOOPBACK}:{port}"

    async def _transfer(self, request: web.Request) -> web.Response:
        self.asked.append(api.TransferSIPParticipantRequest.FromString(await request.read()))
        if self._error is not None:
            return web.json_response(self._error, status=self._status)
        return web.Response(body=self._response.SerializeToString(), content_type="application/protobuf")


class Phone:
    """The agent's side of a room that only sends keys."""

    name = "call-1"

    def __init__(self, broken: bool = False) -> None:
        self.keys: list[tuple[int, str]] = []
        self.local_participant = self
        self._broken = broken

    async def publish_dtmf(self, *, code: int, digit: str) -> None:
        if self._broken:
            raise rtc.participant.PublishDTMFError("engine is closed")
        self.keys.append((code, digit))


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("en-US", env={})


class Made:
    """A control and what it has told others."""

    def __init__(
        self,
        profile: Profile,
        url: str = "ws://127.0.0.1:9",
        *,
        context: CallContext = CALLER,
        database: Path | None = None,
        track: BackgroundTrack | None = None,
    ) -> None:
        self.record = CallRecord(call="AJ_1", room="call-1")
        self.handed_over: list[bool] = []
        self.url = url
        self.phone = Phone()
        config = WorkerConfig(url, "key", "s" * 32, max_calls=1, database=str(database))
        ctx: Any = SimpleNamespace(room=self.phone)
        self.control = RoomControl(
            config, ctx, context, profile, self.record, handed_over=self.handed_over.append, track=track
        )

    def events(self) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in event.items() if name != "at"} for event in self.record.as_dict()["events"]
        ]


async def test_a_transfer_that_is_accepted_hands_the_call_over(profile: Profile) -> None:
    server = Server()
    async with server.running() as url:
        made = Made(profile, url)
        await made.control.transfer("+12025550101")
    (asked,) = server.asked
    assert (asked.room_name, asked.participant_identity, asked.transfer_to) == (
        *("call-1", "sip_caller"),
        "tel:+12025550101",
    )
    assert made.handed_over == [False]
    assert made.events() == [{"type": "transfer", "outcome": "accepted", "to": "+12025550101"}]


@pytest.mark.parametrize(
    ("server", "detail"),
    [
        (
            Server(
                {
                    "code": "unavailable",
                    "msg": "twirp error",
                    "meta": {"sip_status_code": "603", "sip_status": "Decline"},
                }
            ),
            "603 Decline",
        ),
        (Server({"code": "not_found", "msg": "participant does not exist"}, status=404), "participant does not exist"),
        (
            Server(
                response=api.TransferSIPParticipantResponse(status=sip.STS_TRANSFER_FAILED, reason=sip.STR_REJECTED)
            ),
            "STR_REJECTED",
        ),
    ],
)
async def test_a_transfer_that_is_refused_leaves_the_call_and_is_recorded(
    profile: Profile, server: Server, detail: str
) -> None:
    async with server.running() as url:
        made = Made(profile, url)
        with pytest.raises(ControlError, match=detail):
            await made.control.transfer("sip:desk@example.com")
    assert server.asked[0].transfer_to == "sip:desk@example.com"
    assert made.handed_over == []
    (event,) = made.events()
    assert (event["outcome"], detail in event["detail"]) == ("failed", True)


async def test_a_server_that_is_gone_is_a_failure_like_another(profile: Profile) -> None:
    made = Made(profile)
    with pytest.raises(ControlError, match="transfer"):
        await made.control.transfer("+12025550101")
    assert made.events()[0]["outcome"] == "failed"


async def test_keys_are_sent_with_their_codes_one_after_the_other(profile: Profile) -> None:
    made = Made(profile)
    started = asyncio.get_running_loop().time()
    await made.control.send_dtmf("1#A")
    assert made.phone.keys == [(1, "1"), (11, "#"), (12, "A")]
    assert asyncio.get_running_loop().time() - started >= 0.6
    assert made.events() == [{"type": "keys sent", "keys": "1#A"}]


async def test_keys_that_cannot_be_sent_are_a_failure(profile: Profile) -> None:
    made = Made(profile)
    made.phone.local_participant = Phone(broken=True)
    with pytest.raises(ControlError, match="engine is closed"):
        await made.control.send_dtmf("1")


async def test_a_number_goes_to_the_do_not_call_list_of_the_workers_database(profile: Profile, tmp_path: Path) -> None:
    await Made(profile, database=tmp_path / "records.db").control.do_not_call()
    store = await asyncio.to_thread(Store, str(tmp_path / "records.db"))
    entry = await asyncio.to_thread(store.do_not_call, "+12025550123")
    await asyncio.to_thread(store.close)
    assert entry is not None and entry.reason == "asked for in a call"
    assert (entry.job, entry.direction, entry.attestation) == ("AJ_1", "inbound", "attested B")


async def test_a_number_that_we_have_dialled_is_sure(profile: Profile, tmp_path: Path) -> None:
    called = CallContext("outbound", number="+12025550123")
    await Made(profile, context=called, database=tmp_path / "records.db").control.do_not_call()
    store = await asyncio.to_thread(Store, str(tmp_path / "records.db"))
    (entry,) = await asyncio.to_thread(store.do_not_call_list)
    await asyncio.to_thread(store.close)
    assert (entry.direction, entry.attestation) == ("outbound", "dialled")


async def test_a_caller_without_a_number_cannot_be_listed(profile: Profile) -> None:
    with pytest.raises(ControlError, match="the number is not known"):
        await Made(profile, context=CallContext(number="anonymous")).control.do_not_call()


async def test_a_list_that_cannot_be_written_is_a_failure(profile: Profile, tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="cannot open"):
        await Made(profile, database=tmp_path).control.do_not_call()


async def test_background_sounds_make_room_for_the_music_of_a_hold(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    @asynccontextmanager
    async def music(*_: object) -> AsyncIterator[None]:
        done.append("music")
        yield

    class Track(BackgroundTrack):
        async def release(self) -> None:
            done.append("released")

    monkeypatch.setattr(control, "playing", music)
    made = Made(profile, track=Track(rtc.Room()))
    async with made.control.hold_music():
        assert done == ["released", "music"]
    assert made.events() == [{"type": "hold", "outcome": "begun"}, {"type": "hold", "outcome": "ended"}]


class Transferring:
    """A control whose consultations come out as the test says, and what became of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, profile: Profile, *, movable: bool | None) -> None:
        self.made = Made(profile)
        self.session = SimpleNamespace(shutdowns=0)
        self.session.shutdown = lambda: setattr(self.session, "shutdowns", self.session.shutdowns + 1)
        self.made.control.attach(self.session)  # type: ignore[arg-type]  # all that is asked of it here
        self.ways: list[str] = []
        self.error: Exception | None = None
        known = {} if movable is None else {self.made.url: movable}  # what the server has said, when it was asked
        monkeypatch.setattr(capabilities, "_known", known)
        monkeypatch.setattr(control, "WarmTransferTask", lambda *_, **__: self._done("native"))
        monkeypatch.setattr(control, "Consultation", lambda *_: SimpleNamespace(run=lambda: self._done("ours")))

    async def consult(self) -> None:
        await self.made.control.consult("+12025550101", ChatContext())

    async def _done(self, way: str) -> None:
        self.ways.append(way)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize(("movable", "ways", "way"), [(True, ["native"], "moved"), (False, ["ours"], "same room")])
async def test_the_human_is_moved_where_that_can_be_done_and_called_into_this_room_where_not(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, movable: bool, ways: list[str], way: str
) -> None:
    transferring = Transferring(monkeypatch, profile, movable=movable)
    await transferring.consult()
    assert transferring.ways == ways
    assert transferring.made.events() == [
        {"type": "warm transfer", "outcome": "accepted", "to": "+12025550101", "way": way}
    ]
    assert (transferring.made.handed_over, transferring.session.shutdowns) == ([True], 1)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (NotConnected("busy: 486 Busy Here"), "busy: 486 Busy Here"),
        (ToolError("voicemail detected"), "voicemail detected"),
        (Refused("no response from servers"), "no response from servers"),
        (TimeoutError(), "TimeoutError"),
        (RuntimeError("should only be awaited inside tool_functions"), "should only be awaited inside tool_functions"),
    ],
)
@pytest.mark.parametrize("movable", [True, False])
async def test_a_warm_transfer_that_fails_leaves_the_call_and_is_recorded(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, movable: bool, error: Exception, detail: str
) -> None:
    transferring = Transferring(monkeypatch, profile, movable=movable)
    transferring.error = error
    with pytest.raises(ControlError, match=f"warm transfer: {detail}"):
        await transferring.consult()
    (event,) = transferring.made.events()
    assert (event["outcome"], event["detail"], event["way"]) == ("failed", detail, "moved" if movable else "same room")
    assert (transferring.made.handed_over, transferring.session.shutdowns) == ([], 0)


async def test_a_server_that_cannot_be_asked_is_a_failure_too(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    transferring = Transferring(monkeypatch, profile, movable=None)
    with pytest.raises(ControlError, match=r"warm transfer: .*signal"):
        await transferring.consult()
    assert (transferring.ways, "way" in transferring.made.events()[0]) == ([], False)


@pytest.fixture
async def peer() -> AsyncIterator[LiveKitPeer]:
    async with LiveKitPeer().running() as server:
        server.open("call-1")
        yield server


def transferring_through(trunk: str) -> Profile:
    return a_profile(transfer={"trunk": trunk, "ringing": "5 s"})


def config_of(peer: LiveKitPeer) -> WorkerConfig:
    return WorkerConfig(url=peer.url, api_key=KEY, api_secret=SECRET, max_calls=1)


async def test_the_human_is_called_through_the_trunk_of_the_profile(peer: LiveKitPeer) -> None:
    await dial_human(config_of(peer), transferring_through(TRUNK), "call-1", "tel:+12025550101")
    (asked,) = peer.asked("CreateSIPParticipant")
    assert (asked.sip_trunk_id, asked.sip_call_to, asked.room_name) == (TRUNK, "+12025550101", "call-1")
    assert (asked.participant_identity, asked.wait_until_answered) == (HUMAN, True)
    assert asked.ringing_timeout.seconds == 5


@pytest.mark.parametrize(
    ("to", "keys"), [("+12025550101", ""), ("+12025550101,,7#", "wwwwwwww7#"), ("tel:+12025550101;ext=7", "wwww7")]
)
async def test_the_extension_of_the_human_is_keyed_after_the_answer(peer: LiveKitPeer, to: str, keys: str) -> None:
    await dial_human(config_of(peer), transferring_through(TRUNK), "call-1", to)
    (asked,) = peer.asked("CreateSIPParticipant")
    assert (asked.sip_call_to, asked.dtmf) == ("+12025550101", keys)


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (Line(486, "Busy Here"), "busy: 486 Busy Here"),
        (Line(603, "Decline"), "declined: 603 Decline"),
        (Line(None), "no answer"),
        (Line(error=(503, "unavailable", "no response from servers")), "no response from servers"),
    ],
)
async def test_who_does_not_answer_is_not_connected(peer: LiveKitPeer, line: Line, detail: str) -> None:
    peer.lines["+12025550101"] = line
    with pytest.raises(NotConnected, match=detail):
        await dial_human(config_of(peer), transferring_through(TRUNK), "call-1", "+12025550101")


async def test_without_a_trunk_or_a_server_nobody_is_connected(peer: LiveKitPeer) -> None:
    with pytest.raises(NotConnected, match="trunk does not exist"):
        await dial_human(config_of(peer), transferring_through("ST_other"), "call-1", "+12025550101")
    nowhere = WorkerConfig(url="ws://127.0.0.1:9", api_key=KEY, api_secret=SECRET, max_calls=1)
    with pytest.raises(NotConnected, match="cannot reach livekit-server"):
        await dial_human(nowhere, transferring_through(TRUNK), "call-1", "+12025550101")


async def test_who_is_only_asked_is_no_party_of_the_call(peer: LiveKitPeer) -> None:
    peer.join("call-1", "agent-1", ParticipantInfo.AGENT)
    peer.join("call-1", CONSULTANT, ParticipantInfo.AGENT)
    peer.join("call-1", "sip_caller", ParticipantInfo.SIP)
    peer.join("call-1", HUMAN, ParticipantInfo.SIP, **{CONSULTED: "true"})
    assert await count_parties(config_of(peer), "call-1", "agent-1") == 1
    peer.tell("call-1", HUMAN, CONSULTED, "")
    assert await count_parties(config_of(peer), "call-1", "agent-1") == 2

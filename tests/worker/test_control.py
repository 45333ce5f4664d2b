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
from livekit.protocol import sip

from callagent.agent import ControlError
from callagent.profile import Profile, load_profile
from callagent.records.store import Store
from callagent.worker import WorkerConfig
from callagent.worker.control import RoomControl
from callagent.worker.record import CallRecord


class Server:
    """Answers TransferSIPParticipant: with a Twirp error, or with the response."""

    def __init__(self, error: dict[str, Any] | None = None, response: Any = None, *, status: int = 500) -> None:
        self.asked: list[api.TransferSIPParticipantRequest] = []
        self._error, self._response, self._status = error, response or api.TransferSIPParticipantResponse(), status

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        application = web.Application()
        application.router.add_post("/twirp/livekit.SIP/TransferSIPParticipant", self._transfer)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"ws://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

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

    def __init__(self, profile: Profile, url: str = "ws://127.0.0.1:9", *, number: str = "+12025550123") -> None:
        self.record = CallRecord(call="AJ_1", room="call-1")
        self.handed_over: list[bool] = []
        self.phone = Phone()
        config = WorkerConfig(url=url, api_key="key", api_secret="s" * 32, max_calls=1)
        ctx: Any = SimpleNamespace(room=self.phone)
        self.control = RoomControl(
            config, ctx, "sip_caller", profile, self.record, number=number, handed_over=self.handed_over.append
        )

    def events(self) -> list[dict[str, Any]]:
        return [{name: value for name, value in event.items() if name != "at"} for event in self.record.events]


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


async def test_a_number_goes_to_the_do_not_call_list(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLAGENT_RECORDS", str(tmp_path / "records.db"))
    await Made(profile).control.do_not_call()
    store = await asyncio.to_thread(Store)
    entry = await asyncio.to_thread(store.do_not_call, "+12025550123")
    await asyncio.to_thread(store.close)
    assert entry is not None and entry.reason == "asked for in a call"


async def test_a_caller_without_a_number_cannot_be_listed(profile: Profile) -> None:
    with pytest.raises(ControlError, match="the number is not known"):
        await Made(profile, number="anonymous").control.do_not_call()


async def test_a_list_that_cannot_be_written_is_a_failure(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLAGENT_RECORDS", str(tmp_path))
    with pytest.raises(ControlError, match="cannot open"):
        await Made(profile).control.do_not_call()

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from livekit import api

from callagent.database import Attempt, Store
from callagent.livekit_api import LiveKitClient, TimeLimits
from callagent.phone_numbers.number import parse_number
from callagent.profile import DialSettings
from callagent.telephony.outbound import (
    CallFailed,
    Connection,
    Dialler,
    InvalidOrder,
    Limits,
    Refused,
    Stage,
    UnknownTrunk,
    Wish,
    read_order,
)
from tests.support import dial_worker
from tests.support.dial_worker import STAGES, idle_worker, lost_worker, worker
from tests.support.livekit_peer import Line, LiveKitPeer, TwirpError
from tests.telephony.outbound.conftest import MONDAY_NOON

NUMBER = "+12025550123"
FAST = Limits(worker=1, poll=0.01)


def wish(number: str = NUMBER, caller: str | None = "+12025550100", **given: Any) -> Wish:
    settings = DialSettings.model_validate(given.pop("settings", {}))
    return Wish(parse_number(number), "en-US", settings, parse_number(caller) if caller else None, **given)


def dialler(server: LiveKitClient, store: Store, **given: Any) -> Dialler:
    return Dialler(server, store, agent="callagent", limits=FAST, now=lambda: MONDAY_NOON, **given)


async def test_a_call_is_followed_through_all_its_stages(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial_worker, "TALK_S", 0.6)  # each stage outlasts the time between two looks
    peer.lines[NUMBER] = Line(rings=0.6)
    seen: list[tuple[Stage, float]] = []
    result = await dialler(server, store).call(wish(), progress=lambda *stage: seen.append(stage), wait=True)
    assert tuple(stage for stage, _ in seen) == STAGES
    assert [seconds for _, seconds in seen] == sorted(seconds for _, seconds in seen)
    assert result.ending is not None
    assert result.ending.outcome == "answered"
    (attempt,) = store.attempts()
    assert (attempt.outcome, attempt.room, attempt.trunk) == ("answered", result.room, "ST_main")
    assert attempt.answered is not None
    assert peer.rooms == {}, "the room is deleted"


def test_how_a_call_is_followed_where_nobody_says_otherwise() -> None:
    assert Limits() == Limits(worker=20.0, poll=0.25)


async def test_a_busy_number_is_busy(peer: LiveKitPeer, server: LiveKitClient, store: Store) -> None:
    peer.lines[NUMBER] = Line(486, "Busy Here")
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert (result.ending.outcome, result.ending.sip_status) == ("busy", 486)
    assert store.attempts()[0].detail == "486 Busy Here"


async def test_without_waiting_the_dispatch_is_all(peer: LiveKitPeer, server: LiveKitClient, store: Store) -> None:
    seen: list[tuple[Stage, float]] = []
    result = await dialler(server, store).call(
        wish(meta={"order": "17"}), progress=lambda *stage: seen.append(stage), wait=False
    )
    assert (result.ending, seen) == (None, [("dispatched", 0.0)])
    (dispatch,) = peer.asked("CreateDispatch")
    assert (dispatch.agent_name, dispatch.room) == ("callagent", result.room)
    assert result.room == f"callagent-out-{result.attempt[:16]}"
    (created,) = peer.asked("CreateRoom")
    assert created.empty_timeout == FAST.worker + DialSettings().ringing_timeout
    assert '"order": "17"' in dispatch.metadata
    assert store.attempts()[0].outcome == ""


@pytest.mark.parametrize(
    ("refused", "rule"),
    [
        (wish("+442083661177"), "countries"),
        (wish("+19005551234"), "number kinds"),
        (wish(settings={"hours": {"opens": "13:00"}}), "calling hours"),
        (wish(max_call=7200.0), "length of call"),
    ],
)
async def test_a_refused_call_makes_no_request_at_all(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, refused: Wish, rule: str
) -> None:
    with pytest.raises(Refused) as raised:
        await dialler(server, store).call(refused, progress=lambda *_: None, wait=True)
    assert raised.value.refusal.rule == rule
    assert peer.requests == []
    assert [row.rule for row in store.refusals()] == [rule]
    assert store.attempts() == []


async def test_the_records_know_who_must_not_be_called_and_who_was_called_enough(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    for hours in (1, 2, 3):
        at = MONDAY_NOON - timedelta(hours=hours)
        store.begin_attempt(Attempt(id=str(hours), number=NUMBER, at=at, profile="en-US", room="r"))
    with pytest.raises(Refused, match="3 times in the last 24 hours"):
        await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    store.add_do_not_call(NUMBER, "asked", now=MONDAY_NOON)
    with pytest.raises(Refused, match=r"since 2026-03-02, asked"):
        await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    with pytest.raises(Refused, match=r"dnc\.txt:7"):
        other = dialler(server, store, listed={"+12025550124": "dnc.txt:7"})
        await other.call(wish("+12025550124"), progress=lambda *_: None, wait=True)
    assert peer.requests == []


@pytest.mark.parametrize("text", ["x" * 24_000, "\udcff"])
async def test_a_call_that_cannot_be_told_to_the_agent_is_no_attempt(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, text: str
) -> None:
    with pytest.raises(InvalidOrder):
        await dialler(server, store).call(wish(meta={"text": text}), progress=lambda *_: None, wait=True)
    assert store.attempts() == []
    assert peer.asked("CreateRoom") == []


async def test_a_strange_caller_id_is_refused_before_any_dispatch(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    with pytest.raises(Refused, match="not a number of the trunk"):
        await dialler(server, store).call(wish(caller="+12025550199"), progress=lambda *_: None, wait=True)
    assert [name for name, _ in peer.requests] == ["ListSIPOutboundTrunk"]


async def test_the_trunks_own_number_is_shown_by_default_and_its_country_allowed(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    await dialler(server, store).call(wish(caller=None), progress=lambda *_: None, wait=True)
    assert peer.asked("CreateSIPParticipant")[0].sip_number == "+12025550100"
    with pytest.raises(Refused, match="countries"):
        await dialler(server, store).call(wish("+442083661177", caller=None), progress=lambda *_: None, wait=True)


async def test_trunks_are_found_by_name_and_by_id(peer: LiveKitPeer, server: LiveKitClient, store: Store) -> None:
    peer.trunks.append(api.SIPOutboundTrunkInfo(sip_trunk_id="ST_spare", name="spare", numbers=["*"]))
    for name in ("spare", "ST_spare"):
        await dialler(server, store).call(wish(trunk=name), progress=lambda *_: None, wait=True)
    assert {request.sip_trunk_id for request in peer.asked("CreateSIPParticipant")} == {"ST_spare"}
    with pytest.raises(UnknownTrunk, match=r"found: main, spare\); choose one"):
        await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    with pytest.raises(UnknownTrunk, match="did you mean 'spare'"):
        await dialler(server, store).call(wish(trunk="spear"), progress=lambda *_: None, wait=True)


async def test_no_worker_is_a_failure_that_says_so(server: LiveKitClient, store: Store, peer: LiveKitPeer) -> None:
    peer.hire(None)
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert result.ending.outcome == "trunk failure"
    assert "no worker" in result.ending.detail
    assert peer.rooms == {}


async def test_a_worker_that_is_lost_is_noticed(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.hire(lost_worker)
    monkeypatch.setattr("callagent.telephony.outbound.follow.LOST_S", 0.1)
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert "worker was lost" in result.ending.detail
    assert peer.rooms == {}


async def test_a_worker_that_does_nothing_is_not_waited_for_for_ever(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.hire(idle_worker)
    monkeypatch.setattr("callagent.telephony.outbound.follow.ANSWER_MARGIN_S", -5.2)
    impatient = wish(settings={"ringing_timeout": "5 s"})
    result = await dialler(server, store).call(impatient, progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert result.ending.outcome == "no answer"


async def test_a_server_that_goes_away_is_waited_for_and_then_given_up(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.hire(idle_worker)
    peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
    monkeypatch.setattr("callagent.telephony.outbound.follow.PATIENCE_S", 0.1)
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert result.ending.outcome == "trunk failure"
    assert "restarting" in result.ending.detail


async def test_a_dispatch_that_is_refused_is_recorded(peer: LiveKitPeer, server: LiveKitClient, store: Store) -> None:
    peer.failing["CreateDispatch"] = TwirpError(500, "internal", "no agents here")
    with pytest.raises(CallFailed, match="no agents here"):
        await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert store.attempts()[0].outcome == "trunk failure"


@pytest.fixture
async def impatient(peer: LiveKitPeer) -> AsyncIterator[LiveKitClient]:
    async with peer.client(TimeLimits(question=0.1, call=0.1)) as client:
        yield client


@pytest.mark.parametrize("method", ["ListSIPOutboundTrunk", "CreateRoom", "CreateDispatch"])
async def test_a_server_that_takes_a_request_and_does_not_answer_is_not_waited_for(
    peer: LiveKitPeer, impatient: LiveKitClient, store: Store, method: str
) -> None:
    peer.silent.add(method)
    with pytest.raises(CallFailed, match=rf"trunk failure: cannot reach livekit-server at {peer.url}: no answer"):
        await dialler(impatient, store).call(wish(), progress=lambda *_: None, wait=True)
    assert [attempt.outcome for attempt in store.attempts()] == ["trunk failure"] * (method != "ListSIPOutboundTrunk")
    assert peer.rooms == {}, "a worker that has the dispatch all the same calls nobody"


async def test_a_server_that_falls_silent_is_given_up(
    peer: LiveKitPeer, impatient: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.hire(idle_worker)
    peer.silent.update({"ListParticipants", "DeleteRoom"})
    monkeypatch.setattr("callagent.telephony.outbound.follow.PATIENCE_S", 0.15)
    result = await dialler(impatient, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert result.ending.detail == f"lost sight of the call: cannot reach livekit-server at {peer.url}: no answer"


@pytest.mark.parametrize("method", ["ListSIPOutboundTrunk", "CreateRoom", "CreateDispatch"])
async def test_a_proxy_that_answers_for_the_server_is_a_clear_failure(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, method: str
) -> None:
    peer.strange[method] = "<html>please log in</html>"
    with pytest.raises(CallFailed, match=r"what answers at .* is not a livekit-server"):
        await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)


async def test_a_proxy_in_the_way_of_a_call_is_lost_sight_of(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.hire(idle_worker)
    peer.strange.update(dict.fromkeys(["ListParticipants", "DeleteRoom"], "<html>please log in</html>"))
    monkeypatch.setattr("callagent.telephony.outbound.follow.PATIENCE_S", 0.05)
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    assert (
        result.ending.detail
        == f"lost sight of the call: what answers at {peer.url} is not a livekit-server (status 200)"
    )


async def test_a_key_that_the_server_refuses_is_named_with_the_server(peer: LiveKitPeer, store: Store) -> None:
    async with peer.client(secret="wrong" * 8) as stranger:
        with pytest.raises(CallFailed, match=rf"trunk failure: livekit-server at {peer.url} refuses the API key$"):
            await dialler(stranger, store).call(wish(), progress=lambda *_: None, wait=True)


async def test_whoever_stops_while_the_call_is_dispatched_leaves_no_room(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    peer.silent.add("CreateDispatch")
    call = asyncio.create_task(
        dialler(server, store).call(wish(), progress=lambda *_: None, wait=True), name="test.call"
    )
    await peer.placed.get()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert peer.rooms == {}
    assert store.attempts()[0].outcome == "cancelled"


async def test_whoever_stops_waiting_hangs_up(peer: LiveKitPeer, server: LiveKitClient, store: Store) -> None:
    peer.lines[NUMBER] = Line(rings=60)
    ringing = asyncio.Event()

    def progress(stage: Stage, _seconds: float) -> None:
        if stage == "ringing":
            ringing.set()

    call = asyncio.create_task(dialler(server, store).call(wish(), progress=progress, wait=True), name="test.call")
    await ringing.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert peer.rooms == {}
    assert store.attempts()[0].outcome == "cancelled"


async def test_what_the_worker_has_recorded_is_left_as_it_is(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    async def records_itself(peer: LiveKitPeer, room: str, metadata: str) -> None:
        order = read_order(metadata)
        assert order is not None
        await asyncio.to_thread(store.end_attempt, order.attempt, "answered", "as the worker has it")
        await worker(peer, room, metadata)

    peer.hire(records_itself)
    result = await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert result.ending is not None
    (attempt,) = store.attempts()
    assert (attempt.outcome, attempt.detail) == ("answered", "as the worker has it")


async def test_where_the_workers_database_is_another_one_the_dialler_records_what_it_was_told(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert [(attempt.outcome, attempt.detail) for attempt in store.attempts()] == [("answered", "caller hung up")]


async def test_whoever_stops_waiting_in_a_conversation_has_had_an_answered_call(
    peer: LiveKitPeer, server: LiveKitClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial_worker, "TALK_S", 60)
    talking = asyncio.Event()

    def progress(stage: Stage, _seconds: float) -> None:
        if stage in ("answered", "speaking"):
            talking.set()

    call = asyncio.create_task(dialler(server, store).call(wish(), progress=progress, wait=True), name="test.call")
    await talking.wait()
    await peer.has_been_asked("ListParticipants", len(peer.asked("ListParticipants")) + 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    (attempt,) = store.attempts()
    assert (attempt.outcome, attempt.detail) == ("answered", "hung up by whoever dialled")
    assert attempt.answered is not None and attempt.answered < MONDAY_NOON


def test_secrets_stay_out_of_the_repr() -> None:
    assert "geheim" not in repr(Connection("ws://x", "key", "geheim", "callagent"))


async def test_a_call_through_a_pbx_shows_the_extension_of_its_trunk(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    peer.trunks[0].numbers[:] = ["6002"]
    call = dialler(server, store).call
    with pytest.raises(Refused, match="caller-ID 6002 is of no country, and neither"):
        await call(wish(caller=None), progress=lambda *_: None, wait=True)
    await call(wish(caller=None, region="US"), progress=lambda *_: None, wait=True)
    await call(wish(caller=None, settings={"countries": ["US"]}), progress=lambda *_: None, wait=True)
    assert [asked.sip_number for asked in peer.asked("CreateSIPParticipant")] == ["6002", "6002"]


async def test_a_national_caller_id_is_shown_as_the_trunk_has_it(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    peer.trunks[0].numbers[:] = ["2025550101", "2025550100"]
    await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert [asked.sip_number for asked in peer.asked("CreateSIPParticipant")] == ["2025550100"]


async def test_a_trunk_that_takes_any_caller_id_needs_one(
    peer: LiveKitPeer, server: LiveKitClient, store: Store
) -> None:
    peer.trunks[0].numbers[:] = ["*"]
    with pytest.raises(Refused, match="name one with --from"):
        await dialler(server, store).call(wish(caller=None, region="US"), progress=lambda *_: None, wait=True)
    await dialler(server, store).call(wish(), progress=lambda *_: None, wait=True)
    assert [asked.sip_number for asked in peer.asked("CreateSIPParticipant")] == ["+12025550100"]

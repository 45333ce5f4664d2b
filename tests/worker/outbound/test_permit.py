"""Dispatches that somebody has written by hand pass the guards in the worker; those of `callagent dial` have passed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.database import Attempt, Store
from callagent.journal.call_record import CallRecord
from callagent.livekit_api import LiveKitClient
from callagent.profile import Profile
from callagent.profile.sections.dial_settings import DAYS
from callagent.telephony.outbound import CallFailed, DialOrder
from callagent.worker import WorkerConfig
from callagent.worker.outbound.outbound_job import Outbound
from callagent.worker.outbound.permit import permit
from tests.support.livekit_peer import KEY, SECRET, TRUNK, LiveKitPeer
from tests.support.virtual_call import a_profile

NUMBER = "+12025550123"
BY_HAND: dict[str, Any] = {"attempt": "a", "to": NUMBER, "caller_id": "+12025550100", "trunk": "main"}
ALWAYS = {"opens": "00:00", "closes": "24:00", "days": DAYS}


def never() -> dict[str, Any]:
    """Calling hours that are over, wherever the callee may be."""
    return {**ALWAYS, "days": [DAYS[(datetime.now(UTC).weekday() + 3) % 7]]}


def config(store: Store, url: str = "ws://127.0.0.1:9") -> WorkerConfig:
    return WorkerConfig(url, KEY, SECRET, max_calls=1, database=store.location)


def profile_of(**dialling: Any) -> Profile:
    return a_profile(dialling={"hours": ALWAYS, **dialling})


def attempt(room: str = "room", **fields: Any) -> Attempt:
    return Attempt(
        **{"id": "a", "number": NUMBER, "at": datetime.now(UTC), "profile": "en-US", "room": room, "meta": {}} | fields
    )


async def asked(store: Store, server: LiveKitClient, profile: Profile, **order: Any) -> DialOrder:
    return await permit(config(store), server, DialOrder.model_validate(BY_HAND | order), profile, "room")


async def test_a_dispatch_by_hand_that_the_profile_allows_is_completed_and_recorded(
    store: Store, server: LiveKitClient
) -> None:
    order = await asked(store, server, profile_of(max_call="10 min"), caller_id="")
    assert (order.trunk, order.caller_id, order.max_call) == (TRUNK, "+12025550100", 600)
    (kept,) = store.attempts(NUMBER)
    assert (kept.id, kept.room, kept.outcome, kept.caller_id) == ("a", "room", "", "+12025550100")
    assert kept.ended is None
    assert store.attempts_within_a_day(NUMBER, datetime.now(UTC)) == 1


@pytest.mark.parametrize(
    ("order", "dialling", "rule"),
    [
        ({"to": "+19005550123"}, {}, "number kinds"),
        ({"to": "+442079460123"}, {}, "countries"),
        ({}, {"countries": ["GB"]}, "countries"),
        ({"to": "+12025550199"}, {}, "do not call"),
        ({}, {"hours": never()}, "calling hours"),
        ({"caller_id": "+12025550177"}, {}, "caller-ID"),
        ({"max_call": 3600}, {"max_call": "30 min"}, "length of call"),
        ({"to": "+12025550166"}, {"attempts_per_day": 1}, "attempts per day"),
    ],
)
async def test_what_a_guard_refuses_is_not_called_and_recorded(
    store: Store, server: LiveKitClient, order: dict[str, Any], dialling: dict[str, Any], rule: str
) -> None:
    store.add_do_not_call("+12025550199", "asked")
    store.begin_attempt(attempt(id="b", number="+12025550166"))
    with pytest.raises(CallFailed) as failed:
        await asked(store, server, profile_of(**dialling), **order)
    assert failed.value.failure.outcome == "refused"
    assert failed.value.failure.detail.startswith(f"{rule}: ")
    assert [refusal.rule for refusal in store.refusals()] == [rule]
    kept = store.attempt("a")
    assert kept is not None and (kept.outcome, kept.detail) == ("refused", failed.value.failure.detail)
    assert kept.ended is not None
    assert store.attempts_within_a_day(kept.number, datetime.now(UTC)) == (kept.number == "+12025550166")


async def test_the_do_not_call_file_of_the_profile_counts(store: Store, server: LiveKitClient, tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text("(202) 555-0123\n")
    with pytest.raises(CallFailed, match=r"do not call: .*dnc.txt:1"):
        await asked(store, server, profile_of(do_not_call=str(tmp_path / "dnc.txt")))
    with pytest.raises(CallFailed, match="the do-not-call file cannot be read: "):
        await asked(store, server, profile_of(do_not_call=str(tmp_path / "none.txt")))


async def test_a_refusal_is_recorded_with_its_first_500_characters(
    store: Store, server: LiveKitClient, tmp_path: Path
) -> None:
    folder = tmp_path / ("a" * 200) / ("b" * 200) / ("c" * 200)
    folder.mkdir(parents=True)
    (folder / "dnc.txt").write_text("(202) 555-0123\n")
    with pytest.raises(CallFailed) as failed:
        await asked(store, server, profile_of(do_not_call=str(folder / "dnc.txt")))
    kept = store.attempt("a")
    assert kept is not None and kept.detail == failed.value.failure.detail[:500]
    assert len(failed.value.failure.detail) > 600


async def test_what_callagent_dial_was_allowed_is_not_asked_again(
    store: Store, server: LiveKitClient, peer: LiveKitPeer
) -> None:
    store.begin_attempt(attempt())
    order = await asked(store, server, profile_of(hours=never(), attempts_per_day=1))
    assert order == DialOrder.model_validate(BY_HAND)
    assert (peer.requests, len(store.attempts())) == ([], 1)


async def test_a_number_that_was_listed_meanwhile_is_not_called(store: Store, server: LiveKitClient) -> None:
    store.begin_attempt(attempt())
    store.add_do_not_call(NUMBER, "asked")
    with pytest.raises(CallFailed, match="refused: do not call: "):
        await asked(store, server, profile_of())
    assert [refusal.rule for refusal in store.refusals()] == ["do not call"]


@pytest.mark.parametrize(
    "known",
    [{"room": "other"}, {"number": "+12025550188"}, {"outcome": "answered", "ended": datetime.now(UTC)}],
    ids=["of another room", "of another number", "that has ended"],
)
async def test_an_attempt_of_somebody_elses_lets_nobody_pass(
    store: Store, server: LiveKitClient, known: dict[str, Any]
) -> None:
    earlier = datetime.now(UTC) - timedelta(days=2)
    store.begin_attempt(attempt(**{"at": earlier} | known))
    with pytest.raises(CallFailed, match="calling hours"):
        await asked(store, server, profile_of(hours=never()))
    order = await asked(store, server, profile_of())
    assert order.attempt != "a"
    assert store.attempts_within_a_day(NUMBER, datetime.now(UTC)) == 1


async def test_nobody_is_called_while_the_list_cannot_be_read(tmp_path: Path, server: LiveKitClient) -> None:
    worker = WorkerConfig("ws://127.0.0.1:9", KEY, SECRET, max_calls=1, database=str(tmp_path))
    with pytest.raises(CallFailed, match="refused: the do-not-call list cannot be read: cannot open"):
        await permit(worker, server, DialOrder.model_validate(BY_HAND), profile_of(), "room")


async def test_a_trunk_that_is_not_there_and_a_caller_id_that_is_none_are_told(
    store: Store, server: LiveKitClient
) -> None:
    with pytest.raises(CallFailed, match="trunk failure: no outbound trunk 'mian'"):
        await asked(store, server, profile_of(), trunk="mian")
    with pytest.raises(CallFailed, match="refused: caller-ID: "):
        await asked(store, server, profile_of(), caller_id="911")


@pytest.mark.parametrize("listed", [False, True])
async def test_the_job_dials_what_is_permitted_and_nothing_else(store: Store, peer: LiveKitPeer, listed: bool) -> None:
    if listed:
        store.add_do_not_call(NUMBER, "asked")
    peer.open("room")
    room: Any = SimpleNamespace(name="room", on=lambda *_: None)
    life: Any = SimpleNamespace(record=CallRecord("job", "room"))
    ctx: Any = SimpleNamespace(room=room)
    outbound = Outbound(config(store, peer.url), ctx, life, DialOrder.model_validate(BY_HAND))
    if listed:
        with pytest.raises(CallFailed):
            await outbound._place(profile_of())
        assert outbound.report().outcome == "refused"
    else:
        await outbound._place(profile_of())
    assert len(peer.asked("CreateSIPParticipant")) == (not listed)

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from livekit.protocol.models import ParticipantInfo

from callagent.database import Attempt, Store
from callagent.livekit_api import LiveKitClient
from callagent.phone_numbers.number import parse_number
from callagent.profile import DialSettings
from callagent.telephony.outbound import (
    ATTRIBUTE,
    Dialler,
    Limits,
    ListDialler,
    ListTaken,
    Pace,
    Report,
    Row,
    Summary,
    Wish,
)
from tests.support.dial_worker import AGENT
from tests.support.livekit_peer import Line, LiveKitPeer, TwirpError
from tests.telephony.outbound.conftest import MONDAY_NOON

NUMBERS = [f"+1202555{tail:04}" for tail in range(130, 136)]


def row(number: str, line: int = 1) -> Row:
    return Row(line, f"key-{number}", parse_number(number), {"order": number[-2:]})


class Listing:
    """A list over the peer, as often as a test runs it."""

    def __init__(self, server: LiveKitClient, store: Store) -> None:
        self.events: list[tuple[str, str]] = []
        self.details: list[str] = []
        self.most = 0
        self.going = 0
        self.started: list[float] = []
        self._server, self._store = server, store

    async def run(
        self, numbers: list[str], *, pace: Pace | None = None, again: Sequence[Row] = (), **settings: Any
    ) -> Summary:
        dialler = Dialler(
            self._server, self._store, agent="a", limits=Limits(worker=1, poll=0.01), now=lambda: MONDAY_NOON
        )
        given = DialSettings.model_validate(settings)
        caller = parse_number("+12025550100")
        listing = ListDialler(
            dialler,
            self._store,
            "a.csv",
            wish=lambda row: Wish(row.number, "en-US", given, caller, meta=row.meta),
            pace=pace or Pace(3, 100),
            told=self._told,
        )
        rows = [row(number, line) for line, number in enumerate(numbers, 2)]
        return await listing.run([replace(each, again=tuple(again)) if again else each for each in rows])

    def _told(self, row: Row, event: str, detail: str) -> None:
        self.events.append((row.number.e164, event))
        self.details.append(detail)
        if event == "calling":
            self.going += 1
            self.started.append(asyncio.get_running_loop().time())
        else:
            self.going -= 1
        self.most = max(self.most, self.going)


@pytest.fixture
def listing(server: LiveKitClient, store: Store) -> Listing:
    return Listing(server, store)


def calls(peer: LiveKitPeer) -> list[str]:
    return [request.sip_call_to for request in peer.asked("CreateSIPParticipant")]


async def test_every_row_is_called_once_and_summed_up(peer: LiveKitPeer, listing: Listing) -> None:
    peer.lines[NUMBERS[1]] = Line(486, "Busy Here")
    peer.lines[NUMBERS[2]] = Line(404, "Not Found")
    summary = await listing.run(NUMBERS)
    assert summary.outcomes == {"answered": 4, "busy": 1, "not in service": 1}
    assert (summary.rows, summary.left, summary.stopped) == (6, 0, "")
    assert sorted(calls(peer)) == NUMBERS
    assert listing.most == 3


async def test_calls_begin_no_faster_than_asked(listing: Listing) -> None:
    began = asyncio.get_running_loop().time()
    await listing.run(NUMBERS[:4], pace=Pace(10, 20))
    assert [started - began >= 0.05 * index for index, started in enumerate(listing.started)] == [True] * 4


def test_a_call_that_began_late_is_not_caught_up_with() -> None:
    assert Pace(10, 20).after(7.0) == pytest.approx(7.05)
    assert Pace(10, 0.5).after(7.0) == pytest.approx(9.0)


def test_a_list_is_dialled_one_call_at_a_time_and_one_a_second_where_nobody_says_otherwise() -> None:
    assert Pace() == Pace(max_calls=1, per_second=1.0)


def test_a_run_begins_with_nothing_done() -> None:
    assert Summary(3) == Summary(rows=3, before=0, left=0, stopped="")


def planned(store: Store, number: str, *, in_s: float, tries: int = 1) -> None:
    """An earlier run has planned another try, in so many seconds from now."""
    due = datetime.now(UTC) + timedelta(seconds=in_s)
    store.set_list_row("a.csv", f"key-{number}", "waiting", {"outcome": "busy", "due": due, "tries": tries})


@pytest.mark.parametrize("numbers", [NUMBERS[:2], NUMBERS[1::-1]], ids=["first", "last"])
async def test_a_retry_whose_time_has_come_is_called_in_its_place(
    peer: LiveKitPeer, listing: Listing, store: Store, numbers: list[str]
) -> None:
    planned(store, NUMBERS[0], in_s=-60)
    await listing.run(numbers, pace=Pace(1, 100))
    assert calls(peer) == numbers


async def test_a_retry_whose_time_has_not_come_lets_the_others_go_first(
    peer: LiveKitPeer, listing: Listing, store: Store
) -> None:
    planned(store, NUMBERS[0], in_s=0.5)
    await listing.run(NUMBERS[:2], pace=Pace(1, 100))
    assert calls(peer) == NUMBERS[1::-1]


async def test_a_retry_that_is_planned_for_later_holds_nobody_up_and_is_not_called_before(
    peer: LiveKitPeer, listing: Listing, store: Store
) -> None:
    planned(store, NUMBERS[1], in_s=3600)
    run = asyncio.create_task(listing.run(NUMBERS[:3], pace=Pace(1, 100)), name="test.run")
    async with asyncio.timeout(20):
        while (NUMBERS[2], "answered") not in listing.events:  # noqa: ASYNC110 - it watches from outside
            await asyncio.sleep(0.01)
    await peer.has_been_asked("DeleteRoom", 2)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert [number for number, event in listing.events if event == "calling"] == [NUMBERS[0], NUMBERS[2]]


async def test_tries_of_earlier_runs_count(peer: LiveKitPeer, listing: Listing, store: Store) -> None:
    planned(store, NUMBERS[0], in_s=-60, tries=1)
    peer.lines[NUMBERS[0]] = Line(486, "Busy Here")
    summary = await listing.run(NUMBERS[:1], retries={"times": 1, "after": "1 s"})
    assert (summary.outcomes, calls(peer)) == ({"busy": 1}, NUMBERS[:1])


async def test_a_second_run_calls_nobody_again(peer: LiveKitPeer, listing: Listing) -> None:
    await listing.run(NUMBERS[:2])
    summary = await listing.run(NUMBERS[:3])
    assert (summary.before, summary.outcomes) == (2, {"answered": 1})
    assert sorted(calls(peer)) == NUMBERS[:3]


async def test_two_runs_at_once_do_not_call_anybody_twice(peer: LiveKitPeer, listing: Listing) -> None:
    runs = (listing.run(NUMBERS[:3]), listing.run(NUMBERS[:3]))
    ended = await asyncio.gather(*runs, return_exceptions=True)
    assert sorted(map(type, ended), key=lambda each: each.__name__) == [ListTaken, Summary]
    assert sorted(calls(peer)) == NUMBERS[:3]


async def test_refused_rows_are_done_unless_their_time_may_come(
    peer: LiveKitPeer, listing: Listing, store: Store
) -> None:
    store.add_do_not_call(NUMBERS[0])
    summary = await listing.run(NUMBERS[:1])
    assert (summary.outcomes, summary.left) == ({"refused": 1}, 0)
    summary = await listing.run(NUMBERS[1:2], hours={"opens": "13:00"})
    assert (summary.outcomes, summary.left) == ({"refused": 1}, 1)
    assert calls(peer) == []
    summary = await listing.run(NUMBERS[:2])
    assert (summary.before, summary.outcomes) == (1, {"answered": 1})


async def test_a_trunk_that_fails_stops_the_list_and_blames_no_row(peer: LiveKitPeer, listing: Listing) -> None:
    for number in NUMBERS:
        peer.lines[number] = Line(503, "Service Unavailable")
    summary = await listing.run(NUMBERS, pace=Pace(1, 100))
    assert summary.outcomes == {"trunk failure": 3}
    assert summary.left == 6
    assert "503 Service Unavailable" in summary.stopped
    peer.lines.clear()
    assert (await listing.run(NUMBERS)).outcomes == {"answered": 6}


@pytest.mark.parametrize(("failing", "answered", "stops"), [(2, 4, False), (3, 1, True)])
async def test_a_call_that_is_answered_shows_that_the_trunk_works(
    peer: LiveKitPeer, listing: Listing, failing: int, answered: int, stops: bool
) -> None:
    for number in NUMBERS[1 : 1 + failing]:
        peer.lines[number] = Line(503, "Service Unavailable")
    summary = await listing.run(NUMBERS, pace=Pace(1, 100))
    assert (summary.outcomes, summary.stopped != "") == ({"answered": answered, "trunk failure": failing}, stops)


async def test_a_server_that_takes_no_dispatch_stops_the_list(peer: LiveKitPeer, listing: Listing) -> None:
    peer.failing["CreateRoom"] = TwirpError(503, "unavailable", "restarting")
    summary = await listing.run(NUMBERS, pace=Pace(1, 100))
    assert (len(peer.asked("CreateDispatch")), summary.left) == (0, 6)
    assert "restarting" in summary.stopped


async def test_busy_numbers_are_called_again_where_the_profile_says_so(peer: LiveKitPeer, listing: Listing) -> None:
    peer.lines[NUMBERS[0]] = Line(486, "Busy Here")
    summary = await listing.run(NUMBERS[:1], retries={"times": 1, "after": "1 s"})
    assert summary.outcomes == {"busy": 1}
    assert calls(peer) == [NUMBERS[0]] * 2
    assert listing.details == ["", "486 Busy Here; once more in 1 s", "", "486 Busy Here"]
    assert listing.started[1] - listing.started[0] >= 1.0


async def test_a_killed_run_goes_on_where_it_was(peer: LiveKitPeer, listing: Listing, store: Store) -> None:
    """What a kill leaves behind: a row that is being called, in a room that is still there or is not."""
    peer.open("lives-on")
    peer.join("lives-on", AGENT, ParticipantInfo.AGENT, **{ATTRIBUTE: Report("ended", "answered").as_text()})
    store.set_list_row("a.csv", f"key-{NUMBERS[0]}", "calling", {"attempt": "1", "room": "lives-on", "tries": 1})
    store.set_list_row("a.csv", f"key-{NUMBERS[1]}", "calling", {"attempt": "2", "room": "gone", "tries": 1})
    summary = await listing.run(NUMBERS[:3])
    assert summary.outcomes == {"answered": 2, "unknown": 1}
    assert calls(peer) == [NUMBERS[2]], "nobody is called twice"


@pytest.mark.parametrize(("state", "before"), [("done", 1), ("calling", 0)])
async def test_a_person_whose_other_row_was_called_in_an_earlier_run_is_not_called_again(
    peer: LiveKitPeer, listing: Listing, store: Store, state: str, before: int
) -> None:
    other = replace(row(NUMBERS[0], 9), key="another")
    peer.open("lives-on")
    peer.join("lives-on", AGENT, ParticipantInfo.AGENT, **{ATTRIBUTE: Report("ended", "answered").as_text()})
    store.set_list_row("a.csv", "another", state, {"attempt": "1", "room": "lives-on", "tries": 1})
    summary = await listing.run(NUMBERS[:1], again=[other])
    assert (summary.before, calls(peer)) == (before, [])


def left_behind(store: Store, number: str, room: str) -> None:
    """A row that was being called when its run was killed."""
    store.begin_attempt(Attempt(id=number, number=number, at=MONDAY_NOON, profile="en-US", room=room))
    store.set_list_row("a.csv", f"key-{number}", "calling", {"attempt": number, "room": room, "tries": 1})


def state_of(store: Store, number: str) -> str:
    return store.list_rows("a.csv")[f"key-{number}"].state


@pytest.mark.parametrize(("status", "state"), [("ringing", "waiting"), ("active", "done")])
async def test_a_run_that_is_stopped_while_it_follows_an_earlier_call(
    peer: LiveKitPeer, listing: Listing, store: Store, status: str, state: str
) -> None:
    """Killed, run again, stopped: who was not talked to waits for the next run."""
    left_behind(store, NUMBERS[0], "lives-on")
    peer.open("lives-on")
    peer.join("lives-on", AGENT, ParticipantInfo.AGENT)
    peer.join("lives-on", "callee", ParticipantInfo.SIP, **{"sip.callStatus": status})
    run = asyncio.create_task(listing.run(NUMBERS[:1]), name="test.run")
    await peer.has_been_asked("ListParticipants", 3)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (state_of(store, NUMBERS[0]), peer.rooms) == (state, {})
    outcome = "cancelled" if state == "waiting" else "answered"
    assert (store.attempts()[0].outcome, store.attempts()[0].answered is None) == (outcome, state == "waiting")
    summary = await listing.run(NUMBERS[:1])
    assert (summary.before, summary.outcomes) == ((1, {}) if state == "done" else (0, {"answered": 1}))


@pytest.mark.parametrize("outcome", ["cancelled", "trunk failure"])
async def test_a_killed_run_calls_whom_it_had_not_reached(
    peer: LiveKitPeer, listing: Listing, store: Store, outcome: str
) -> None:
    """The attempt was recorded before the kill, the row was not."""
    for number in NUMBERS[:2]:
        left_behind(store, number, "gone")
    store.end_attempt(NUMBERS[0], outcome)
    store.end_attempt(NUMBERS[1], outcome, answered=MONDAY_NOON)
    summary = await listing.run(NUMBERS[:2])
    assert summary.outcomes == {"answered": 1, outcome: 1}
    assert calls(peer) == [NUMBERS[0]]
    assert state_of(store, NUMBERS[1]) == "done"


async def test_a_call_that_had_not_reached_anybody_is_no_try(peer: LiveKitPeer, listing: Listing, store: Store) -> None:
    left_behind(store, NUMBERS[0], "gone")
    store.end_attempt(NUMBERS[0], "cancelled")
    peer.lines[NUMBERS[0]] = Line(486, "Busy Here")
    await listing.run(NUMBERS[:1], retries={"times": 1, "after": "1 s"})
    assert calls(peer) == [NUMBERS[0]] * 2


async def test_a_killed_run_keeps_its_retries(peer: LiveKitPeer, listing: Listing, store: Store) -> None:
    left_behind(store, NUMBERS[0], "gone")
    store.end_attempt(NUMBERS[0], "busy", now=datetime.now(UTC) - timedelta(hours=1))
    left_behind(store, NUMBERS[1], "lives-on")
    peer.open("lives-on")
    peer.join("lives-on", AGENT, ParticipantInfo.AGENT, **{ATTRIBUTE: Report("ended", "busy").as_text()})
    summary = await listing.run(NUMBERS[:2], retries={"times": 1, "after": "1 s"})
    assert summary.outcomes == {"answered": 2}
    assert calls(peer) == NUMBERS[:2]
    assert {detail for detail in listing.details if "once more" in detail} == {
        "once more in 0 s",
        "begun in an earlier run; once more in 1 s",
    }
    left_behind(store, NUMBERS[2], "gone")
    store.end_attempt(NUMBERS[2], "busy")
    assert (await listing.run(NUMBERS[2:3])).outcomes == {"busy": 1}


async def test_a_call_that_a_worker_cancelled_is_left_for_the_next_run(
    peer: LiveKitPeer, listing: Listing, store: Store
) -> None:
    left_behind(store, NUMBERS[0], "lives-on")
    peer.open("lives-on")
    peer.join("lives-on", AGENT, ParticipantInfo.AGENT, **{ATTRIBUTE: Report("ended", "cancelled").as_text()})
    summary = await listing.run(NUMBERS[:1])
    assert (summary.outcomes, summary.left, state_of(store, NUMBERS[0])) == ({"cancelled": 1}, 1, "waiting")


async def test_failures_of_the_trunk_are_tried_again_where_the_profile_says_so(
    peer: LiveKitPeer, listing: Listing
) -> None:
    peer.failing["CreateDispatch"] = TwirpError(500, "internal", "no agents here")
    retries = {"times": 1, "after": "1 s", "on": ["trunk failure"]}
    summary = await listing.run(NUMBERS[:1], retries=retries)
    assert (summary.outcomes, len(peer.asked("CreateRoom")), summary.left) == ({"trunk failure": 1}, 2, 1)
    summary = await listing.run(NUMBERS, pace=Pace(1, 100), retries=retries)
    assert (summary.left, "3 calls failed" in summary.stopped) == (6, True), "retries do not keep a list going"


async def test_a_run_that_is_stopped_hangs_up_and_leaves_the_rest(
    peer: LiveKitPeer, listing: Listing, store: Store
) -> None:
    for number in NUMBERS:
        peer.lines[number] = Line(rings=60)
    run = asyncio.create_task(listing.run(NUMBERS, pace=Pace(2, 100)), name="test.run")
    for _ in range(2):
        await peer.placed.get()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert peer.rooms == {}
    assert {(row.state, row.tries) for row in store.list_rows("a.csv").values()} == {("waiting", 1)}
    peer.lines.clear()
    assert (await listing.run(NUMBERS)).outcomes == {"answered": 6}

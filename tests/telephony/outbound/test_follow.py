"""A call is followed by a clock of the test: every limit is met, and is not met a moment before."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from livekit.protocol.models import ParticipantInfo

from callagent.livekit_api import LiveKitClient
from callagent.telephony.outbound import ATTRIBUTE, DialOrder, Limits, Report
from callagent.telephony.outbound.follow import CallWatch, Ending
from tests.support.dial_worker import AGENT
from tests.support.livekit_peer import LiveKitPeer, TwirpError

ROOM = "a-room"
ORDER = DialOrder(attempt="a", to="+12025550123", trunk="ST_1", ringing_timeout=30, max_call=60)
LIMITS = Limits(worker=20, poll=0.001)


class Call:
    """A call that is followed, and the clock that it is followed by."""

    def __init__(self, peer: LiveKitPeer, server: LiveKitClient) -> None:
        self.now = 100.0
        self.stages: list[tuple[str, float]] = []
        self.peer = peer
        peer.open(ROOM)
        self.watch = CallWatch(
            server, ROOM, ORDER, progress=lambda *told: self.stages.append(told), limits=LIMITS, clock=lambda: self.now
        )
        self._following = asyncio.create_task(self.watch.follow(), name="test.follow")

    async def looked(self) -> None:
        """Waits until a look that began after now has been judged."""
        await self.peer.has_been_asked("ListParticipants", len(self.peer.asked("ListParticipants")) + 3)

    async def ends_at(self, seconds: float) -> Ending:
        """The ending; the call goes on until that moment after its beginning (seconds), and no longer."""
        self.now = 100.0 + seconds - 0.25
        await self.looked()
        assert not self._following.done()
        self.now = 100.0 + seconds
        return await self.ended()

    async def ended(self) -> Ending:
        async with asyncio.timeout(20):
            return await self._following

    def agent(self, report: Report | None = None) -> None:
        attributes = {ATTRIBUTE: report.as_text()} if report else {}
        self.peer.join(ROOM, AGENT, ParticipantInfo.AGENT, **attributes)

    def callee(self, status: str) -> None:
        self.peer.join(ROOM, "callee", ParticipantInfo.SIP, **{"sip.callStatus": status})

    async def stop(self) -> None:
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)


@asynccontextmanager
async def following(peer: LiveKitPeer, server: LiveKitClient) -> AsyncIterator[Call]:
    call = Call(peer, server)
    try:
        yield call
    finally:
        await call.stop()


async def test_no_worker_has_come_in_time(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        ending = await call.ends_at(20)
    assert (ending.outcome, ending.at) == ("trunk failure", {"dispatched": 0.0, "ended": 20.0})
    assert ending.detail == "no worker has taken the call; is `callagent serve` running?"
    assert peer.rooms == {}


async def test_a_worker_that_has_gone_is_missed_for_three_seconds(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.agent()
        call.now += 30
        await call.looked()
        peer.leave(ROOM, AGENT)
        await call.looked()
        ending = await call.ends_at(33)
    assert ending.detail == "the worker was lost before it could tell how the call ended"


async def test_a_call_that_nobody_answers_rings_no_longer_than_it_may(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.agent()
        call.callee("ringing")
        await call.looked()
        assert call.watch.answered_ago is None
        ending = await call.ends_at(20 + 30 + 15)
    assert (ending.outcome, ending.detail) == ("no answer", "neither an answer nor a failure in time")
    assert [stage for stage, _ in call.stages] == ["dispatched", "ringing", "ended"]


async def test_a_call_is_cut_off_at_its_greatest_length(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.agent()
        call.now += 10
        call.callee("active")
        await call.looked()
        call.now += 5
        assert call.watch.answered_ago == 5
        ending = await call.ends_at(10 + 60 + 30)
    assert (ending.outcome, ending.detail) == ("answered", "cut off at the greatest length of a call")
    assert ending.at == {"dispatched": 0.0, "answered": 10.0, "ended": 100.0}


async def test_a_server_that_is_away_is_waited_for(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.agent()
        await call.looked()
        peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
        await peer.has_failed("ListParticipants", 2)
        call.now += 14.75
        await peer.has_failed("ListParticipants", peer.failed["ListParticipants"] + 3)
        del peer.failing["ListParticipants"]
        await call.looked()
        call.agent(Report("ended", "busy", "486 Busy Here", 486, "voicemail"))
        ending = await call.ended()
    assert (ending.outcome, ending.detail, ending.sip_status, ending.machine) == (
        "busy",
        "486 Busy Here",
        486,
        "voicemail",
    )


async def test_a_server_that_stays_away_is_given_up(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.agent()
        await call.looked()
        peer.failing["ListParticipants"] = TwirpError(503, "unavailable", "restarting")
        await peer.has_failed("ListParticipants", 2)
        call.now += 15
        ending = await call.ended()
    assert ending.outcome == "trunk failure"
    assert ending.detail.startswith("lost sight of the call: ")


@pytest.mark.parametrize(
    ("told", "stages"),
    [
        ([lambda call: call.callee("ringing"), lambda call: call.callee("active")], ["ringing", "answered"]),
        ([lambda call: call.callee("active"), lambda call: call.callee("ringing")], ["answered"]),
        ([lambda call: call.callee("automation"), lambda call: call.callee("active")], ["answered"]),
        ([lambda call: call.agent(Report("speaking")), lambda call: call.callee("active")], ["speaking"]),
        ([lambda call: call.callee("odd")], []),
    ],
)
async def test_a_stage_is_told_once_and_none_that_comes_late(
    peer: LiveKitPeer, server: LiveKitClient, told: list[Callable[[Call], None]], stages: list[str]
) -> None:
    async with following(peer, server) as call:
        call.agent()
        for tell in told:
            tell(call)
            call.now += 1
            await call.looked()
        assert [stage for stage, _ in call.stages] == ["dispatched", *stages]


async def test_a_stage_is_told_to_the_hundredth_of_a_second(peer: LiveKitPeer, server: LiveKitClient) -> None:
    async with following(peer, server) as call:
        call.now += 1.2345
        call.callee("ringing")
        await call.looked()
        assert call.stages == [("dispatched", 0.0), ("ringing", 1.23)]

"""The job of an outbound call on a real livekit-server. Nobody has connected a telephone network to it."""

import asyncio

import pytest

from callagent.profile import load_profile
from callagent.telephony.dialling import Connection, DialOrder, Limits, Stage, write_metadata
from callagent.telephony.dialling.room import open_room
from callagent.telephony.dialling.watch import CallWatch
from callagent.worker.outbound import hushed, outbound_context
from tests.support.livekit_server import RunningWorker, new_room

ORDER = DialOrder(attempt="a", to="+12025550123", caller_id="+12025550100", trunk="ST_1", meta={"order": "17"})


def test_a_session_that_stands_ready_says_nothing_and_knows_what_it_is_about() -> None:
    profile = load_profile("en-US", sets=["flow.notice=This call is recorded."])
    ready = hushed(profile, ORDER)
    assert (ready.greeting, ready.flow.notice) == ("", "")
    assert ready.instructions.endswith("About this call:\n- order: 17")
    assert hushed(profile, ORDER.model_copy(update={"meta": {}})).instructions == profile.instructions


def test_the_context_is_that_of_an_outbound_call_whatever_the_meta_says() -> None:
    order = ORDER.model_copy(update={"meta": {"sip.phoneNumber": "+12025550199", "order": "17"}})
    context = outbound_context(order, write_metadata("en-US", order))
    assert (context.direction, context.number, context.own_number) == ("outbound", "+12025550123", "+12025550100")
    assert context.country == "US"
    assert context.attributes["order"] == "17"


@pytest.mark.room
@pytest.mark.local_models
@pytest.mark.timeout(400)
async def test_a_call_that_the_server_cannot_place_is_told_and_recorded(worker: RunningWorker) -> None:
    room, stages = new_room(), list[Stage]()
    order = ORDER.model_copy(update={"watched": True})
    livekit = worker.server
    connection = Connection(livekit.url, livekit.api_key, livekit.api_secret, worker.agent_name)
    async with connection.open() as server, asyncio.timeout(120):
        await open_room(server, room, agent=connection.agent, metadata=write_metadata("en-US", order), empty_timeout=60)
        watch = CallWatch(
            server, room, order, progress=lambda stage, _: stages.append(stage), limits=Limits(worker=100)
        )
        ending = await watch.follow()
    assert (ending.outcome, stages) == ("trunk failure", ["dispatched", "ended"])
    assert "sip not connected" in ending.detail

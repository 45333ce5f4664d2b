"""The checks that talk to livekit-server, against a real one: with Redis, without, and with nothing there."""

import shutil
from collections.abc import AsyncIterator

import pytest
from livekit import api

from callagent.doctor import CHECKS, Subject, examine
from callagent.livekit_api import open_client
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.scripted_calls.servers.redis import BINARY, HOW_TO_GET_IT, RedisServer
from callagent.worker import Connection
from tests.doctor.patients import connection, subject
from tests.support.loopback import unused_port

TALKING = {"keys", "server", "clock", "media", "sip", "trunks"}
pytestmark = [pytest.mark.room, pytest.mark.any_speed]


@pytest.fixture
async def with_redis(livekit: Connection) -> AsyncIterator[Connection]:
    """A livekit-server with a Redis. `livekit` skips where there is no livekit-server."""
    if shutil.which(BINARY) is None:
        pytest.skip(HOW_TO_GET_IT)
    redis = await RedisServer.start()
    try:
        server = await LiveKitServer.start(redis=redis.address)
        try:
            yield server.connection
        finally:
            await server.aclose()
    finally:
        await redis.aclose()


async def states(subject: Subject) -> dict[str, str]:
    checks = [check for check in CHECKS if check.name in TALKING]
    return {each.check: each.finding.state async for each in examine(subject, checks)}


async def test_without_redis_there_is_no_telephony(livekit: Connection) -> None:
    found = await states(subject(livekit))
    assert found == {**dict.fromkeys(TALKING, "ok"), "sip": "failed", "trunks": "skipped"}


async def test_keys_that_the_server_refuses(livekit: Connection) -> None:
    found = await states(subject(connection(url=livekit.url)))
    assert (found["server"], found["clock"], found["media"], found["sip"]) == ("failed", "ok", "skipped", "skipped")


async def test_with_redis_the_trunks_are_looked_at(with_redis: Connection) -> None:
    patient = subject(with_redis)
    assert await states(patient) == {**dict.fromkeys(TALKING, "ok"), "trunks": "failed"}
    async with open_client(with_redis) as server:
        trunk = api.SIPInboundTrunkInfo(name="main", numbers=["+12025550100"])
        await server.create(trunk)
        individual = api.SIPDispatchRule(dispatch_rule_individual=api.SIPDispatchRuleIndividual(room_prefix="call-"))
        config = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name="callagent")])
        rule = api.SIPDispatchRuleInfo(name="all", rule=individual, room_config=config)
        await server.create(rule)
    assert await states(patient) == dict.fromkeys(TALKING, "ok")


async def test_with_nothing_there_the_cause_is_told_once() -> None:
    found = await states(subject(connection(url=f"ws://127.0.0.1:{unused_port()}")))
    assert [name for name, state in found.items() if state == "failed"] == ["server"]

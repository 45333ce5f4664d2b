"""A real livekit-server with Redis behind it, one for all the tests of a session, emptied before each of them."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from livekit import api

from callagent.livekit_api import open_client
from callagent.livekit_api.connection import Connection
from callagent.scripted_calls.servers.livekit_server import HOW_TO_GET_IT, LiveKitServer, find_binary
from callagent.scripted_calls.servers.redis import BINARY as REDIS
from callagent.scripted_calls.servers.redis import HOW_TO_GET_IT as HOW_TO_GET_REDIS
from callagent.scripted_calls.servers.redis import RedisServer
from tests.support.background import Background
from tests.support.livekit_server import own_loop

__all__ = ["livekit_api", "own_loop", "sip_livekit", "sip_server"]

_SERVER = pytest.StashKey[Connection]()


@pytest.fixture(scope="session")
def sip_server(pytestconfig: pytest.Config, own_loop: Background) -> Connection:
    if find_binary() is None:
        pytest.skip(HOW_TO_GET_IT)
    if shutil.which(REDIS) is None:
        pytest.skip(HOW_TO_GET_REDIS)
    if _SERVER not in pytestconfig.stash:
        redis = own_loop.run(RedisServer.start())
        pytestconfig.add_cleanup(lambda: own_loop.run(redis.aclose()))
        server = own_loop.run(LiveKitServer.start(redis=redis.address))
        pytestconfig.add_cleanup(lambda: own_loop.run(server.aclose()))
        pytestconfig.stash[_SERVER] = server.connection
    return pytestconfig.stash[_SERVER]


@pytest.fixture
def sip_livekit(sip_server: Connection, own_loop: Background) -> Iterator[Connection]:
    """The server without any trunk or rule."""
    own_loop.run(_empty(sip_server))
    yield sip_server


@pytest.fixture
async def livekit_api(sip_livekit: Connection) -> AsyncIterator[api.LiveKitAPI]:
    server = sip_livekit
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret, failover=False) as client:
        yield client


async def _empty(server: Connection) -> None:
    async with open_client(server) as client:
        for rule in await client.dispatch_rules():
            await client.delete_rule(rule.sip_dispatch_rule_id)
        inbound, outbound = await client.inbound_trunks(), await client.outbound_trunks()
        for trunk_id in [trunk.sip_trunk_id for trunk in inbound] + [trunk.sip_trunk_id for trunk in outbound]:
            await client.delete_trunk(trunk_id)

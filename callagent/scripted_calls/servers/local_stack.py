"""The phone network's side of LiveKit, all of it on this machine: Redis, livekit-server, livekit-sip."""

import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass

from callagent.scripted_calls.servers import livekit_server
from callagent.scripted_calls.servers.child_processes import ChildProcess
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.scripted_calls.servers.livekit_sip import HOW_TO_GET_IT as GET_LIVEKIT_SIP
from callagent.scripted_calls.servers.livekit_sip import LiveKitSip, find_binary
from callagent.scripted_calls.servers.redis import BINARY as REDIS
from callagent.scripted_calls.servers.redis import HOW_TO_GET_IT as GET_REDIS
from callagent.scripted_calls.servers.redis import RedisServer
from callagent.worker import Connection


def missing() -> list[str]:
    """Return what keeps the stack from being started here, and how to get it, one
    sentence each; empty where nothing does.
    """
    found = {
        GET_LIVEKIT_SIP: find_binary(),
        livekit_server.HOW_TO_GET_IT: livekit_server.find_binary(),
        GET_REDIS: shutil.which(REDIS),
    }
    return [how_to_get_it for how_to_get_it, path in found.items() if path is None]


@dataclass(frozen=True)
class SipStack:
    """What runs. `sip_port` takes calls on 127.0.0.1, over UDP."""

    server: Connection
    redis: str
    sip_port: int
    processes: tuple[ChildProcess, ...]


async def start_stack(started: AsyncExitStack) -> SipStack:
    """Start the three, and leave their ends to `started`.

    Raises:
        LevelUnavailable: one of them is missing or does not start; the message says how to get it.
    """
    store = await RedisServer.start()
    started.push_async_callback(store.aclose)
    server = await LiveKitServer.start(redis=store.address)
    started.push_async_callback(server.aclose)
    gateway = await LiveKitSip.start(server.connection, store.address)
    started.push_async_callback(gateway.aclose)
    return SipStack(server.connection, store.address, gateway.port, (store.process, server.process, gateway.process))

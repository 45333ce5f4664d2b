import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livekit import api

from callagent.calls.sip.number import OwnNumber
from callagent.worker import Connection
from tests.support.livekit_server import livekit, own_loop, worker
from tests.support.sip_stack import sip_stack, sip_worker

__all__ = ["desk_number", "livekit", "own_loop", "sip_stack", "sip_worker", "worker"]


@asynccontextmanager
async def desk_number(server: Connection, agent_name: str) -> AsyncIterator[str]:
    """A number of the stack that leads to the agent."""
    taken = await OwnNumber.take(server, f"bench-{secrets.token_hex(4)}", api.RoomAgentDispatch(agent_name=agent_name))
    try:
        yield taken.number
    finally:
        await taken.release()

"""A list is dialled by one process at a time: two that do not know of each other would call everybody twice."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from callagent.concurrency import supervised, uninterrupted
from callagent.database import ListLease, Store, StoreUnavailable
from callagent.private_files import lives

LEASE = timedelta(seconds=60)
"""How long a process that is not heard of keeps its list, where nobody can see whether it still runs."""

BEAT_S = 15.0
"""How often a process says that it still dials its list, in seconds."""


class ListTaken(Exception):
    """Another process dials the list; the message is one line that names it."""


@asynccontextmanager
async def leased(store: Store, name: str, *, lost: Callable[[], None]) -> AsyncIterator[None]:
    """Keep a list for this process meanwhile. A process of this machine that was killed has it no more.

    Args:
        lost: called when another process has taken the list, because this one was stopped for longer than a lease.

    Raises:
        ListTaken: another process has it.
    """
    token = secrets.token_hex(8)
    await asyncio.to_thread(_take, store, name, token)
    try:
        async with supervised(_beat(store, name, token, lost), name="callagent.dial.lease"):
            yield
    finally:
        await uninterrupted(asyncio.to_thread(store.drop_lease, name, token))


def _take(store: Store, name: str, token: str) -> None:
    held = store.lease_of(name)
    if held is not None and held.token != token and _runs(held):
        raise ListTaken(f"the list is being dialled by process {held.pid} on {held.host}")
    mine = ListLease(list=name, token=token, host=socket.gethostname(), pid=os.getpid(), at=datetime.now(UTC))
    if not store.take_lease(mine, instead_of=held):
        raise ListTaken("another process has begun to dial the list at the same moment")


def _runs(lease: ListLease) -> bool:
    if datetime.now(UTC) - lease.at > LEASE:
        return False
    return lease.host != socket.gethostname() or lives(lease.pid)


async def _beat(store: Store, name: str, token: str, lost: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            await asyncio.to_thread(_take, store, name, token)
        except StoreUnavailable:
            continue
        except ListTaken:
            lost()
            return

"""Waits in real time for what nothing tells of, looked at a hundred times a second."""

import asyncio
import itertools
from collections.abc import Callable

LOOK_S = 0.01


async def eventually(holds: Callable[[], bool], *, within: float = 10.0) -> None:
    """Waits until something holds. Raises TimeoutError."""
    async with asyncio.timeout(within):
        for _ in itertools.count():
            if holds():
                return
            await asyncio.sleep(LOOK_S)

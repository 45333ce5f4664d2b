"""How late the event loop of a call is."""

import asyncio
import time

EVERY_S = 0.005
"""Seconds between two looks."""

LAGS: list[float] = []
"""Seconds by which the loop was late, of the calls since this was emptied: the agent's author has no other way out."""


async def sample(lags: list[float]) -> None:
    """Note how much later than asked for the loop goes on, until cancelled."""
    while True:
        asked = time.monotonic() + EVERY_S
        await asyncio.sleep(EVERY_S)
        lags.append(max(time.monotonic() - asked, 0.0))

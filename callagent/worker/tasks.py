"""Tasks that have an owner: one that runs beside a block of code, and waiting for the first of several things."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, T], *, name: str) -> AsyncIterator["asyncio.Task[T]"]:
    """Runs `work` in a task of that name beside the block; at its end the task is cancelled and awaited.

    A failure of the task does not disturb the block: whoever wants it asks the task. asyncio logs one that nobody does.
    """
    task = asyncio.create_task(work, name=name)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def first_of(*awaited: "asyncio.Future[Any] | asyncio.Event") -> None:
    """Returns as soon as one of the tasks is done, however it has ended, or one of the events is set. All go on."""
    async with AsyncExitStack() as stack:
        futures = [
            await stack.enter_async_context(beside(one.wait(), name="callagent.worker.waiting"))
            if isinstance(one, asyncio.Event)
            else one
            for one in awaited
        ]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)

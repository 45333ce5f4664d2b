"""Tasks of the package that nobody waited for."""

import asyncio

from tests.support.own_code import PACKAGE


def leftover_tasks() -> list[str]:
    """One line per pending task, in the running loop, that runs a coroutine of the package."""
    return sorted(
        f"task {task.get_name()!r} ({code.co_qualname}) is still pending"
        for task in asyncio.all_tasks()
        if (code := getattr(task.get_coro(), "cr_code", None)) is not None and code.co_filename.startswith(PACKAGE)
    )

"""Makes the checks side by side, each within its limit, and gives what they find in their order."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence

import aiohttp

from callagent.concurrency import cancel_and_wait
from callagent.doctor.check import Check, Examined, Finding, Subject, failed, skipped
from callagent.livekit_api import ServerError

UNFORESEEN = (OSError, ValueError, ImportError, RuntimeError, aiohttp.ClientError, ServerError)
"""What systems, networks and files can come up with. Anything else is a mistake of the check, and ends the doctor."""

SHOW_IT = "`callagent --log-level debug doctor` shows where that comes from"

_log = logging.getLogger("callagent.doctor")


async def examine(subject: Subject, checks: Sequence[Check]) -> AsyncIterator[Examined]:
    """Make the checks and give each finding as soon as it and the ones before it are known.

    Raises:
        ValueError: a check needs one that does not come before it.
    """
    names = [check.name for check in checks]
    for index, check in enumerate(checks):
        if not set(check.needs) <= set(names[:index]):
            raise ValueError(f"check {check.name} needs {', '.join(check.needs)}, which must come before it")
    examined: dict[str, asyncio.Task[Examined]] = {}
    for check in checks:
        name = f"callagent.doctor.{check.name}"
        examined[check.name] = asyncio.create_task(_examine(check, subject, dict(examined)), name=name)
    try:
        for task in examined.values():
            yield await task
    finally:
        await cancel_and_wait(*examined.values())


async def _examine(check: Check, subject: Subject, before: Mapping[str, "asyncio.Task[Examined]"]) -> Examined:
    for needed in check.needs:
        if (await before[needed]).finding.state in ("failed", "skipped"):
            return Examined(check.name, skipped(f"needs {needed}"), 0.0)
    began = time.perf_counter()
    finding = await _within(check, subject)
    return Examined(check.name, finding, time.perf_counter() - began)


async def _within(check: Check, subject: Subject) -> Finding:
    try:
        async with asyncio.timeout(check.limit):
            return await check.run(subject)
    except TimeoutError:
        found, remedy = check.late
        return failed(f"{found} within {check.limit:g} s", remedy)
    except UNFORESEEN as error:
        _log.debug("check failed", exc_info=error, extra={"check": check.name})
        return failed(f"this could not be looked at: {_named(error)}", SHOW_IT)


def _named(error: Exception) -> str:
    """Return the kind of the error. Its own words may hold anything, but for those of the operating system."""
    kind = type(error).__name__
    return f"{error.strerror.lower()} ({kind})" if isinstance(error, OSError) and error.strerror else kind

"""The clock: tokens are valid for a time, so both machines have to agree on it."""

import time
from email.utils import parsedate_to_datetime

import aiohttp

from callagent.doctor.check import Check, Finding, failed, ok, skipped, warning
from callagent.doctor.subject import Subject

RESOLUTION_S = 1.0
"""HTTP tells the time in whole seconds, cut off."""

WARNING_S = 5.0
FAILED_S = 30.0
"""Seconds by which a clock may be off. livekit-server refuses tokens whose beginning is more than a minute ahead."""

SET_IT = "let both machines follow a time server: `timedatectl set-ntp true`"

IS_IT_LIVEKIT = (
    "something takes connections at LIVEKIT_URL and says nothing: is it livekit-server, or a proxy without one?"
)


async def check_clock(subject: Subject) -> Finding:
    """Compares the server's `Date` with this machine's time."""
    try:
        async with aiohttp.ClientSession() as session, session.get(subject.http_url) as answer:
            now, date = time.time(), answer.headers.get("Date")
    except aiohttp.ClientError as error:
        return skipped(f"the server's time is not known ({type(error).__name__})")
    off = offset(now, date)
    if off is None:
        return skipped("the server does not tell the time")
    if abs(off) <= RESOLUTION_S:
        return ok("this machine and the server agree on the time")
    found = f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the server's"
    if abs(off) > FAILED_S:
        return failed(f"{found}: tokens will be refused", SET_IT)
    return warning(found, SET_IT) if abs(off) > WARNING_S else ok(found)


def offset(now: float, date: str | None) -> float | None:
    """Seconds by which `now` (since the epoch) is ahead of an HTTP date; None when that is none."""
    try:
        told = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return None
    return now - (told + RESOLUTION_S / 2)


CLOCK = Check("clock", check_clock, needs=("keys",), late=("the server did not tell the time", IS_IT_LIVEKIT))

import time
from email.utils import formatdate

import pytest
from aiohttp import web

from callagent.doctor.checks.livekit_server import check_clock, offset
from tests.doctor.patients import connection, subject
from tests.support.loopback import serving


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, "ok"), (3, "ok"), (-3, "ok"), (12, "warning"), (-12, "warning"), (90, "failed"), (-90, "failed")],
)
async def test_a_clock_that_is_off_is_told(ahead: float, state: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": formatdate(time.time() - ahead, usegmt=True)})

    async with serving(handle) as port:
        finding = await check_clock(subject(connection(url=f"ws://127.0.0.1:{port}")))
    assert finding.state == state
    assert ("ahead of" in finding.found) == (ahead >= 3)


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Nov 2026 07:38:57 GMT"])
def test_a_date_that_is_none_is_no_offset(date: str | None) -> None:
    assert offset(0.0, date) is None


async def test_a_server_that_is_not_there_tells_no_time() -> None:
    assert (await check_clock(subject(connection(url="ws://127.0.0.1:9")))).state == "skipped"

"""One request with a webhook, and what came of it."""

import asyncio
import os
import time

import aiohttp
from yarl import URL

from callagent.records.webhooks.queue import Due
from callagent.records.webhooks.retries import Answer, judged
from callagent.records.webhooks.settings import Endpoint
from callagent.records.webhooks.signature import signed


async def ask(session: aiohttp.ClientSession, endpoint: Endpoint, due: Due) -> Answer:
    """Send a webhook once, and tell what came of it. The status says it all: nobody reads what follows it."""
    body = due.pii_body.encode()
    headers = {
        **signed(endpoint.keys, due.message, int(time.time()), body),
        "Idempotency-Key": due.message,
        "Content-Type": "application/json",
        "User-Agent": "callagent",
    }
    url = URL(endpoint.url, encoded=True)
    try:
        async with asyncio.timeout(endpoint.timeout_s):
            response = await session.post(url, data=body, headers=headers, allow_redirects=False)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Answer("again", words_of(error, endpoint.timeout_s))
    response.release()
    return judged(response.status, response.headers)


def words_of(error: Exception, timeout_s: float) -> str:
    """Return why there was no answer, in words that hold neither the address nor what was sent."""
    match error:
        case TimeoutError():
            return f"did not answer in {timeout_s:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "its name is not known"
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate cannot be trusted"
        case aiohttp.ClientConnectorError():
            return f"cannot be reached: {os.strerror(error.errno) if error.errno else type(error.os_error).__name__}"
        case aiohttp.ServerDisconnectedError():
            return "closed the connection without an answer"
    return f"failed: {type(error).__name__}"

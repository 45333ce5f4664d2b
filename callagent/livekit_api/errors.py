"""What a request to livekit-server fails with: one hierarchy, and the one table that everything below it is mapped by.

ServerError
├── Unreachable       no livekit-server answers: nothing does, not in time, or something else does
├── Unauthorised      it does not take the key pair
└── Refused           it answers with an error of its own
    ├── NotFound      there is no such room, participant, trunk or rule
    ├── SipDisabled   it has no Redis, which everything about SIP needs
    └── CallRefused   the telephone network has refused a call or a transfer, with a SIP status
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api

from callagent.sanitise import blanked

PROTOBUF = "application/protobuf"
"""Content type of every answer of livekit-server that is not an error (Twirp)."""

KEY_REFUSED = (401, 403)
"""HTTP statuses with which livekit-server refuses a key pair. The text beside them is not Twirp's."""

LONGEST = 300
"""Characters that are kept of foreign text."""


class ServerError(Exception):
    """A request to livekit-server has come to nothing; the message is one line."""


class Unreachable(ServerError):
    """No livekit-server answers: nothing does, not in time, or something else does, such as a proxy."""


class Unauthorised(ServerError):
    """livekit-server does not take the key pair."""


class Refused(ServerError):
    """livekit-server answers with an error.

    Args:
        words: the server's own words, on one line; the code where there are none.
        code: its Twirp code, such as `invalid_argument`.
        status: the HTTP status that the code came with.
    """

    def __init__(self, words: str, *, code: str = api.ServerErrorCode.UNKNOWN, status: int = 500) -> None:
        super().__init__(words)
        self.words, self.code, self.status = words, code, status


class NotFound(Refused):
    """There is no such room, participant, trunk or rule."""


class SipDisabled(Refused):
    """The server has no Redis, which trunks, rules and calls need."""


class CallRefused(Refused):
    """The telephone network has refused a call, or a transfer.

    Args:
        sip_status: SIP status (RFC 3261 section 21).
        reason: the words beside it.
    """

    def __init__(self, words: str, *, code: str, status: int, sip_status: int, reason: str) -> None:
        super().__init__(words, code=code, status=status)
        self.sip_status, self.reason = sip_status, reason


class StrangeAnswer(aiohttp.ClientError):
    """What answers does not speak Twirp; `status` is that of its HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


async def check_answer(answer: aiohttp.ClientResponse) -> None:
    """Let only a livekit-server's answer through: protobuf, or an error in Twirp's form.

    Anything else could pass for an answer: an empty page is a valid message of every kind.

    Raises:
        StrangeAnswer: it is somebody else's.
    """
    if answer.status == 200:
        known = answer.content_type == PROTOBUF
    elif answer.status in KEY_REFUSED and answer.content_type != "application/json":
        known = True
    else:
        known = _is_twirp_error(await answer.read())
    if not known:
        answer.close()
        raise StrangeAnswer(answer.status)


def _is_twirp_error(body: bytes) -> bool:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(data, dict) or not isinstance(data.get("meta", {}), dict):
        return False
    texts = (data.get("code"), data.get("msg", ""), *data.get("meta", {}).values())
    return all(isinstance(text, str) for text in texts)


@asynccontextmanager
async def translated(url: str, limit: float) -> AsyncIterator[None]:
    """Give a request its time, and turn all that it can fail with into a ServerError.

    Args:
        url: of the server, for messages, without secrets.
        limit: seconds for the whole answer.
    """
    try:
        async with asyncio.timeout(limit):
            yield
    except tuple(_TABLE) as error:
        translate = next(translate for kind, translate in _TABLE.items() if isinstance(error, kind))
        raise translate(error, url) from error


def _answered(error: api.ServerError, url: str) -> ServerError:
    if error.status in KEY_REFUSED:
        said = one_line(error.message)
        return Unauthorised(f"livekit-server at {url} refuses the API key" + (f": {said}" if said else ""))
    words = one_line(error.message) or f"livekit-server at {url} failed ({error.code})"
    kind: type[Refused] = NotFound if error.code == api.ServerErrorCode.NOT_FOUND else Refused
    if "sip not connected" in error.message:
        kind, words = SipDisabled, f"livekit-server at {url} has no Redis, which SIP needs"
    return kind(words, code=error.code, status=error.status)


def _call_refused(error: api.SipCallError, url: str) -> ServerError:
    status = error.sip_status_code
    if not status:
        return _answered(error, url)
    words, reason = one_line(error.message), one_line(error.sip_status or "")
    return CallRefused(
        words or f"{status} {reason}", code=error.code, status=error.status, sip_status=status, reason=reason
    )


def _strange(error: StrangeAnswer, url: str) -> ServerError:
    if error.status in KEY_REFUSED:
        return Unauthorised(f"livekit-server at {url} refuses the API key")
    return Unreachable(f"what answers at {url} is not a livekit-server (status {error.status})")


def _unconnected(error: aiohttp.ClientConnectorError, url: str) -> ServerError:
    return Unreachable(f"cannot reach livekit-server at {url}: {os_words(error.os_error)}")


def _lost(error: Exception, url: str) -> ServerError:
    return Unreachable(f"cannot reach livekit-server at {url}: {type(error).__name__}")


_TABLE: dict[type[Exception], Callable[[Any, str], ServerError]] = {
    api.SipCallError: _call_refused,
    api.ServerError: _answered,
    StrangeAnswer: _strange,
    DecodeError: lambda _, url: Unreachable(f"what answers at {url} is not a livekit-server"),
    TimeoutError: lambda _, url: Unreachable(f"cannot reach livekit-server at {url}: no answer"),
    aiohttp.ClientConnectorError: _unconnected,
    aiohttp.ClientError: _lost,
    OSError: lambda error, url: Unreachable(f"cannot reach livekit-server at {url}: {os_words(error)}"),
    ValueError: _lost,
}
"""What livekit-api, aiohttp, protobuf and the system raise -> ours; the first line that fits counts. ValueError is
what aiohttp and the resolver make of an URL that is none."""


def os_words(error: OSError) -> str:
    """Return the system's own words; asyncio and the resolver put theirs into `strerror`."""
    known = isinstance(error.errno, int) and error.errno > 0
    return (os.strerror(error.errno or 0) if known else error.strerror or str(error)).lower()


def one_line(text: str) -> str:
    """Return foreign text made fit for a terminal and a log: one line, no control characters, not too long."""
    return blanked(text)[:LONGEST].strip()

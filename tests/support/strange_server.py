"""What can stand where livekit-server should be: a peer that answers every request with the same bytes, or none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from callagent.livekit_api.connection import Connection
from tests.support.livekit_peer import KEY, SECRET

PAGE = b"<html><body>please log in</body></html>"


def http(status: int, body: bytes = b"", kind: str = "", *headers: str, length: int | None = None) -> bytes:
    """An HTTP answer; `length` is what it claims to have, if not the truth."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Length: {len(body) if length is None else length}", *headers]
    lines += [f"Content-Type: {kind}"] if kind else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def twirp(status: int, body: bytes) -> bytes:
    """An error in the form in which livekit-server writes its own."""
    return http(status, body, "application/json")


@dataclass(frozen=True)
class Answer:
    """What comes instead of an answer.

    Args:
        content: bytes that are sent.
        hangs: nothing more comes, and the connection stays.
    """

    content: bytes = b""
    hangs: bool = False


STRANGE: dict[str, Answer] = {
    "a page of HTML": Answer(http(200, PAGE, "text/html")),
    "a page of HTML that calls itself protobuf": Answer(http(200, PAGE, "application/protobuf")),
    "an empty page": Answer(http(200, b"", "text/plain")),
    "an empty page of no kind": Answer(http(200)),
    "JSON": Answer(http(200, b"{}", "application/json")),
    "a page that is not found": Answer(http(404, PAGE, "text/html")),
    "JSON that is not found": Answer(twirp(404, b'{"error": "no such page"}')),
    "a list that is an error": Answer(twirp(500, b'["code", "msg"]')),
    "a text that is an error": Answer(twirp(502, b'"bad gateway"')),
    "an error with other fields": Answer(twirp(500, b'{"code": 13, "msg": null, "meta": [1]}')),
    "an error with other metadata": Answer(twirp(503, b'{"code": "unavailable", "meta": {"sip_status_code": {}}}')),
    "an error of a proxy": Answer(http(500, PAGE, "text/html")),
    "nothing behind the proxy": Answer(http(503)),
    "a redirect to a page": Answer(http(302, b"", "", "Location: http://127.0.0.1:9/login")),
    "a redirect to itself": Answer(http(307, b"", "", "Location: /again")),
    "a redirect to nowhere": Answer(http(308, b"", "", "Location: ftp://127.0.0.1/x")),
    "a truncated body": Answer(http(200, b"\n\x05", "application/protobuf", length=500)),
    "no HTTP": Answer(b"SIP/2.0 400 Bad Request\r\n\r\n"),
    "a connection that is closed": Answer(),
    "a hang": Answer(hangs=True),
    "a hang within the body": Answer(http(200, b"\n", "application/protobuf", length=500), hangs=True),
}


@asynccontextmanager
async def strange_server(answer: Answer) -> AsyncIterator[Connection]:
    """The server, until the end of the block."""
    over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer.content)
        await writer.drain()
        if answer.hangs:
            await over.wait()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            yield Connection(f"ws://127.0.0.1:{port}", KEY, SECRET)
        finally:
            over.set()

"""The other end of a SIP call, scripted: a socket that answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from callagent.scripted_calls.levels.sip.phone.message import Message
from tests.support.loopback import LOOPBACK

Script = Callable[[Message], list[Message]]


class Peer(asyncio.DatagramProtocol):
    """Keeps what it received, and answers each request with what the script gives."""

    def __init__(self, script: Script) -> None:
        self.received: list[Message] = []
        self.port = 0
        self._script = script
        self._arrived = asyncio.Event()
        self._caller: tuple[str, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._caller = addr
        message = Message.parse(data)
        self.received.append(message)
        if not message.is_response:
            for answer in self._script(message):
                self.send(answer)
        self._arrived.set()

    def send(self, message: Message) -> None:
        assert self._caller is not None
        self._transport.sendto(bytes(message), self._caller)

    def methods(self) -> list[str]:
        return [message.method for message in self.received if not message.is_response]

    async def wait_for(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message received that is wanted."""
        async with asyncio.timeout(5):
            while True:
                for message in self.received:
                    if wanted(message):
                        return message
                self._arrived.clear()
                await self._arrived.wait()

    async def request(self, method: str) -> Message:
        return await self.wait_for(lambda message: not message.is_response and message.method == method)

    async def response(self, method: str) -> Message:
        return await self.wait_for(lambda message: message.is_response and message.method == method)


@asynccontextmanager
async def peer(script: Script) -> AsyncIterator[Peer]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: Peer(script), local_addr=(LOOPBACK, 0))
    try:
        yield protocol
    finally:
        transport.close()


def reply(request: Message, status: int, reason: str = "", body: str = "", **headers: str) -> Message:
    """An answer with the tag and the contact of the other end."""
    answer = Message.response(request, status, reason or "Whatever", "theirs")
    answer.headers += [(name.replace("_", "-"), value) for name, value in headers.items()]
    answer.body = body
    return answer


def within(invite: Message, method: str, port: int, number: int = 7, **headers: str) -> Message:
    """A request of the other end in the dialog that an INVITE of ours began."""
    own = [
        ("Via", f"SIP/2.0/UDP {LOOPBACK}:{port};branch=z9hG4bK{method}{number}"),
        ("From", f"{invite.get('to')};tag=theirs"),
        ("To", invite.get("from")),
        ("Call-ID", invite.get("call-id")),
        ("CSeq", f"{number} {method}"),
    ]
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Message.request(method, "sip:phone", [*own, *more])

"""Telephones of the test's own that say and hear tones: one that calls, one that is called."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callagent.audio import CodecName, Samples
from callagent.audio.g711 import G711
from callagent.scripted_calls.levels.sip.phone import Phone, RtpSession, SipUri, answered_media, offer
from callagent.scripted_calls.levels.sip.phone.message import Message
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.support.consultation import Ears, Voice, talking
from tests.support.loopback import LOOPBACK
from tests.support.sip_peer import Peer, peer, reply

CODEC: CodecName = "pcmu"
NUMBER = "+12025550123"


class Line:
    """The audio of a telephone."""

    def __init__(self, hertz: float) -> None:
        self.ears = Ears()
        self.rtp = RtpSession(self._heard, lambda key: None)
        self.voice = Voice(hertz, self._say)
        self._coder = G711(CODEC)

    def _say(self, frame: Samples) -> None:
        self.rtp.send(self._coder.encode(frame))

    def _heard(self, payload: bytes) -> None:
        self.ears.hear(self._coder.decode(payload))


@asynccontextmanager
async def line(hertz: float) -> AsyncIterator[tuple[Line, str]]:
    """A line that talks as soon as it knows where to, and what it says of itself."""
    made = Line(hertz)
    said = offer(LOOPBACK, await made.rtp.open(LOOPBACK), CODEC)
    try:
        async with talking(made.voice):
            yield made, said
    finally:
        made.rtp.close()


class Caller:
    """Has called, and was answered."""

    def __init__(self, phone: Phone, line: Line) -> None:
        self.phone, self.ears, self.voice = phone, line.ears, line.voice
        self._line = line

    async def press(self, keys: str) -> None:
        await self._line.rtp.press(keys)


@asynccontextmanager
async def calling(stack: SipStack, number: str, hertz: float) -> AsyncIterator[Caller]:
    async with line(hertz) as (ours, said):
        phone = await Phone.open(SipUri.parse(f"sip:{number}@{LOOPBACK}:{stack.sip_port}"))
        try:
            phone.call(NUMBER, said)
            async with asyncio.timeout(30):
                ours.rtp.media = answered_media(await phone.answered, CODEC)
            yield Caller(phone, ours)
        finally:
            await phone.aclose()


class Callee:
    """Rings when it is called, and answers when the test says so."""

    def __init__(self, line: Line, said: str) -> None:
        self.ears, self.voice = line.ears, line.voice
        self._line, self._said = line, said
        self.peer: Peer

    def script(self, request: Message) -> list[Message]:
        """What is answered without asking the test."""
        if request.method == "INVITE":
            return [reply(request, 180, "Ringing", Contact=self._contact)]
        if request.method == "CANCEL":
            (invite, *_) = (each for each in self.peer.received if each.method == "INVITE")
            return [reply(request, 200, "OK"), reply(invite, 487, "Request Terminated")]
        return [] if request.method == "ACK" else [reply(request, 200, "OK", Contact=self._contact)]

    async def rings(self) -> Message:
        return await self.peer.request("INVITE")

    async def answer(self) -> None:
        invite = await self.rings()
        self._line.rtp.media = answered_media(invite.body, CODEC)
        headers = {"Contact": self._contact, "Content_Type": "application/sdp"}
        self.peer.send(reply(invite, 200, "OK", self._said, **headers))

    async def refuse(self, status: int, reason: str) -> None:
        self.peer.send(reply(await self.rings(), status, reason))

    async def hang_up(self) -> None:
        invite = await self.rings()
        self.peer.send(bye(invite, self.peer.port))

    @property
    def _contact(self) -> str:
        return f"<sip:callee@{LOOPBACK}:{self.peer.port}>"


def bye(invite: Message, port: int) -> Message:
    """Ends the call that the INVITE began, from the side that was called."""
    target = invite.get("contact").partition("<")[2].partition(">")[0]
    headers = [
        ("Via", f"SIP/2.0/UDP {LOOPBACK}:{port};branch=z9hG4bKbye"),
        ("From", f"{invite.get('to')};tag=theirs"),
        ("To", invite.get("from")),
        ("Call-ID", invite.get("call-id")),
        ("CSeq", "7 BYE"),
        ("Max-Forwards", "70"),
    ]
    return Message.request("BYE", target, headers)


@asynccontextmanager
async def callee(hertz: float) -> AsyncIterator[Callee]:
    async with line(hertz) as (ours, said):
        made = Callee(ours, said)
        async with peer(made.script) as listening:
            made.peer = listening
            yield made

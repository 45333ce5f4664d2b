"""The signalling of one call: it rings, is answered, is ended by either side (RFC 3261)."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast

from callagent.concurrency import BackgroundTasks, cancel_and_wait
from callagent.scripted_calls.levels.sip.phone.message import Credentials, Message, authorization
from callagent.scripted_calls.levels.sip.phone.transaction import Transaction, Unanswered
from callagent.scripted_calls.levels.sip.phone.uri import SipUri, bracketed, tag_of, uri_of

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, REFER"
ANSWERED = ("OPTIONS", "INFO", "UPDATE", "NOTIFY", "MESSAGE")
"""Requests within the call that are answered with 200 and otherwise ignored."""

CANCELLED_S = 1.0
"""How long the end of a cancelled INVITE is waited for, to acknowledge it."""

_log = logging.getLogger("callagent.scripted_calls")


@dataclass(frozen=True)
class Ending:
    """How a call ended. `status` is that of the answer to the INVITE where it was not answered with 200, else 0."""

    by_us: bool
    status: int = 0
    reason: str = ""


@dataclass
class _Dialog:
    call_id: str
    ours: str
    theirs: str
    target: str
    route: tuple[str, ...] = ()
    sequence: int = 0
    invite: Message | None = None
    ack: Message | None = None
    offer: str = field(default="", repr=False)


class Phone(asyncio.DatagramProtocol):
    """A telephone for one call.

    Attributes:
        host, port: our address, as the other side gets to see it.
        ringing: set when the other side rings.
        answered: resolves to the SDP answer; cancelled when the call ends before.
        ended: resolves when the call is over, however it ended.
    """

    def __init__(self, uri: SipUri, remote: tuple[str, int], *, on_refer: Callable[[str], bool] | None = None) -> None:
        self.host, self.port = "", 0
        loop = asyncio.get_running_loop()
        self.ringing = asyncio.Event()
        self.answered: asyncio.Future[str] = loop.create_future()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self._uri = uri
        self._remote = remote
        self._on_refer = on_refer or (lambda target: False)
        self._transport: asyncio.DatagramTransport | None = None
        self._open: dict[tuple[str, str], Transaction] = {}
        self._dialog: _Dialog | None = None
        self._calling: asyncio.Task[None] | None = None
        self._telling = BackgroundTasks(_log, "a request of the telephone failed")

    @classmethod
    async def open(cls, uri: SipUri, *, on_refer: Callable[[str], bool] | None = None) -> Self:
        """Return a telephone that can reach that address.

        Args:
            on_refer: asked whether to follow a transfer to that URI; None refuses.

        Raises:
            OSError: there is no such host.
        """
        loop = asyncio.get_running_loop()
        probe, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(uri.host, uri.port))
        host, address = str(probe.get_extra_info("sockname")[0]), probe.get_extra_info("peername")
        probe.close()
        phone = cls(uri, (str(address[0]), int(address[1])), on_refer=on_refer)
        transport, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=(host, 0))
        phone.host, phone.port = host, int(transport.get_extra_info("sockname")[1])
        return phone

    def call(
        self,
        number: str,
        offer: str,
        *,
        credentials: Credentials | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Begin to call.

        Args:
            number: ours, as the other side gets to see it.
            offer: the SDP offer.
            headers: further headers of the INVITE.
        """
        ours = f"<sip:{number}@{bracketed(self.host)}:{self.port}>;tag={secrets.token_hex(6)}"
        call_id = f"{secrets.token_hex(12)}@{bracketed(self.host)}"
        self._dialog = _Dialog(call_id, ours, f"<{self._uri.text}>", self._uri.text, offer=offer)
        work = self._call(self._dialog, credentials, headers)
        self._calling = asyncio.create_task(work, name="callagent.scripted_calls.sip.call")
        self._calling.add_done_callback(self._called)

    async def hang_up(self) -> None:
        """End the call: BYE where it was answered, CANCEL where it was not; do nothing when it is over."""
        dialog = self._dialog
        if dialog is None or self.ended.done():
            return
        if dialog.ack is not None:
            self._end(Ending(by_us=True))
            await self._ask(self._within(dialog, "BYE"))
        elif dialog.invite is not None:
            self._end(Ending(by_us=True))
            await self._ask(_as(dialog.invite, "CANCEL", dialog.theirs))
            if self._calling is not None:
                await asyncio.wait([self._calling], timeout=CANCELLED_S)

    async def aclose(self) -> None:
        """Hang up and let go of the socket; idempotent."""
        try:
            await self.hang_up()
            await self._telling.aclose()
            if self._calling is not None:
                await cancel_and_wait(self._calling)
        finally:
            if self._transport is not None:
                self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take a message; what is none is dropped."""
        try:
            message = Message.parse(data)
        except ValueError:
            return
        if message.is_response:
            self._response(message)
        elif message.method != "ACK":
            self._request(message)

    async def _call(self, dialog: _Dialog, credentials: Credentials | None, headers: Sequence[tuple[str, str]]) -> None:
        more = [*headers, ("Allow", ALLOW), ("Content-Type", "application/sdp")]
        try:
            dialog.invite = self._within(dialog, "INVITE", more, dialog.offer)
            final = await self._transact(dialog.invite)
            if final.status in (401, 407) and credentials is not None:
                answer = authorization(final, "INVITE", self._uri.text, credentials)
                if answer is not None:
                    dialog.invite = self._within(dialog, "INVITE", [*more, answer], dialog.offer)
                    final = await self._transact(dialog.invite)
        except Unanswered as error:
            self._end(Ending(by_us=False, status=408, reason=f"{error} from {self._remote[0]}:{self._remote[1]}"))
            return
        if final.status >= 300:
            self._end(Ending(by_us=False, status=final.status, reason=final.reason))
        elif not self.answered.done():
            self.answered.set_result(final.body)

    def _called(self, calling: "asyncio.Task[None]") -> None:
        """Keep what the call has failed with, to be raised when the telephone is
        closed; the call is over before that.
        """
        if not calling.cancelled() and (error := calling.exception()) is not None:
            self._end(Ending(by_us=False, status=500, reason=f"the telephone failed: {type(error).__name__}"))

    def _response(self, response: Message) -> None:
        dialog = self._dialog
        if dialog is None or response.get("call-id") != dialog.call_id:
            return
        if response.method == "INVITE":
            self._invite_answered(dialog, response)
        if (transaction := self._open.get((response.branch, response.method))) is not None:
            transaction.take(response)

    def _invite_answered(self, dialog: _Dialog, response: Message) -> None:
        """Acknowledge every final answer, also one that comes again."""
        if response.status in (180, 183):
            self.ringing.set()
        if response.status < 200 or dialog.invite is None:
            return
        if response.status >= 300:
            self._send(_as(dialog.invite, "ACK", response.get("to")))
            return
        if dialog.ack is None:
            dialog.theirs = response.get("to")
            dialog.target = uri_of(response.get("contact")) or dialog.target
            dialog.route = tuple(reversed(response.all("record-route")))
            dialog.ack = self._within(dialog, "ACK")
        self._send(dialog.ack)
        if self.ended.done():  # answered in the moment in which it was given up
            self._tell(self._ask(self._within(dialog, "BYE")))

    def _request(self, request: Message) -> None:
        dialog = self._dialog
        known = dialog is not None and request.get("call-id") == dialog.call_id
        if dialog is None or not known or tag_of(request.get("to")) != tag_of(dialog.ours):
            self._answer(request, 200 if request.method == "OPTIONS" else 481)
        elif request.method == "BYE":
            self._answer(request, 200)
            self._end(Ending(by_us=False))
        elif request.method == "INVITE":
            self._answer(request, 200, dialog.offer)
        elif request.method == "REFER":
            self._refer(dialog, request)
        else:
            self._answer(request, 200 if request.method in ANSWERED else 405)

    def _refer(self, dialog: _Dialog, request: Message) -> None:
        if not self._on_refer(uri_of(request.get("refer-to"))):
            self._answer(request, 603)
            return
        self._answer(request, 202)
        headers = [("Event", "refer"), ("Subscription-State", "terminated;reason=noresource")]
        headers += [("Content-Type", "message/sipfrag;version=2.0")]
        self._tell(self._ask(self._within(dialog, "NOTIFY", headers, "SIP/2.0 200 OK\r\n")))

    def _tell(self, work: Coroutine[Any, Any, None]) -> None:
        self._telling.start(work, name="callagent.scripted_calls.sip.tell")

    async def _ask(self, request: Message) -> None:
        """Send a request whose answer changes nothing."""
        try:
            await self._transact(request)
        except Unanswered:
            return

    async def _transact(self, request: Message) -> Message:
        key = (request.branch, request.method)
        transaction = self._open[key] = Transaction(request, self._send)
        try:
            return await transaction.run()
        finally:
            del self._open[key]

    def _within(self, dialog: _Dialog, method: str, headers: Sequence[tuple[str, str]] = (), body: str = "") -> Message:
        """Return a request of the dialog; an ACK has the number of its INVITE."""
        dialog.sequence += method != "ACK"
        via = f"SIP/2.0/UDP {bracketed(self.host)}:{self.port};rport;branch=z9hG4bK{secrets.token_hex(8)}"
        own = [
            ("Via", via),
            *(("Route", route) for route in dialog.route),
            ("From", dialog.ours),
            ("To", dialog.theirs),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{dialog.sequence} {method}"),
            ("Contact", f"<sip:{bracketed(self.host)}:{self.port}>"),
            ("Max-Forwards", "70"),
            ("User-Agent", "callagent"),
        ]
        return Message.request(method, dialog.target, [*own, *headers], body)

    def _answer(self, request: Message, status: int, body: str = "") -> None:
        reason = {200: "OK", 202: "Accepted", 405: "Method Not Allowed", 603: "Decline"}.get(status, "Unknown Call")
        response = Message.response(request, status, reason, secrets.token_hex(6))
        response.headers.append(("Contact", f"<sip:{bracketed(self.host)}:{self.port}>"))
        if body:
            response.headers.append(("Content-Type", "application/sdp"))
            response.body = body
        self._send(response)

    def _send(self, message: Message) -> None:
        """Send it where the INVITE went, which is where its answers come from."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(bytes(message), self._remote)

    def _end(self, ending: Ending) -> None:
        if not self.ended.done():
            self.ended.set_result(ending)
        self.answered.cancel()


def _as(invite: Message, method: str, to: str) -> Message:
    """Return the CANCEL or the ACK of an INVITE that was not answered with 200 (RFC 3261, 9.1 and 17.1.1.3)."""
    kept = [
        (name, value) for name, value in invite.headers if name in ("Via", "Route", "From", "Call-ID", "Max-Forwards")
    ]
    sequence = invite.get("cseq").split()[0]
    return Message.request(method, invite.start.split()[1], [*kept, ("To", to), ("CSeq", f"{sequence} {method}")])

import asyncio
import socket
from typing import cast

import pytest

from callagent.doctor.check import Address, Finding
from callagent.doctor.checks import livekit_sip as gateway
from callagent.doctor.checks.livekit_sip import check_gateway
from tests.doctor.patients import subject
from tests.support.loopback import LOOPBACK, unused_port


class Peer(asyncio.DatagramProtocol):
    """Answers, but not the first question, as over a network that loses it."""

    def __init__(self, answer: bytes) -> None:
        self.questions: list[bytes] = []
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.questions.append(data)
        if len(self.questions) > 1:
            self._transport.sendto(self._answer, addr)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "RETRY_S", (0.01, 0.2))


async def asked(answer: bytes) -> tuple[Finding, Peer]:
    loop = asyncio.get_running_loop()
    transport, peer = await loop.create_datagram_endpoint(lambda: Peer(answer), local_addr=(LOOPBACK, 0))
    try:
        address = Address(LOOPBACK, transport.get_extra_info("sockname")[1])
        return await check_gateway(subject(gateway=address)), peer
    finally:
        transport.close()


async def test_any_sip_answer_will_do_and_a_lost_question_is_sent_again() -> None:
    finding, peer = await asked(b"SIP/2.0 405 Method Not Allowed\r\n\r\n")
    assert (finding.state, "(405 Method Not Allowed)" in finding.found) == ("ok", True)
    assert peer.questions[0] == peer.questions[1]
    assert peer.questions[0].startswith(b"OPTIONS sip:127.0.0.1:")


async def test_what_is_not_sip_is_no_answer() -> None:
    finding, _ = await asked(b"\x16\x03 hello")
    assert (finding.state, "no SIP gateway answers" in finding.found) == ("failed", True)


async def test_a_closed_port_is_told_at_once() -> None:
    finding = await check_gateway(subject(gateway=Address(LOOPBACK, unused_port(socket.SOCK_DGRAM))))
    assert (finding.state, "connection refused" in finding.found) == ("failed", True)


async def test_a_host_that_does_not_exist_is_a_finding() -> None:
    assert (await check_gateway(subject(gateway=Address("nowhere.invalid")))).state == "failed"


async def test_without_an_address_nothing_is_asked() -> None:
    assert (await check_gateway(subject())).state == "skipped"

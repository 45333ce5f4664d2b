"""livekit-sip: it answers SIP."""

import asyncio
import secrets
import time

from callagent.doctor.check import Address, Check, Finding, Subject, failed, ok, skipped

RETRY_S = (0.5, 1.0, 1.5)
"""Seconds to wait for an answer before the question is sent again: UDP may lose it (RFC 3261, timer E)."""

OPEN_PORT = "start livekit-sip (configs/stack: `docker compose up -d`), or let UDP to that port through the firewall"


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data.startswith(b"SIP/2.0 ") and not self.first.done():
            self.first.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.first.done():
            self.first.set_exception(exc)


async def check_gateway(subject: Subject) -> Finding:
    """Send OPTIONS over UDP; any SIP answer will do."""
    address = subject.gateway
    if address is None:
        return skipped("no gateway was named", "--gateway HOST[:PORT] asks one, for example 127.0.0.1:5060")
    where = f"{address.host}:{address.port}"
    began = time.perf_counter()
    try:
        status = await ask(address)
    except OSError as error:
        return failed(f"no SIP gateway at {where}: {(error.strerror or str(error)).lower()}", OPEN_PORT)
    if status is None:
        return failed(f"no SIP gateway answers at {where}", OPEN_PORT)
    return ok(f"a SIP gateway answers at {where} in {(time.perf_counter() - began) * 1000:.0f} ms ({status})")


async def ask(address: Address) -> str | None:
    """Return the status line's number and reason that OPTIONS gets, None without an answer.

    Raises:
        OSError: nothing listens there, or there is no such host.
    """
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(_Answers, remote_addr=(address.host, address.port))
    try:
        local = transport.get_extra_info("sockname")
        question = _options(address, local[0], local[1])
        for patience in RETRY_S:
            transport.sendto(question)
            await asyncio.wait([answers.first], timeout=patience)
            if answers.first.done():
                line = answers.first.result().split(b"\r\n", 1)[0]
                return line.decode(errors="replace").removeprefix("SIP/2.0 ")
    finally:
        answers.first.cancel()
        transport.close()
    return None


def _options(address: Address, host: str, port: int) -> bytes:
    local = f"[{host}]" if ":" in host else host
    return (
        f"OPTIONS sip:{address.host}:{address.port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {local}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
        f"From: <sip:doctor@{local}>;tag={secrets.token_hex(4)}\r\n"
        f"To: <sip:{address.host}:{address.port}>\r\n"
        f"Call-ID: {secrets.token_hex(8)}@{local}\r\n"
        "CSeq: 1 OPTIONS\r\n"
        f"Contact: <sip:doctor@{local}:{port}>\r\n"
        "Max-Forwards: 70\r\n"
        "Accept: application/sdp\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


GATEWAY = Check("gateway", check_gateway, late=("the gateway was neither found nor did it answer", OPEN_PORT))

"""The port of the gateway: SIP over UDP and over TCP."""

import socket
from collections.abc import Iterator

import pytest

from callagent.scripted_calls.servers import livekit_sip
from callagent.scripted_calls.servers.livekit_sip import free_port_of_both
from tests.support.loopback import LOOPBACK, listening


def test_a_port_that_is_taken_over_tcp_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    def free_ports(*_: socket.SocketKind) -> list[int]:
        return [next(offered)]

    with listening() as taken:
        free = free_port_of_both()
        offered: Iterator[int] = iter([taken, free])
        monkeypatch.setattr(livekit_sip, "free_ports", free_ports)
        assert free_port_of_both() == free


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_both_kinds_can_listen_there(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as listener:
        listener.bind((LOOPBACK, free_port_of_both()))

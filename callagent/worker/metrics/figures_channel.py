"""The way of a call's figures from its process to the worker's: one datagram in the worker's private directory.

Prometheus' own way for many processes is a file for each of them, for ever: a worker has a process for each call.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from callagent.livekit_api.errors import os_words
from callagent.worker.metrics.call_figures import CallFigures, NoFigures
from callagent.worker.metrics.instruments import uncounted

SOCKET = "figures"
"""Name of the socket in the directory that the processes of a worker share."""

_log = logging.getLogger("callagent.worker")


def report(figures: CallFigures, directory: Path) -> None:
    """Tell the worker of a call that is over; never raises and never waits. Where nobody counts nothing is told."""
    path = directory / SOCKET
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
        try:
            sender.sendto(figures.as_json(), str(path))
        except FileNotFoundError:
            return
        except OSError as error:
            _log.warning("a call is missing in the metrics", extra={"error": os_words(error)})


@asynccontextmanager
async def counting(directory: Path, count: Callable[[CallFigures], None]) -> AsyncIterator[None]:
    """Meanwhile have `count` called with each call that a process reports.

    Raises:
        OSError: the socket cannot be made.
    """
    path = directory / SOCKET
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)) as receiver:
        receiver.bind(str(path))
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Receiver(count), sock=receiver)
        try:
            yield
        finally:
            transport.close()
            await asyncio.to_thread(path.unlink, missing_ok=True)


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, count: Callable[[CallFigures], None]) -> None:
        self._count = count

    def datagram_received(self, data: bytes, addr: object) -> None:
        try:
            figures = CallFigures.from_json(data)
        except NoFigures as error:
            uncounted.inc()
            _log.warning("the figures of a call cannot be read", extra={"error": str(error)})
            return
        self._count(figures)

"""How a worker knows that an order comes from the console, is for this call, and was not given before.

The console and the worker have LiveKit's API secret; participants of the room have not. A key of its own for each call
is derived from it, so that what is signed is no use for another call, nor as a token.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Final

from callagent.operator_orders.orders import InvalidOrder, Order, content_of, order_of

LATE_S: Final = 60.0
"""How old an order may be, and how much the clocks of console and worker may differ, in seconds."""

MOST_BYTES: Final = 14_000
"""Bytes of a packet; more is not looked at."""

_PURPOSE: Final = "callagent operator orders 1"
_SIGNATURE: Final = hashlib.sha256().digest_size


def signed(order: Order, *, secret: str, call: str, at: float | None = None) -> bytes:
    """Return the packet for an order.

    Args:
        secret: LiveKit's API secret.
        call: id of the job that answers the call.
        at: when it is given, in seconds since 1970; None: now.
    """
    content = content_of(order, call, time.time() if at is None else at)
    return _signature(secret, call, content) + content


class OrderReader:
    """Reads the orders to one call.

    Args:
        secret: LiveKit's API secret.
        call: id of the job that answers the call.
        clock: seconds since 1970.
    """

    def __init__(self, secret: str, call: str, *, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._call, self._clock = secret, call, clock
        self._known: dict[str, float] = {}

    def read(self, packet: bytes) -> Order:
        """Return the order of a packet.

        Raises:
            InvalidOrder: it was not signed with the secret for this call, is too old, or was read before.
        """
        signature, content = packet[:_SIGNATURE], packet[_SIGNATURE:]
        if len(packet) > MOST_BYTES or not hmac.compare_digest(
            signature, _signature(self._secret, self._call, content)
        ):
            raise InvalidOrder("its signature is not that of the console")
        order, call, at = order_of(content)
        now = self._clock()
        if call != self._call:
            raise InvalidOrder("it is for another call")
        if abs(now - at) > LATE_S:
            raise InvalidOrder(f"it is {abs(now - at):.0f} s off: the clocks differ, or it was held up")
        self._known = {id_: until for id_, until in self._known.items() if until > now}
        if order.id in self._known:
            raise InvalidOrder("it has come before")
        self._known[order.id] = at + LATE_S
        return order


def _signature(secret: str, call: str, content: bytes) -> bytes:
    key = hmac.digest(secret.encode(), f"{_PURPOSE}\0{call}".encode(), hashlib.sha256)
    return hmac.digest(key, content, hashlib.sha256)

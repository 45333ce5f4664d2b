"""Orders to one call: what is to be done, by whom it is asked for, and with which words."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, get_args

from callagent.sanitise import json_text

Act = Literal[
    "hang up", "whisper", "say", "transfer", "warm transfer", "take over", "hand back", "listen", "stop listening"
]
"""What can be asked of a call.

hang up: end it, after `text` where there is one.
whisper: tell the model `text`, which the caller does not hear; `now`: it answers at once.
say: have the agent say `text` as it stands.
transfer, warm transfer: hand the caller over to `destination`, a name of the profile's `transfer.destinations`.
take over: the agent falls silent, and the participant `identity` talks with the caller; hand back: the agent is back.
listen, stop listening: nothing is done; the call's journal says that somebody listens.
"""

ACTS: Final[tuple[Act, ...]] = get_args(Act)

TOPIC: Final = "callagent.order"
"""Topic of the data packets that carry orders."""

LONGEST_TEXT: Final = 1000
"""Characters of what is to be said or whispered: a minute of speech."""

LONGEST_NAME: Final = 200
"""Characters of everything else in an order."""

_WITH_TEXT: Final = ("whisper", "say")
_WITH_DESTINATION: Final = ("transfer", "warm transfer")


class InvalidOrder(ValueError):
    """It is no order, or not one for this call from the console; the message is one line, and says nothing of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order.

    Args:
        act: what is to be done.
        by: who asks for it, for the journal.
        id: its own; the same order comes once.
        pii_text: words.
        destination: a name of the profile's.
        now: the model answers a whisper at once.
        identity: the participant who takes over.
    """

    act: Act
    by: str
    id: str
    pii_text: str = field(default="", repr=False)
    destination: str = ""
    now: bool = False
    identity: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the order as JSON types."""
        return asdict(self)


def new_order(
    act: str, by: str, *, text: str = "", destination: str = "", now: bool = False, identity: str = ""
) -> Order:
    """Return an order that has not been given before.

    Raises:
        InvalidOrder: there is no such act, what it needs is missing, or it is too long.
    """
    return _checked(
        Order(act, by, secrets.token_hex(16), text.strip(), destination.strip(), now, identity)  # type: ignore[arg-type]  # checked there
    )


def order_of(content: bytes) -> tuple[Order, str, float]:
    """Return an order, the call that it is for, and when it was given (seconds since 1970), as `content_of` wrote it.

    Raises:
        InvalidOrder: it is none.
    """
    try:
        found = json.loads(content)
        given, call, at = found["order"], found["call"], found["at"]
        order = Order(**{each.name: given[each.name] for each in fields(Order)})
        if not isinstance(call, str) or not isinstance(at, int | float) or isinstance(at, bool):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidOrder("it is no order") from error
    return _checked(order), call, float(at)


def content_of(order: Order, call: str, at: float) -> bytes:
    """Return an order as it is sent, but for its signature."""
    content: Mapping[str, Any] = {"order": order.as_json(), "call": call, "at": round(at, 3)}
    return json_text(content).encode()


def _checked(order: Order) -> Order:
    texts = (order.act, order.by, order.id, order.pii_text, order.destination, order.identity)
    if not all(isinstance(each, str) for each in texts) or not isinstance(order.now, bool):
        raise InvalidOrder("it is no order")
    if order.act not in ACTS:
        raise InvalidOrder("there is no such order")
    if len(order.pii_text) > LONGEST_TEXT:
        raise InvalidOrder(f"{len(order.pii_text)} characters are too many: {LONGEST_TEXT} at most")
    if any(len(each) > LONGEST_NAME for each in (order.by, order.id, order.destination, order.identity)):
        raise InvalidOrder(f"a name of it is longer than {LONGEST_NAME} characters")
    if order.act in _WITH_TEXT and not order.pii_text:
        raise InvalidOrder(f"there is nothing to {order.act}")
    if order.act in _WITH_DESTINATION and not order.destination:
        raise InvalidOrder("a transfer needs a destination")
    if order.act == "take over" and not order.identity:
        raise InvalidOrder("nobody is named who takes over")
    return order

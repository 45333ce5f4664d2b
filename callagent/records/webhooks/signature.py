"""How a webhook is signed, and how whoever gets one looks whether it is ours. Copy this file into a receiver, or import
it; it needs nothing but Python.

The scheme is that of Standard Webhooks (https://www.standardwebhooks.com), for which there are libraries in most
languages: HMAC-SHA256 over the id, the time and the body of a message.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from typing import Final

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
"""Names of the headers. The id is the idempotency key: the same at each retry of a message."""

TOLERANCE_S: Final = 300.0
"""Seconds by which the time of a message may differ from ours; Standard Webhooks has five minutes."""

PREFIX: Final = "whsec_"
"""How a secret begins that is bytes in base64."""


class InvalidSignature(ValueError):
    """A request is not of whoever has the secret, or it is too old; the message says which, in one line."""


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for: behind `whsec_` the bytes in base64, any other secret as it is.

    Raises:
        ValueError: what follows `whsec_` is no base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError(f"has no base64 behind {PREFIX}") from error


def signed(keys: Iterable[bytes], message: str, moment: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message that is sent now.

    Args:
        keys: one for each secret; while a secret is replaced, the old one and the new one.
        message: id of the message.
        moment: seconds since 1970.
    """
    signatures = " ".join(f"v1,{_mac(key, message, str(moment), body)}" for key in keys)
    return {ID: message, TIMESTAMP: str(moment), SIGNATURE: signatures}


def verify(
    body: bytes, headers: Mapping[str, str], secret: str, *, tolerance_s: float = TOLERANCE_S, now: float | None = None
) -> str:
    """Return the id of a message that is genuine; whoever has seen that id before has had the message before.

    Args:
        body: of the request, as the bytes that came.
        headers: of the request; their names in any case.
        secret: what the endpoint's `secret` is in the environment of the worker.
        tolerance_s: seconds by which its time may differ from ours.
        now: seconds since 1970; None: the time that it is.

    Raises:
        InvalidSignature: it is not genuine, or too old.
    """
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not found.get(name)]
    if missing:
        raise InvalidSignature(f"the header {missing[0]} is missing")
    moment = found[TIMESTAMP]
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12):
        raise InvalidSignature(f"the header {TIMESTAMP} is no time")
    if abs((time.time() if now is None else now) - int(moment)) > tolerance_s:
        raise InvalidSignature("the message is too old, or of the future")
    expected = _mac(key_of(secret), found[ID], moment, body).encode()
    genuine = False
    for each in found[SIGNATURE].split():
        version, _, mac = each.partition(",")
        genuine |= hmac.compare_digest(expected, mac.encode()) and version == "v1"
    if not genuine:
        raise InvalidSignature("no signature is that of the secret")
    return found[ID]


def _mac(key: bytes, message: str, moment: str, body: bytes) -> str:
    content = b".".join((message.encode(), moment.encode(), body))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()

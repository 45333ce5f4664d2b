"""SIP addresses (RFC 3261, 19.1)."""

import re
from dataclasses import dataclass
from typing import Self

PORT = 5060

_URI = re.compile(
    r"sip:(?:(?P<user>[^@:;\s<>\"]+)@)?(?P<host>\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?(?P<rest>[;?][^\s<>]*)?",
    re.IGNORECASE,
)


class InvalidUri(ValueError):
    """Not a SIP URI that can be called over UDP."""


@dataclass(frozen=True)
class SipUri:
    """`text` is the URI as it goes into a request; `host` and `port` are where the request goes, over UDP."""

    text: str
    user: str
    host: str
    port: int = PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `sip:user@host:port`, with or without user, port and parameters.

        Raises:
            InvalidUri: it is something else, or asks for TLS or TCP.
        """
        match = _URI.fullmatch(text.strip())
        if match is None:
            raise InvalidUri(f"not a SIP URI: {text!r} (for example sip:+12025550100@pbx.example.com:5060)")
        port = int(match["port"] or PORT)
        if not 0 < port < 65536:
            raise InvalidUri(f"no such port: {port}")
        transport = re.search(r";transport=(\w+)", match["rest"] or "", re.IGNORECASE)
        if transport is not None and transport[1].lower() != "udp":
            raise InvalidUri(f"only UDP can be called, not {transport[1]}")
        return cls(text.strip(), match["user"] or "", match["host"].strip("[]"), port)


def uri_of(value: str) -> str:
    """Return the URI in a header such as From, Contact or Route; empty where there is none."""
    if (match := re.search(r"<([^>]*)>", value)) is not None:
        return match[1]
    return value.split(";")[0].strip()


def tag_of(value: str) -> str:
    """Return the tag of a From or To header; empty where there is none."""
    match = re.search(r";\s*tag=([^;\s>]+)", value.rpartition(">")[2], re.IGNORECASE)
    return match[1] if match else ""


def bracketed(host: str) -> str:
    """Return a host as URIs and Via want it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host

"""SIP messages as they go over the wire (RFC 3261, section 7)."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

COMPACT = {
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "v": "via",
}
LISTS = frozenset({"via", "route", "record-route", "contact"})
"""Headers whose line may hold several values, divided by commas."""

MOST_HEADERS = 256
VERSION = "SIP/2.0"


@dataclass
class Message:
    """A request or a response. Header names keep their spelling; they are looked up in any."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def request(cls, method: str, uri: str, headers: Iterable[tuple[str, str]], body: str = "") -> Self:
        """Return a request."""
        return cls(f"{method} {uri} {VERSION}", list(headers), body)

    @classmethod
    def response(cls, to: "Message", status: int, reason: str, tag: str = "") -> Self:
        """Return a response to a request, with our tag where the request has none yet."""
        copied = [(name, value) for name in ("Via", "From", "To", "Call-ID", "CSeq") for value in to.all(name)]
        if tag and ";tag=" not in to.get("to"):
            copied = [(name, f"{value};tag={tag}" if name == "To" else value) for name, value in copied]
        return cls(f"{VERSION} {status} {reason}", copied)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a datagram.

        Raises:
            ValueError: it is no SIP message.
        """
        head, _, body = data.partition(b"\r\n\r\n")
        lines = re.sub(r"\r?\n[ \t]+", " ", head.decode(errors="replace")).splitlines() or [""]
        start, fields = lines[0].strip(), lines[1:]
        if not (start.startswith(f"{VERSION} ") or start.endswith(f" {VERSION}")) or len(fields) > MOST_HEADERS:
            raise ValueError("not a SIP message")
        message = cls(start, [], body.decode(errors="replace"))
        for line in fields:
            name, colon, value = line.partition(":")
            if colon:
                name = COMPACT.get(name.strip().lower(), name.strip())
                parts = _split(value) if name.lower() in LISTS else [value.strip()]
                message.headers += [(name, part) for part in parts]
        if message.is_response and not message.start.split()[1:2][0].isdecimal():
            raise ValueError("not a SIP message")
        return message

    def __bytes__(self) -> bytes:
        body = self.body.encode()
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    @property
    def is_response(self) -> bool:
        """Whether it is a response."""
        return self.start.startswith(VERSION)

    @property
    def status(self) -> int:
        """Status of a response."""
        return int(self.start.split()[1])

    @property
    def reason(self) -> str:
        """Status and reason of a response, as in `486 Busy Here`."""
        return self.start.partition(" ")[2].strip()

    @property
    def method(self) -> str:
        """Method of a request, or of the request that a response answers."""
        return (self.get("cseq").split() or [""])[-1] if self.is_response else self.start.split()[0]

    @property
    def branch(self) -> str:
        """What tells one transaction from another: the branch of the topmost Via."""
        match = re.search(r";\s*branch=([^;\s]+)", self.get("via"), re.IGNORECASE)
        return match[1] if match else ""

    def get(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for known, value in self.headers if known.lower() == name.lower()]


def _split(value: str) -> list[str]:
    """Return the values of a list; commas in quotes and in angle brackets do not divide."""
    return [part.strip() for part in re.findall(r'(?:"[^"]*"|<[^>]*>|[^,"<])+', value)]


ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True)
class Credentials:
    """What a trunk asks for."""

    username: str
    password: str = field(repr=False)


def authorization(challenge: Message, method: str, uri: str, credentials: Credentials) -> tuple[str, str] | None:
    """Return the header that answers a challenge; None where it asks for something that is not known here."""
    name = "WWW-Authenticate" if challenge.status == 401 else "Proxy-Authenticate"
    asked = {key.lower(): quoted or bare for key, quoted, bare in re.findall(_PARAMETER, challenge.get(name))}
    algorithm = ALGORITHMS.get(asked.get("algorithm", "MD5").upper())
    qop = [each.strip() for each in asked.get("qop", "").split(",") if each.strip()]
    if not challenge.get(name).lower().startswith("digest") or algorithm is None or (qop and "auth" not in qop):
        return None

    def digest(text: str) -> str:
        return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    user, what = digest(f"{credentials.username}:{realm}:{credentials.password}"), digest(f"{method}:{uri}")
    given = {"username": credentials.username, "realm": realm, "nonce": nonce, "uri": uri}
    bare = {"algorithm": asked.get("algorithm", "MD5")}
    if qop:
        once = secrets.token_hex(8)
        given |= {"cnonce": once, "response": digest(f"{user}:{nonce}:00000001:{once}:auth:{what}")}
        bare |= {"qop": "auth", "nc": "00000001"}
    else:
        given["response"] = digest(f"{user}:{nonce}:{what}")
    if "opaque" in asked:
        given["opaque"] = asked["opaque"]
    parts = [f'{key}="{value}"' for key, value in given.items()] + [f"{key}={value}" for key, value in bare.items()]
    return ("Authorization" if challenge.status == 401 else "Proxy-Authorization"), f"Digest {', '.join(parts)}"


_PARAMETER = r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))'

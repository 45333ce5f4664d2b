"""What both sides say of their audio: the offer in an INVITE, the answer in its 200 OK (RFC 4566, RFC 3264)."""

import re
from dataclasses import dataclass

from callagent.audio import CodecName

PAYLOAD_TYPES: dict[CodecName, int] = {"pcmu": 0, "pcma": 8}
"""RFC 3551."""

TELEPHONE_EVENT = 101
"""Payload type that we offer for keys (RFC 4733); the answer may name another."""


class InvalidSdp(ValueError):
    """The answer cannot be used: no audio in it, or none of what was offered."""


@dataclass(frozen=True)
class Media:
    """Where to send audio, and as what. `keys` is the payload type of telephone events, None without them."""

    host: str
    port: int
    payload_type: int
    keys: int | None


def offer(host: str, port: int, codec: CodecName) -> str:
    """Return the offer of one G.711 codec and telephone events, 20 ms a packet."""
    family = "IP6" if ":" in host else "IP4"
    audio = PAYLOAD_TYPES[codec]
    lines = [
        "v=0",
        f"o=- {port} 1 IN {family} {host}",
        "s=callagent",
        f"c=IN {family} {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {audio} {TELEPHONE_EVENT}",
        f"a=rtpmap:{audio} {codec.upper()}/8000",
        f"a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000",
        f"a=fmtp:{TELEPHONE_EVENT} 0-15",
        "a=ptime:20",
        "a=sendrecv",
    ]
    return "\r\n".join([*lines, ""])


def answered_media(answer: str, codec: CodecName) -> Media:
    """Read the answer to such an offer.

    Raises:
        InvalidSdp: it cannot be used.
    """
    session, _, rest = answer.replace("\r\n", "\n").partition("\nm=audio ")
    audio = rest.split("\nm=")[0]
    line, _, attributes = audio.partition("\n")
    match = re.fullmatch(r"(\d+)(?:/\d+)? \S+ ([\d ]+)", line.strip())
    if match is None or int(match[1]) == 0:
        raise InvalidSdp("the answer takes no audio")
    formats = [int(each) for each in match[2].split()]
    if PAYLOAD_TYPES[codec] not in formats:
        raise InvalidSdp(f"the answer does not take {codec}: payload types {match[2]}")
    address = re.search(r"^c=IN IP[46] (\S+)", attributes, re.MULTILINE) or re.search(
        r"^c=IN IP[46] (\S+)", session, re.MULTILINE
    )
    if address is None:
        raise InvalidSdp("the answer names no address")
    keys = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", attributes, re.MULTILINE | re.IGNORECASE)
    keys_type = int(keys[1]) if keys and int(keys[1]) in formats else None
    return Media(address[1], int(match[1]), PAYLOAD_TYPES[codec], keys_type)

"""The kinds of text in a SIP file: numbers, addresses, headers, names, and references to the environment."""

import ipaddress
import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from callagent.phone_numbers.number import country_code
from callagent.telephony.trunk_numbers import ANY_NUMBER, trunk_number
from callagent.yaml_config import nearest

LONGEST_HEADER_NAME, LONGEST_HEADER_VALUE = 255, 1024
"""Characters, as livekit-server limits them."""

FORBIDDEN_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "allow", "allow-events", "call-id", "contact"),
        *("content-encoding", "content-length", "content-type", "cseq", "event", "expires", "from", "max-forwards"),
        *("record-route", "refer-to", "reply-to", "to", "via"),
        *("c", "f", "i", "k", "l", "m", "o", "r", "t", "u", "v"),
    }
)
"""Headers that livekit-server does not let anybody set (livekit/protocol, sip_validation.go), and those like them."""

_NAME = re.compile(r"\w(?:[\w .-]{0,98}[\w.-])?")
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@lru_cache(maxsize=4096)
def phone_number(text: str) -> str:
    """Return a number in E.164, or as the other side of a trunk sends it. Raise ValueError."""
    if text.strip() == ANY_NUMBER:
        raise ValueError("is for outbound trunks; here, no numbers at all mean any number")
    return trunk_number(text)


def shown_number(text: str) -> str:
    """Return a caller-ID of a trunk, or `*` for any. Raise ValueError."""
    return ANY_NUMBER if text.strip() == ANY_NUMBER else phone_number(text)


def allowed_address(text: str) -> str:
    """Return an IP address, a network in CIDR notation or a host name. Raise ValueError."""
    _not_a_uri(text)
    try:
        if "/" in text:
            return str(ipaddress.ip_network(text, strict=False))
        if _looks_numeric(text):
            return str(ipaddress.ip_address(text))
    except ValueError as error:
        kind = "a network (CIDR, as in 203.0.113.0/24)" if "/" in text else "an IP address"
        port = "; leave the port out" if re.search(r"[\d\]]:\d+$", text) and text.count(":") == 1 else ""
        raise ValueError(f"is not {kind}{port}") from error
    _host_name(text)
    return text.lower()


def outbound_address(text: str) -> str:
    """Return a host name or IP address, with or without a port. Raise ValueError."""
    _not_a_uri(text)
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text)
    host, port = (bracketed[1], bracketed[2]) if bracketed else (text.partition(":")[0], text.partition(":")[2] or None)
    if text.endswith(":") or (port is not None and not (re.fullmatch(r"\d{1,5}", port) and 0 < int(port) < 65536)):
        raise ValueError("has a port that is none (1 to 65535; an IPv6 address stands in square brackets)")
    if bracketed or _looks_numeric(host):
        try:
            ipaddress.ip_address(host)
        except ValueError as error:
            raise ValueError("is not an IP address") from error
    else:
        _host_name(host)
    return text.lower()


def host(text: str) -> str:
    """Return a host name or IP address without a port. Raise ValueError."""
    if ":" in text and not text.startswith("["):
        _not_a_uri(text)
        raise ValueError("is not a host name; leave the port out")
    return outbound_address(text)


def header_name(text: str) -> str:
    """Return a token as RFC 3261 allows it. Raise ValueError."""
    if len(text) > LONGEST_HEADER_NAME or not _TOKEN.fullmatch(text):
        raise ValueError("is not a header name (letters, digits and hyphens, as in X-Customer-ID)")
    return text


def check_own_header(name: str) -> None:
    """Raise ValueError for a header that may not be set."""
    header_name(name)
    if name.lower() in FORBIDDEN_HEADERS:
        raise ValueError("is a header that SIP itself needs; take one that begins with X-")


def header_value_problem(text: str) -> str | None:
    """Tell why livekit-server would refuse the value, which is not shown."""
    if len(text) > LONGEST_HEADER_VALUE:
        return f"must not be longer than {LONGEST_HEADER_VALUE} characters"
    return None if all(c.isprintable() or c == "\t" for c in text) else "has control characters"


def name(text: str) -> str:
    """Return what a stack or an object may be called. Raise ValueError."""
    if not _NAME.fullmatch(text):
        raise ValueError("is not a name: letters, digits, and . _ - or spaces inside, at most 100")
    return text


def references(text: str) -> list[str]:
    """Return the variables that a text refers to as `${NAME}`."""
    return _REFERENCE.findall(text)


def expand(text: str, values: dict[str, str]) -> str:
    """Return the text with every `${NAME}` replaced."""
    return _REFERENCE.sub(lambda match: values[match[1]], text)


def _secret(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        # The value itself is never part of the message.
        raise ValueError("a secret does not belong in the file: write ${NAME} and set NAME in the environment")
    return text


def _not_a_uri(text: str) -> None:
    scheme = text.partition(":")[0].lower()
    if scheme in ("sip", "sips", "tel") or "://" in text:
        raise ValueError("is a host without 'sip:' in front; did you mean '" + _host_in(text) + "'?")
    if any(c in text for c in "@;?") or not text.isascii() or any(c.isspace() for c in text):
        raise ValueError("is not a host name or address")


def _host_in(uri: str) -> str:
    rest = uri.split("://")[-1] if "://" in uri else uri.partition(":")[2]
    return re.split(r"[;?/]", rest.rpartition("@")[2])[0]


def _looks_numeric(text: str) -> bool:
    return ":" in text or re.fullmatch(r"[0-9.]+", text) is not None


def _host_name(text: str) -> None:
    labels = text.removesuffix(".").split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("is not a host name or address")


def unknown_name(kind: str, name: str, known: list[str]) -> tuple[str, str | None]:
    """Return what to say about a name that nothing has, and the nearest one that something has."""
    return f"unknown {kind} '{name}' (known: {', '.join(known) or 'none'})", nearest(name, known)


Name = Annotated[str, AfterValidator(name)]
PhoneNumber = Annotated[str, AfterValidator(phone_number), Field(examples=["+12025550100"])]
ShownNumber = Annotated[str, AfterValidator(shown_number), Field(examples=["+12025550100"])]
AllowedAddress = Annotated[str, AfterValidator(allowed_address), Field(examples=["203.0.113.0/24"])]
Address = Annotated[str, AfterValidator(outbound_address), Field(examples=["sip.example.com:5061"])]
Host = Annotated[str, AfterValidator(host), Field(examples=["voice.example.com"])]
Country = Annotated[str, AfterValidator(country_code), Field(pattern="^[A-Z]{2}$", examples=["US"])]
HeaderName = Annotated[str, AfterValidator(header_name), Field(examples=["X-Customer-ID"])]
AttributeName = Annotated[str, Field(min_length=1, max_length=100, examples=["customer.id"])]
SecretReference = Annotated[
    str, AfterValidator(_secret), Field(pattern=_REFERENCE.pattern, examples=["${TRUNK_PASSWORD}"])
]

"""Which settings are secret, and how they look when somebody prints them."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from callagent.sanitise.personal import MASK

_SECRET_KEY = re.compile(r"(^|[_-])(key|token|secret|password|passwd|credentials?|authorization)$", re.IGNORECASE)
_SECRET_GLUED = re.compile(r"(apikey|accesstoken|authtoken)$", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{\w+\}")
_TELEPHONE_KEY = re.compile(r"[0-9*#A-D]|off")
"""What is called `key` as well, and as short as no secret is."""

_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_QUERY = re.compile(r"""([?&;#])([^=&;#?\s'"<>]{1,100})=((?:(?!\?[^=&;#?\s]{1,100}=)[^&;#\s'"<>])+)""")
_SECRET_IN_QUERY = re.compile(
    r"(?:.*[^a-z])?(?:key|token|secret|password|passwd|passphrase|pwd|pass|pin|sig|signature|hmac|auth|authorization"
    r"|code|credentials?|jwt|bearer|session|sid)|.*(?:apikey|token|secret|password|signature)"
)


def is_secret(key: str) -> bool:
    """Tell whether a setting of this name (``api_key``, ``auth_token``) holds something that must not be shown."""
    return bool(_SECRET_KEY.search(key) or _SECRET_GLUED.search(key))


def masked(value: Any, key: str = "") -> Any:
    """Return ``value`` as it may be printed: secrets at any depth replaced,
    ``${NAME}`` references and the rest kept.
    """
    if isinstance(value, dict):
        return {name: masked(inner, str(name)) for name, inner in value.items()}
    if value is None or (isinstance(value, str) and (_REFERENCE.fullmatch(value) or _TELEPHONE_KEY.fullmatch(value))):
        return value
    if is_secret(key):
        return MASK
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return masked_urls(value) if isinstance(value, str) else value


def without(text: str, secrets: Iterable[str]) -> str:
    """Return a text with these secrets replaced, the longer ones first; somebody may have repeated them."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def masked_urls(text: str) -> str:
    """Return a text with what is secret in its URLs replaced: the user and
    password, and values of a query (`?key=…`).
    """
    return _QUERY.sub(_masked_value, _USER_IN_URL.sub(MASK, text))


def _masked_value(found: re.Match[str]) -> str:
    mark, name, value = found.groups()
    secret = _SECRET_IN_QUERY.fullmatch(unquote(name).casefold()) and not _REFERENCE.fullmatch(value)
    return f"{mark}{name}={MASK if secret else value}"

"""Values that never show, and how a changed one is noticed where the server does not give it back."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from callagent.sanitise import MASK

_SALT_BYTES = 16
_VERSION = "1"
_MASKS = frozenset("*•xX")


@dataclass(frozen=True, repr=False)
class Secret:
    """A text that is compared and sent, never shown; empty is false and means that there is none."""

    value: str

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return MASK if self.value else "''"

    __str__ = __repr__


NO_SECRET = Secret("")


class Fingerprints:
    """Digests of passwords that nobody can try guesses against without the API secret of the server.

    A digest is HMAC-SHA256 with a salt of its own. The key is derived from the API secret by scrypt, so that a digest
    gives neither away; whoever has the API secret can read or replace the passwords anyway.

    Args:
        api_secret: of the server that the digests are kept on.
    """

    def __init__(self, api_secret: str) -> None:
        salt = b"callagent sip passwords"
        self._key = hashlib.scrypt(api_secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)

    def make(self, secret: Secret) -> str:
        """Return a digest to keep beside the object; different each time. Empty for no secret."""
        if not secret:
            return ""
        salt = secrets.token_hex(_SALT_BYTES)
        return f"{_VERSION}.{salt}.{self._mac(salt, secret)}"

    def match(self, digest: str, secret: Secret) -> bool:
        """Tell whether the digest was made of this secret, with this API secret."""
        version, _, rest = digest.partition(".")
        salt, _, mac = rest.partition(".")
        return version == _VERSION and hmac.compare_digest(mac.encode(), self._mac(salt, secret).encode())

    def _mac(self, salt: str, secret: Secret) -> str:
        return hmac.new(self._key, f"{salt}.{secret.value}".encode(), hashlib.sha256).hexdigest()


def is_masked(password: str) -> bool:
    """Tell whether a server gave asterisks or the like instead of a password;
    livekit-server 1.13 gives the password.
    """
    return bool(password) and (set(password) <= _MASKS or password.strip("<>[]() ").lower().startswith("redacted"))

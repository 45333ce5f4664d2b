"""Answers to a 401 or 407 (RFC 3261, section 22; RFC 8760 for SHA-256)."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from callagent.calls.sip.phone.message import Message

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True)
class Credentials:
    """What a trunk asks for."""

    username: str
    password: str = field(repr=False)


def authorization(challenge: Message, method: str, uri: str, credentials: Credentials) -> tuple[str, str] | None:
    """The header that answers a challenge; None where it asks for something that is not known here."""
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

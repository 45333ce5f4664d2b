"""Who may see the console: its token, browsers that have given it, tokens of forms, where requests come from."""

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import urlsplit

from callagent.plaintext import is_this_machine

SHORTEST_TOKEN: Final = 16
"""Characters of a token; `openssl rand -hex 32` writes a good one."""

SESSION_S: Final = 12 * 3600.0
"""How long a browser need not give the token again, in seconds."""

MOST_SESSIONS: Final = 200
"""Browsers that have given the token; the one that has for longest is forgotten when there are more."""

MOST_FAILURES: Final = 10
"""Wrong tokens in a minute; then nobody may try for the rest of it."""

MINUTE_S: Final = 60.0
"""Seconds."""


class TooManyTries(Exception):
    """Too many wrong tokens came in the last minute; `wait_s` says for how long none is looked at."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many wrong tokens: try again in {wait_s:.0f} s")
        self.wait_s = wait_s


class Access:
    """Decides who is let in. Of the token, and of what browsers got for it, only hashes are kept.

    Args:
        token: what is asked for; None: everybody is let in.
        clock: monotonic seconds.
    """

    def __init__(self, token: str | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = secrets.token_bytes(32)
        self._token = None if token is None else self._hash("token", token)
        self._clock = clock
        self._sessions: dict[bytes, float] = {}
        self._failures: deque[float] = deque()

    @property
    def open(self) -> bool:
        """Whether no token is asked for."""
        return self._token is None

    def admits(self, cookie: str, authorization: str = "") -> bool:
        """Tell whether a request is let in, by its cookie or its header `Authorization: Bearer TOKEN`.

        Raises:
            TooManyTries: a token has come, and is not looked at.
        """
        if self.open:
            return True
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "bearer" and given:
            return self._is_token(given.strip())
        ends = self._sessions.get(self._hash("session", cookie), 0.0)
        return self._clock() < ends

    def log_in(self, given: str) -> str | None:
        """Return the value of a cookie that is let in from now on; None for a wrong token. Raise TooManyTries."""
        if not self._is_token(given):
            return None
        cookie = new_cookie()
        while len(self._sessions) >= MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        self._sessions[self._hash("session", cookie)] = self._clock() + SESSION_S
        return cookie

    def log_out(self, cookie: str) -> None:
        """Let that cookie in no more."""
        self._sessions.pop(self._hash("session", cookie), None)

    def form_token(self, cookie: str) -> str:
        """Return what a form of the browser with that cookie must bring back."""
        return self._hash("form", cookie).hex()

    def name(self, cookie: str) -> str:
        """Return what the browser with that cookie is known by, in four letters; it says nothing of the cookie."""
        return self._hash("name", cookie).hex()[:4]

    def _is_token(self, given: str) -> bool:
        now = self._clock()
        while self._failures and now - self._failures[0] >= MINUTE_S:
            self._failures.popleft()
        if len(self._failures) >= MOST_FAILURES:
            raise TooManyTries(MINUTE_S - (now - self._failures[0]))
        right = self._token is not None and hmac.compare_digest(self._hash("token", given), self._token)
        if not right:
            self._failures.append(now)
        return right

    def _hash(self, purpose: str, value: str) -> bytes:
        return hmac.digest(self._key, f"{purpose} {value}".encode("utf-8", "replace"), hashlib.sha256)


def new_cookie() -> str:
    """Return the value of a cookie that nobody can guess."""
    return secrets.token_urlsafe(32)


def is_expected_host(header: str, allowed: Collection[str], *, loopback: bool) -> bool:
    """Tell whether a request names a host that this console has.

    On loopback it must be this machine, or one of `allowed`: a page from elsewhere whose name has been made to lead
    here (DNS rebinding) names itself. Elsewhere the token decides.
    """
    name = _host_name(header)
    if name is None:
        return False
    return not loopback or is_this_machine(name) or name in {each.casefold() for each in allowed}


def is_own_origin(origin: str, fetch_site: str, host: str) -> bool:
    """Tell whether a request that changes something comes from a page of the console, by what browsers say."""
    if fetch_site and fetch_site not in ("same-origin", "none"):
        return False
    return not origin or urlsplit(origin).netloc.casefold() == host.casefold()


def own_path(wanted: str) -> str:
    """Return the path of the console that somebody is sent to after the token; the first page for anything else."""
    safe = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if safe else "/"


def _host_name(header: str) -> str | None:
    try:
        parts = urlsplit(f"//{header}")
        parts.port  # noqa: B018 - raises ValueError for what is no port
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return (parts.hostname or "").rstrip(".").casefold() or None

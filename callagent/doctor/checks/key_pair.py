"""The key pair and the URL: there at all, and fit for where they point."""

import ipaddress
from urllib.parse import urlsplit

from callagent.doctor.check import Check, Finding, Subject, failed, ok, warning
from callagent.worker import DEV_KEY, InvalidWorker, WorkerConfig

SHORTEST_SECRET = 32
"""Characters below which livekit-server calls a secret too short."""

SET_THEM = "set them in the environment or in .env; `livekit-server generate-keys` makes a pair"


async def check_keys(subject: Subject) -> Finding:
    """Look at the settings alone; nothing is sent."""
    connection = subject.connection
    given = {
        "LIVEKIT_URL": connection.url,
        "LIVEKIT_API_KEY": connection.api_key,
        "LIVEKIT_API_SECRET": connection.api_secret,
    }
    if missing := [name for name, value in given.items() if not value]:
        return failed(f"{', '.join(missing)} not set", SET_THEM)
    if "@" in connection.url:
        return failed("LIVEKIT_URL holds a user name or a password", "write it without: ws://host:7880 or wss://host")
    try:
        WorkerConfig(connection.url, connection.api_key, connection.api_secret, max_calls=1)
    except InvalidWorker as error:
        return failed(str(error), "correct LIVEKIT_URL: ws://host:7880 or wss://host")
    found = f"{connection.url}, API key {connection.api_key}"
    far = not is_near(subject.server_host)
    scheme = urlsplit(connection.url).scheme
    if far and connection.api_key == DEV_KEY:
        return warning(f"{found}: the development key pair, which everybody knows", SET_THEM)
    if far and len(connection.api_secret) < SHORTEST_SECRET:
        return warning(f"{found}: the secret has fewer than {SHORTEST_SECRET} characters", SET_THEM)
    if far and scheme in ("ws", "http"):
        return warning(f"{found}: what is said goes there unencrypted", "use wss:// behind a certificate")
    return ok(found)


def is_near(host: str) -> bool:
    """Tell whether a host is this machine or in a private network, judged by its name alone."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


KEYS = Check("keys", check_keys)

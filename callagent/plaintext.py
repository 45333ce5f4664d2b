"""Whether what is sent to an address can be read, and changed, on its way there."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

INSECURE_VARIABLE: Final = "CALLAGENT_INSECURE"
"""Environment variable that allows unencrypted connections to other machines, as `--insecure` does."""

_PLAIN: Final = frozenset({"http", "ws"})
_TRUE: Final = frozenset({"1", "true", "yes", "on"})


def insecure_allowed(env: Mapping[str, str]) -> bool:
    """Tell whether unencrypted connections to other machines are allowed."""
    return env.get(INSECURE_VARIABLE, "").strip().casefold() in _TRUE


def host_of(url: str) -> str | None:
    """Return the host that a URL names, None where it is no URL with one."""
    try:
        return urlsplit(url.strip()).hostname
    except ValueError:
        return None


def is_exposed(url: str) -> bool:
    """Tell whether `url` leads to another machine without encryption; what is no URL at all does not."""
    host = host_of(url)
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", url)
    return host is not None and scheme is not None and scheme[1].casefold() in _PLAIN and not is_this_machine(host)


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine: a loopback address, or `localhost`. No name is looked up."""
    name = host.rstrip(".").casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def exposed_message(url: str) -> str:
    """Tell why an unencrypted address is refused, and what to do."""
    host, scheme = host_of(url), url.strip().partition(":")[0].casefold()
    return (
        f"{scheme}://{host} is not encrypted: keys and calls could be read on the way; write {scheme}s://, "
        f"or use --insecure ({INSECURE_VARIABLE}=1) in a network of your own"
    )

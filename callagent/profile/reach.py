"""What a profile reaches outside itself: the functions that its tools run, and the hosts that its providers are at.

For somebody who has got a profile from elsewhere and wants to know before it is used: `run:` makes it code.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from callagent.plaintext import host_of
from callagent.profile.model import Profile
from callagent.profile.secrets import masked_urls


def targets_of(profile: Profile) -> tuple[str, ...]:
    """The functions that its tools run, as `package.module:function`, each once."""
    return tuple(dict.fromkeys(spec.run for spec in profile.tools.values() if spec.run is not None))


def hosts_of(profile: Profile) -> tuple[str, ...]:
    """The hosts in options of its providers, chosen or not, each once; a ``${NAME}`` as it is written."""
    chosen = (getattr(profile.providers, part).options for part in type(profile.providers).model_fields)
    others = (getattr(profile.provider_options, part) for part in type(profile.provider_options).model_fields)
    return tuple(dict.fromkeys(host for options in (*chosen, *others) for host in _hosts(options)))


def _hosts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _hosts(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _hosts(inner, key)
    elif isinstance(value, str) and value and ("://" in value or key == "base_url"):
        reference = "${" in value.partition("://")[2].partition("/")[0] or "://" not in value
        yield masked_urls(value) if reference else host_of(value) or masked_urls(value)

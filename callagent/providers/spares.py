"""Plugins that are made before the call that takes them.

Making one reads the certificates that its connections trust, up to a few hundred of them: 10 to 50 ms of a call's event
loop, while its caller waits for the greeting.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

P = TypeVar("P")

_made: dict[str, Any] = {}


def make_ahead(plugin: Callable[..., P], options: Mapping[str, Any]) -> None:
    """Make a plugin for the next call that wants it with these options; nothing where there is one already."""
    key = _key(plugin, options)
    if key not in _made:
        _made[key] = plugin(**options)


def made(plugin: Callable[..., P], options: Mapping[str, Any]) -> P:
    """Return the plugin that was made ahead with these options, which nobody else
    gets; a new one where there is none.
    """
    ready: P | None = _made.pop(_key(plugin, options), None)
    return plugin(**options) if ready is None else ready


def _key(plugin: Callable[..., Any], options: Mapping[str, Any]) -> str:
    return f"{plugin!r} {json.dumps(options, sort_keys=True, default=repr)}"

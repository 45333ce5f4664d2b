"""The levels by name."""

import importlib
from collections.abc import Mapping
from typing import cast

from callagent.calls.stage import Level, LevelName, LevelUnavailable

LEVELS: Mapping[LevelName, str] = {
    "text": "callagent.calls.text:TextLevel",
    "audio": "callagent.calls.audio:AudioLevel",
    "room": "callagent.calls.room:RoomLevel",
    "sip": "callagent.calls.sip:SipLevel",
}
"""Name -> where it is; a level is imported only when it is used."""


def make_level(name: LevelName) -> Level:
    """The level of that name, not yet started.

    Raises:
        LevelUnavailable: a package that it needs is not installed.
    """
    module, attribute = LEVELS[name].split(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as missing:
        raise LevelUnavailable(
            f"level {name} is not available here: the Python package '{missing.name}' is missing"
        ) from missing
    return cast(Level, factory())

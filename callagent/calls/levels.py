"""The levels by name."""

import importlib
from collections.abc import Mapping
from typing import cast

from callagent.calls.stage import Level, LevelName, LevelUnavailable

LEVELS: Mapping[LevelName, str] = {
    "text": "callagent.calls.text:TextLevel",
    "audio": "callagent.calls.audio:AudioLevel",
    "room": "callagent.calls.room:RoomLevel",
}
"""Name -> where it is; a level is imported only when it is used."""

NO_SIP = (
    "level sip is not available here: it needs a livekit-sip and a SIP user agent, which callagent cannot start yet"
)


def make_level(name: LevelName) -> Level:
    """The level of that name, not yet started.

    Raises:
        LevelUnavailable: there is no such level in this installation.
    """
    if name not in LEVELS:
        raise LevelUnavailable(NO_SIP)
    module, attribute = LEVELS[name].split(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as missing:
        raise LevelUnavailable(
            f"level {name} is not available here: the Python package '{missing.name}' is missing"
        ) from missing
    return cast(Level, factory())

"""The mark in an object's metadata by which callagent knows what it created.

The metadata of a rule becomes that of every caller, so nothing but the mark itself goes there.
"""

import json
from dataclasses import dataclass
from typing import Any

_KEY = "callagent"
_LONGEST = 65_536


@dataclass(frozen=True)
class Mark:
    """Who manages an object.

    Args:
        stack: name of the stack that created it.
        password: digest of the password of a trunk; empty for none.
    """

    stack: str
    password: str = ""


def read_mark(metadata: str) -> Mark | None:
    """Return the mark in metadata, if callagent put one there."""
    mark = _object(metadata).get(_KEY)
    if not isinstance(mark, dict) or not isinstance(mark.get("stack"), str):
        return None
    password = mark.get("password", "")
    return Mark(mark["stack"], password if isinstance(password, str) else "")


def write_mark(metadata: str, mark: Mark) -> str:
    """Return metadata with the mark. Other keys of a JSON object stay; what is no JSON object gives way."""
    own = {"stack": mark.stack} | ({"password": mark.password} if mark.password else {})
    return json.dumps({**_object(metadata), _KEY: own}, ensure_ascii=False, separators=(",", ":"))


def _object(metadata: str) -> dict[str, Any]:
    if not metadata or len(metadata) > _LONGEST:
        return {}
    try:
        data = json.loads(metadata)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}

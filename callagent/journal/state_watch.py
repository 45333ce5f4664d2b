"""The state of a call that its author keeps, looked into from outside: what stands at a path, and when it changes."""

import asyncio
import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, SecretStr

from callagent.journal.call_log import ObservationLog
from callagent.journal.events import StateChanged
from callagent.sanitise import shortened
from callagent.yaml_config import did_you_mean, nearest

LOOK_S: Final = 0.05
"""Seconds between two looks."""

DEEPEST: Final = 8
"""Levels of lists and mappings in a value that are told."""

MOST_ITEMS: Final = 200
"""Items of one list or mapping that are told."""

LONGEST_TEXT: Final = 2_000
"""Characters of one text that are told."""

PERSONAL: Final = "pii_"
"""How a name begins whose value is personal data; reports do not show it."""


class NotThere(LookupError):
    """Nothing stands at a path; the message says where the way ends."""


def value_at(state: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path: keys of mappings, indexes of lists, attributes of anything else.

    Raises:
        NotThere: nothing does.
        Exception: a property on the way does.
    """
    value, so_far = state, "the state"
    for part in path:
        value = _below(value, part, so_far)
        so_far = part if so_far == "the state" else f"{so_far}.{part}"
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON has it: objects as mappings of what they hold, secrets masked, long ones cut."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return shortened(value, LONGEST_TEXT)
    if isinstance(value, SecretStr) or depth >= DEEPEST:
        return shortened(str(value), LONGEST_TEXT)
    if isinstance(value, Mapping):
        return {str(key): plain(each, depth + 1) for key, each in _first(value.items())}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, depth + 1) for each in _first(value)]
    held = _held(value)
    return shortened(str(value), LONGEST_TEXT) if held is None else plain(held, depth)


class StateWatch:
    """Logs what stands at some paths of a state, and each change of it.

    Args:
        read: gives the state.
        paths: dotted, as a script writes them.
        log: takes a `StateChanged` for each path at the first look, and whenever it has changed.
    """

    def __init__(self, read: Callable[[], Any], paths: Iterable[str], log: ObservationLog) -> None:
        self._read, self._log = read, log
        self._known: dict[str, str | None] = dict.fromkeys(paths)

    async def run(self) -> None:
        """Look again and again, until cancelled. Without a path it is over at once."""
        while self._known:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Log what has changed since the last look."""
        for path, known in list(self._known.items()):
            seen = self._seen(path)
            as_text = json.dumps([seen.value, seen.missing], default=str)
            if as_text != known:
                self._known[path] = as_text
                self._log.add(seen)

    def _seen(self, path: str) -> StateChanged:
        try:
            return StateChanged(self._log.now(), path, plain(value_at(self._read(), path.split("."))))
        except NotThere as missing:
            return StateChanged(self._log.now(), path, missing=str(missing))
        except Exception as error:  # the author's own methods may run, and may raise anything
            return StateChanged(self._log.now(), path, missing=f"{path} cannot be read: {type(error).__name__}")


def _below(value: Any, part: str, so_far: str) -> Any:
    if isinstance(value, Mapping):
        keys = {str(key): key for key in value}
        if part in keys:
            return value[keys[part]]
        raise NotThere(_nothing(part, so_far, keys))
    if isinstance(value, list | tuple):
        if part.lstrip("-").isdecimal() and -len(value) <= int(part) < len(value):
            return value[int(part)]
        raise NotThere(f"{so_far} has {len(value)} items, and no '{part}'")
    try:
        return getattr(value, part)
    except AttributeError:
        raise NotThere(_nothing(part, so_far, [name for name in dir(value) if not name.startswith("_")])) from None


def _nothing(part: str, so_far: str, known: Iterable[str]) -> str:
    return f"{so_far} has no '{part}'{did_you_mean(nearest(part, known))}"


def _held(value: Any) -> Any:
    """Return what an object holds, as a mapping; None where that cannot be told."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
    if isinstance(value, type) or not hasattr(value, "__dict__") or callable(value):
        return None
    return {name: each for name, each in vars(value).items() if not name.startswith("_")} or None


def _first(items: Iterable[Any]) -> list[Any]:
    kept = []
    for item in items:
        kept.append(item)
        if len(kept) == MOST_ITEMS:
            break
    return kept

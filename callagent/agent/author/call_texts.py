"""The texts of a profile as one call has them: `{caller.number}` and the like filled in.

What is filled in comes from outside: a caller, a list, whoever writes the metadata of a dispatch. In what is spoken it
is cut and on one line; in instructions it stands in quotes besides, as something that is no instruction.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from callagent.agent.author.spoken_dates import spoken_date, spoken_time, spoken_weekday
from callagent.agent.untrusted_text import NOTICE, quoted
from callagent.call_context import CallContext, zone_of
from callagent.profile import filled, is_template
from callagent.sanitise import blanked, encodable

if TYPE_CHECKING:
    from callagent.profile import Profile

LONGEST_SPOKEN = 200
"""Characters of a value that is spoken: 13 s of speech."""

_log = logging.getLogger("callagent.agent")

_NUMBER = re.compile(r"\+?[0-9*#]{1,20}", re.ASCII)


class CallTexts:
    """Fills in the texts of one call.

    Args:
        state: gives the author's own object, as it is when a text is filled in.
    """

    def __init__(self, profile: "Profile", context: CallContext, state: Callable[[], object]) -> None:
        self._profile, self._context, self._state = profile, context, state

    def spoken(self, text: str) -> str:
        """Return a text that the agent says."""
        return filled(text, lambda name: _cut(_text(self._value(name))))

    def instructions(self, text: str) -> str:
        """Return a text for the model; where something stands in quotes, it says what that means."""
        if not is_template(text):
            return filled(text, lambda _: "")
        foreign: list[str] = []

        def value(name: str) -> str:
            found = self._value(name)
            words = _text(found)
            if not words or isinstance(found, bool | int | float) or name in _OURS or _NUMBER.fullmatch(words):
                return words
            foreign.append(name)
            return quoted(words)

        whole = filled(text, value)
        return f"{whole}\n\n{NOTICE}" if foreign else whole

    def now(self) -> datetime:
        """Return the time where the call is: of the profile, or of the number that was called, or of this machine."""
        context = self._context
        called = context.time_zones if context.direction == "outbound" else context.own_time_zones
        named = (self._profile.time_zone,) if self._profile.time_zone else called
        try:
            clocks = [datetime.now(zone_of(zone)) for zone in named]
        except (ZoneInfoNotFoundError, ValueError, OSError):  # this machine lacks the zone
            clocks = []
        if clocks and len({clock.utcoffset() for clock in clocks}) == 1:
            return clocks[0]
        return datetime.now().astimezone()

    def _value(self, name: str) -> object:
        context = self._context
        match name.split("."):
            case ["caller", "number"]:
                return "" if context.withheld else context.number
            case ["caller", "country"]:
                return context.country
            case ["call", "metadata", *path]:
                return _at(context.metadata, path)
            case ["call", "attributes", *path]:
                return context.attributes.get(".".join(path))
            case ["call", "headers", *path]:
                return context.headers.get(".".join(path).lower())
            case ["call", ("direction" | "own_number" | "trunk" | "rule") as fact]:
                return getattr(context, fact)
            case ["state", *path]:
                return _at(self._state(), path)
            case [("date" | "time" | "weekday") as moment]:
                return _MOMENTS[moment](self.now(), self._profile.language)
        return None


_MOMENTS: Mapping[str, Callable[[datetime, str], str]] = {
    "date": spoken_date,
    "time": spoken_time,
    "weekday": spoken_weekday,
}

_OURS = frozenset({*_MOMENTS, "call.direction", "caller.country"})
"""What is ours, or one of a few words, and needs no quotes."""


def _at(value: object, path: list[str]) -> object:
    """Return what a path of names leads to: keys of mappings, attributes of objects; None where it leads nowhere."""
    for position, name in enumerate(path):
        if isinstance(value, Mapping):
            whole = ".".join(path[position:])
            if name not in value:
                return value.get(whole)
            value = value[name]
        elif name.startswith("_"):
            return None
        else:
            value = _attribute(value, name)
    return value


def _attribute(value: object, name: str) -> object:
    try:
        return getattr(value, name, None)
    except (Exception, SystemExit) as error:  # a property of the author's runs here, and may raise anything
        _log.error("the state of a call has failed to give a value", extra={"value": name}, exc_info=error)
        return None


def _text(value: object) -> str:
    """Return a value as text; nothing for what has none that could be said, such as a mapping or a function."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list() | tuple():
            return ", ".join(filter(None, map(_text, value)))
        case _ if type(value).__module__ in ("datetime", "decimal"):
            return str(value)
    return ""


def _cut(text: str) -> str:
    folded = " ".join(blanked(encodable(text[: LONGEST_SPOKEN + 1])).split())
    return folded if len(text) <= LONGEST_SPOKEN else folded[: LONGEST_SPOKEN - 1] + "…"

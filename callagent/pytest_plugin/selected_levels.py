"""The levels that a test run asks for."""

import difflib
from collections.abc import Iterable, Mapping

import pytest

MARKERS: Mapping[str, str] = {
    "text": "scripted calls in virtual time",
    "audio": "scripted calls over the simulated phone line, with speech models",
    "room": "scripted calls through a livekit-server",
    "sip": "scripted calls from a SIP user agent",
}
"""Level -> what its marker means. The names of callagent.scripted_calls.LevelName, which would load livekit."""

ALL = "all"
IN_REAL_TIME = ("audio", "room", "sip")


def chosen_levels(config: pytest.Config) -> tuple[str, ...]:
    """Return what `--call-level` says, or else the ini option `callagent_levels`, in the order of MARKERS.

    Raises:
        pytest.UsageError: a word that is no level.
    """
    if (option := config.getoption("call_level")) is not None:
        return _known([option], "--call-level")
    return _known(config.getini("callagent_levels"), "callagent_levels")


def asked_by_name(config: pytest.Config, level: str) -> bool:
    """Tell whether this level was asked for, not just whatever levels there are (`all`); by default `text` is."""
    option = config.getoption("call_level")
    texts = config.getini("callagent_levels") if option is None else [option]
    return level in {word for text in texts for word in text.replace(",", " ").split()}


def _known(texts: Iterable[str], source: str) -> tuple[str, ...]:
    words = [word for text in texts for word in text.replace(",", " ").split()]
    if not words:
        raise pytest.UsageError(f"{source} names no level; there are {', '.join([*MARKERS, ALL])}")
    for word in words:
        if word not in (*MARKERS, ALL):
            close = difflib.get_close_matches(word.lower(), [*MARKERS, ALL], n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join([*MARKERS, ALL])}"
            raise pytest.UsageError(f"{source}: '{word}' is not a level; {hint}")
    return tuple(level for level in MARKERS if ALL in words or level in words)

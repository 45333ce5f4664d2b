"""From what is known of calls to HTML: the templates, and how numbers and moments are written."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from callagent import __version__
from callagent.console.journal_entries import Entry
from callagent.console.live_calls import LiveCall, outcome_of
from callagent.console.live_updates import Drawing
from callagent.database.workers import Fleet
from callagent.sanitise import storable

PAGES: Final = (
    ("/", "Live"),
    ("/calls", "Calls"),
    ("/panel", "Panel"),
    ("/campaigns", "Campaigns"),
    ("/do-not-call", "Do not call"),
)
"""Address of a page -> its name in the bar."""

LOOKS: Final[Mapping[str, str]] = {
    "error": "bad",
    "cut off": "bad",
    "room closed": "bad",
    "worker stopped": "bad",
    "not answered": "quiet",
    "no caller came": "quiet",
    "machine answered": "quiet",
    "live": "live",
}
"""Outcome of a call -> how its badge looks; all others are as they should be."""

MEDIA_TYPES: Final[Mapping[str, str]] = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

LAST_ENTRIES: Final = 4
"""Entries of a call that its card among others shows."""


def render(template: str, **context: object) -> str:
    """Return a page, or a part of one; what no page can hold is replaced."""
    return storable(_environment().get_template(template).render(context))


def drawing() -> Drawing:
    """Return how calls under way are drawn."""
    return Drawing(
        lambda call: _part("card", call, call.entries),
        lambda call: _part("status", call, []),
        lambda entry: _part("entry", entry, []),
        lambda fleet: _part("capacity", fleet, []),
    )


def _part(name: str, thing: "LiveCall | Entry | Fleet", entries: list[Entry]) -> str:
    shown = sorted((each for each in entries if each.kind in _TALK), key=lambda each: (each.at, each.line))
    return render("part.html.j2", part=name, thing=thing, entries=shown[-LAST_ENTRIES:])


_TALK = ("caller", "agent", "gate", "tool", "error")


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Return the style sheet, the scripts and the icon by their names, each with its media type. Blocks."""
    folder = files("callagent.console").joinpath("static")
    return {
        file.name: (file.read_bytes(), MEDIA_TYPES[file.name.rpartition(".")[2]])
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in MEDIA_TYPES
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("callagent.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"PAGES": PAGES, "LOOKS": LOOKS, "VERSION": __version__}
    environment.filters |= {
        "clock": clock,
        "local": local,
        "instant": instant,
        "seconds": seconds,
        "outcome": outcome_of,
        "thousands": lambda number: f"{number:,}",
        "wall": lambda call, at: f"{datetime.fromtimestamp(call.started.timestamp() + at):%H:%M:%S}",
    }
    return environment


def clock(value: float | None) -> str:
    """Return minutes and seconds of a call, with hours where there are any."""
    if value is None:
        return "-"
    whole = int(value)
    minutes = f"{whole // 60 % 60:02}" if whole >= 3600 else f"{whole // 60}"
    return f"{whole // 3600}:{minutes}:{whole % 60:02}" if whole >= 3600 else f"{minutes}:{whole % 60:02}"


def local(moment: datetime | None) -> str:
    """Return a moment as clocks here have it."""
    return "-" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def instant(moment: datetime) -> str:
    """Return a moment for programs."""
    return moment.isoformat(timespec="milliseconds")


def seconds(value: float | None, digits: int = 2) -> str:
    """Return a duration in seconds."""
    return "-" if value is None else f"{value:.{digits}f} s"

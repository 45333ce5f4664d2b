"""The picture of a call: who was heard when, what was understood, what the gate decided."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch

from callagent.audio import Samples, Span
from callagent.private_files import whole_file
from callagent.sanitise import printable
from callagent.scripted_calls.report.plot.call_scene import Heard, Mark, Scene, StateSpan
from callagent.scripted_calls.report.plot.strip import (
    FINAL_COLOUR,
    MARK_COLOURS,
    QUIET_COLOUR,
    STATE_COLOURS,
    STRIP_INCHES,
    Ruler,
    Strip,
)

__all__ = ["Heard", "Mark", "Scene", "StateSpan", "compose", "draw_timeline", "strip_seconds"]

LONGEST_STRIP_S, WRAPPED_STRIP_S = 20.0, 15.0
"""Up to 20 s are drawn in one strip; longer calls are wrapped into strips of at most 15 s."""

_DPI = 110
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 1.1, 0.3, 0.7, 0.5, 0.45  # inches
_WIDTH = _LEFT + STRIP_INCHES + _RIGHT
_TITLE, _TITLE_INCHES = FontProperties(size=13, weight="bold"), 8.0  # the legend has the rest of the line


def draw_timeline(
    path: str | Path,
    *,
    caller: Samples,
    agent: Samples,
    rate: int = 8000,
    caller_spans: Sequence[Span] = (),
    agent_spans: Sequence[Span] = (),
    states: Sequence[StateSpan] = (),
    heard: Sequence[Heard] = (),
    marks: Sequence[Mark] = (),
    title: str = "",
) -> None:
    """Draw a call as a PNG file; its time runs from left to right and, beyond 20 s, from strip to strip.

    From top to bottom: each decision with a line down through everything, the caller's waveform under the text of its
    spans, the agent's likewise, the agent's states, and what was heard: final transcripts in black, interim ones in
    grey where there is room. `caller` and `agent` are mono int16 at `rate` Hz from call time 0. Slow, and plain file
    I/O: not for the event loop.
    """
    scene = Scene(caller, agent, rate, caller_spans, agent_spans, states, heard, marks)
    with whole_file(Path(path)) as file:
        compose(scene, title).savefig(file, format="png")


def compose(scene: Scene, title: str = "") -> Figure:
    """Return the figure of `draw_timeline`."""
    seconds = strip_seconds(scene.seconds)
    figure = Figure(dpi=_DPI, facecolor="white")
    ruler = Ruler(figure, seconds)
    count = math.ceil(scene.seconds / seconds - 1e-9)
    strips = [Strip(scene, ruler, number * seconds) for number in range(count)]
    height = _TOP + sum(strip.height for strip in strips) + _BETWEEN * (count - 1) + _BOTTOM
    figure.set_size_inches(_WIDTH, height)
    _head(figure, height, ruler.fit(title, _TITLE, _TITLE_INCHES * ruler.per_inch))
    bottom = height - _TOP
    for strip in strips:
        bottom -= strip.height
        strip.draw(figure.add_axes((_LEFT / _WIDTH, bottom / height, STRIP_INCHES / _WIDTH, strip.height / height)))
        bottom -= _BETWEEN
    figure.text(_LEFT / _WIDTH, 0.12 / height, "seconds of the call", fontsize=8, color=QUIET_COLOUR)
    return figure


def strip_seconds(seconds: float) -> float:
    """Return how many seconds of a call of that length one strip shows."""
    if seconds <= LONGEST_STRIP_S:
        return seconds
    return math.ceil(seconds / math.ceil(seconds / WRAPPED_STRIP_S))


def _head(figure: Figure, height: float, title: str) -> None:
    top = 1 - 0.15 / height
    figure.text(
        _LEFT / _WIDTH, top, printable(title), fontproperties=_TITLE, va="top", color=FINAL_COLOUR, parse_math=False
    )
    keys = [Patch(color=colour, label=f"agent {state}") for state, colour in STATE_COLOURS.items()]
    keys += [Patch(color=colour, label=kind) for kind, colour in MARK_COLOURS.items()]
    figure.legend(
        handles=keys,
        loc="upper right",
        bbox_to_anchor=(1 - _RIGHT / _WIDTH, 1 - 0.08 / height),
        ncols=len(keys),
        frameon=False,
        fontsize=8,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.4,
    )

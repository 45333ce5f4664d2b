"""One strip of the picture of a call: a stretch of time, laid out in lanes below one another."""

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from callagent.audio import Samples, Span
from callagent.sanitise import printable
from callagent.scripted_calls.report.plot.call_scene import Scene
from callagent.scripted_calls.report.plot.label_placing import Box, box_at, box_beside, pack, staircase

STATE_COLOURS = {"listening": "#e6eaed", "thinking": "#f6cf6b", "speaking": "#a9c4e8"}
MARK_COLOURS = {"talked on": "#17803d", "stopped": "#c62828", "answered": "#1d5fc4"}
CALLER_COLOUR, AGENT_COLOUR = "#c2571a", "#2f5d9b"
FINAL_COLOUR, INTERIM_COLOUR, QUIET_COLOUR = "#111111", "#8a929c", "#6b7280"

STRIP_INCHES = 14.4
"""Width of the time axis."""

_WAVE, _STATE, _LINE, _PADDING, _GAP = 0.85, 0.22, 0.19, 0.09, 0.12  # inches
_INTERIM_ROWS = 2
_PLAIN, _BOLD, _SMALL = FontProperties(size=9), FontProperties(size=9, weight="bold"), FontProperties(size=8)


class Ruler:
    """Converts the width of text to seconds of a strip that shows `seconds`."""

    def __init__(self, figure: Figure, seconds: float) -> None:
        self._text = Text(figure=figure, parse_math=False)
        self.seconds = seconds
        self.per_inch = seconds / STRIP_INCHES
        self.per_pixel = self.per_inch / figure.dpi

    def width(self, text: str, font: FontProperties) -> float:
        """Return how many seconds the text covers, with a gap to its neighbours."""
        self._text.set_text(printable(text))
        self._text.set_fontproperties(font)
        return self._text.get_window_extent().width * self.per_pixel + _GAP * self.per_inch

    def fit(self, text: str, font: FontProperties, room: float) -> str:
        """Return the text, or as much of it as `room` seconds hold; nothing rather than a letter or two."""
        if self.width(text, font) <= room:
            return text
        lengths = range(4, len(text))
        kept = bisect.bisect_right(lengths, room, key=lambda length: self.width(text[:length] + "…", font))
        return text[: lengths[kept - 1]].rstrip() + "…" if kept else ""


@dataclass(frozen=True)
class _Label:
    box: Box
    text: str
    colour: str
    font: FontProperties
    row: int


class Strip:
    """What happens from `start` on, for as long as the ruler is.

    From top to bottom: the decisions, the caller's waveform under what the caller said, the agent's likewise, the
    agent's states, and what was heard.
    """

    def __init__(self, scene: Scene, ruler: Ruler, start: float) -> None:
        self._scene, self._ruler = scene, ruler
        self._start, self._end = start, start + ruler.seconds
        self._marks = self._lay_marks()
        self._heard = self._lay_heard()
        lanes = [
            _height(self._marks),
            _text_height(scene.caller_spans),
            _WAVE,
            _text_height(scene.agent_spans),
            _WAVE,
            _STATE + _PADDING,
            _height(self._heard),
        ]
        self._tops = [0.0, *itertools.accumulate(lanes)]

    @property
    def height(self) -> float:
        """Inches from the top of the first lane to the time axis."""
        return self._tops[-1]

    def draw(self, axes: Axes) -> None:
        """Draw everything on axes that are as high as the strip."""
        marks, caller_text, caller, agent_text, agent, states, heard, _ = self._tops
        self._frame(axes)
        self._speech(axes, caller_text, self._scene.caller_spans, CALLER_COLOUR)
        self._wave(axes, caller, self._scene.caller, CALLER_COLOUR)
        self._name(axes, caller + _WAVE / 2, "caller", CALLER_COLOUR)
        self._speech(axes, agent_text, self._scene.agent_spans, AGENT_COLOUR)
        self._wave(axes, agent, self._scene.agent, AGENT_COLOUR)
        self._name(axes, agent + _WAVE / 2, "agent", AGENT_COLOUR)
        self._states(axes, states)
        self._name(axes, states + _STATE / 2, "agent state", QUIET_COLOUR)
        self._arrivals(axes, heard)
        for label in self._marks:
            beside = label.box.anchor in (label.box.left, label.box.right)
            line = (marks + (label.row + (0.15 if beside else 1)) * _LINE, states + _STATE)
            axes.plot((label.box.anchor,) * 2, line, color=label.colour, linewidth=1.4, zorder=3)
        for top, name, labels in ((marks, "decisions", self._marks), (heard, "heard", self._heard)):
            self._labels(axes, top, labels)
            if labels:
                self._name(axes, top + _LINE / 2, name, QUIET_COLOUR)

    def _lay_marks(self) -> list[_Label]:
        marks = [mark for mark in self._scene.marks if self._holds(mark.at)]
        widths = [self._ruler.width(mark.label, _BOLD) for mark in marks]
        boxes = [
            box_beside(mark.at, width, start=self._start, end=self._end)
            for mark, width in zip(marks, widths, strict=True)
        ]
        rows = staircase(boxes)
        return [
            _Label(box, mark.label, MARK_COLOURS.get(mark.kind, QUIET_COLOUR), _BOLD, max(rows) - row)
            for mark, box, row in zip(marks, boxes, rows, strict=True)
        ]

    def _lay_heard(self) -> list[_Label]:
        """Lay out all final transcripts and, below them, the interim ones for which there is room."""
        heard = [event for event in self._scene.heard if self._holds(event.at)]
        finals = [
            (event.at, self._ruler.fit(event.text, _PLAIN, self._ruler.seconds)) for event in heard if event.final
        ]
        texts = ["", *(event.text for event in heard)]
        interims = [
            (event.at, event.text)
            for event, before in zip(heard, texts, strict=False)
            if not event.final and event.text != before
        ]
        upper = self._packed(finals, _PLAIN, FINAL_COLOUR)
        below = max((label.row for label in upper), default=-1) + 1
        return upper + self._packed(interims, _SMALL, INTERIM_COLOUR, first_row=below, rows=_INTERIM_ROWS)

    def _packed(
        self,
        texts: Sequence[tuple[float, str]],
        font: FontProperties,
        colour: str,
        *,
        first_row: int = 0,
        rows: int | None = None,
    ) -> list[_Label]:
        widths = [self._ruler.width(text, font) for _, text in texts]
        boxes = [
            box_at(at, width, start=self._start, end=self._end) for (at, _), width in zip(texts, widths, strict=True)
        ]
        return [
            _Label(box, text, colour, font, first_row + row)
            for (_, text), box, row in zip(texts, boxes, pack(boxes, rows=rows), strict=True)
            if row is not None
        ]

    def _holds(self, at: float) -> bool:
        return self._start <= at < self._end or at == self._end == self._scene.seconds

    def _frame(self, axes: Axes) -> None:
        axes.set_xlim(self._start, self._end)
        axes.set_ylim(self.height, 0.0)
        axes.set_yticks([])
        axes.set_xticks(np.arange(math.ceil(self._start), math.floor(self._end) + 1))
        axes.tick_params(axis="x", labelsize=8, length=3, colors=QUIET_COLOUR)
        axes.grid(axis="x", color="#eceef1", linewidth=0.8)
        axes.set_axisbelow(True)
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color("#c5cbd1")

    def _name(self, axes: Axes, y: float, name: str, colour: str) -> None:
        x = self._start - _GAP * self._ruler.per_inch
        axes.text(x, y, name, ha="right", va="center", color=colour, fontproperties=_PLAIN)

    def _wave(self, axes: Axes, y: float, pcm: Samples, colour: str) -> None:
        """Draw lowest and highest sample of each pixel; both sides of the call have one scale."""
        rate, middle, half = self._scene.rate, y + _WAVE / 2, _WAVE / 2 - 0.03
        end = min(self._end, self._scene.seconds)
        axes.plot((self._start, end), (middle, middle), color=colour, linewidth=0.6, alpha=0.4, zorder=2)
        part = pcm[round(self._start * rate) : round(self._end * rate)]
        if not part.size:
            return
        step = max(1, round(self._ruler.per_pixel * rate))
        edges = np.arange(0, part.size, step)
        times = self._start + (edges + step / 2) / rate
        scale = half / self._scene.peak
        low, high = np.minimum.reduceat(part, edges) * scale, np.maximum.reduceat(part, edges) * scale
        inside = np.clip([middle - high, middle - low], middle - half, middle + half)
        axes.fill_between(times, *inside, color=colour, linewidth=0.4, zorder=2)

    def _speech(self, axes: Axes, y: float, spans: Sequence[Span], colour: str) -> None:
        """Write what was said, each text as far as the next one."""
        said = [span for span in spans if span.text and self._start <= span.start < self._end]
        limits = [*(span.start for span in said), self._end][1:]
        for span, limit in zip(said, limits, strict=True):
            text = self._ruler.fit(span.text, _SMALL, limit - span.start)
            _write(axes, span.start, y + _LINE / 2, text, colour, _SMALL)

    def _states(self, axes: Axes, y: float) -> None:
        for span in self._scene.states:
            start, end = max(span.start, self._start), min(span.end, self._end)
            if end <= start:
                continue
            colour = STATE_COLOURS.get(span.state, "white")
            axes.add_patch(Rectangle((start, y), end - start, _STATE, facecolor=colour, edgecolor="white", zorder=2))
            text = span.state if self._ruler.width(span.state, _SMALL) < end - start else ""
            _write(axes, (start + end) / 2, y + _STATE / 2, text, "#3b4148", _SMALL, align="center", ground=colour)

    def _arrivals(self, axes: Axes, y: float) -> None:
        """Mark when each transcript came, whether there was room for its text or not."""
        for event in self._scene.heard:
            if self._holds(event.at):
                colour = FINAL_COLOUR if event.final else INTERIM_COLOUR
                axes.plot((event.at, event.at), (y - _PADDING + 0.015, y), color=colour, linewidth=1.2)

    def _labels(self, axes: Axes, y: float, labels: Sequence[_Label]) -> None:
        indent = _GAP / 2 * self._ruler.per_inch
        for label in labels:
            row = y + (label.row + 0.5) * _LINE
            _write(axes, label.box.left + indent, row, label.text, label.colour, label.font)


def _write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    colour: str,
    font: FontProperties,
    *,
    align: Literal["left", "center"] = "left",
    ground: str = "white",
) -> None:
    """Write on a ground of its own, so that no line runs through the text."""
    box = {"facecolor": ground, "edgecolor": "none", "pad": 0.6}
    axes.text(
        x,
        y,
        printable(text),
        ha=align,
        va="center",
        color=colour,
        fontproperties=font,
        parse_math=False,
        zorder=4,
        bbox=box,
    )


def _height(labels: Sequence[_Label]) -> float:
    return _LINE * max((label.row + 1 for label in labels), default=0)


def _text_height(spans: Sequence[Span]) -> float:
    return _LINE if any(span.text for span in spans) else 0.0

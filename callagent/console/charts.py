"""Charts as SVG, drawn here: numbers over time, and calls by how they ended. The style sheet has the colours."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

WIDTH, HEIGHT = 420, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 12, 24
"""Margins of the part in which something is drawn."""

GRID_LINES: Final = 4


@dataclass(frozen=True)
class Tick:
    """A line across the chart, or a mark below it: where it is, and what stands there."""

    place: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A value that is drawn as a dot, and what it is in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Bar:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Series:
    """One of the things drawn: what it is called, the path of its line, its dots and bars."""

    name: str
    path: str = ""
    marks: Sequence[Mark] = ()
    bars: Sequence[Bar] = ()


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Attributes:
        title, unit: what is drawn, and in what.
        rows: lines of the table with the same numbers: when, and a text for each series.
        empty: whether there is nothing to draw.
    """

    title: str
    unit: str
    explanation: str
    series: Sequence[Series]
    across: Sequence[Tick] = ()
    below: Sequence[Tick] = ()
    rows: Sequence[tuple[str, Sequence[str]]] = field(default_factory=tuple)
    empty: bool = False
    columns: bool = False
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


MOST_DIGITS = 6
"""Digits behind the point of a value beside a line across."""


@dataclass(frozen=True)
class Axis:
    """Where values and moments are in a chart."""

    starts: Sequence[datetime]
    step: timedelta
    top: float

    @property
    def part(self) -> float:
        """How wide a part of the period is."""
        return (WIDTH - LEFT - RIGHT) / len(self.starts)

    def x(self, number: int) -> float:
        """Return where a part of the period begins."""
        return LEFT + number * self.part

    def y(self, value: float) -> float:
        """Return where a value is."""
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / self.top, 2)

    def name(self, number: int) -> str:
        """Return what a part of the period is called."""
        start = self.starts[number].astimezone()
        return f"{start:%a %d %b}" if self.step >= timedelta(days=1) else f"{start:%a %H:%M}"

    def below(self) -> list[Tick]:
        """Return the marks below: about six, or seven."""
        every = max(1, math.ceil(len(self.starts) / 6))
        form = "%H:%M" if self.step < timedelta(hours=6) else "%d %b"
        chosen = range(0, len(self.starts), every)
        return [Tick(self.x(number), f"{self.starts[number].astimezone():{form}}") for number in chosen]

    def across(self, *, whole: bool = False) -> list[Tick]:
        """Return the lines across, each with its value; where values are counts, at whole numbers alone."""
        values = [self.top * number / GRID_LINES for number in range(GRID_LINES + 1)]
        if whole:
            return [Tick(self.y(value), f"{value:.0f}") for value in values if value == round(value)]
        exact = (digits for digits in range(MOST_DIGITS) if math.isclose(round(values[1], digits), values[1]))
        digits = next(exact, MOST_DIGITS)
        return [Tick(self.y(value), f"{value:.{digits}f}") for value in values]


def lines(
    title: str,
    unit: str,
    explanation: str,
    starts: Sequence[datetime],
    step: timedelta,
    values: Mapping[str, Sequence[float | None]],
) -> Chart:
    """Return a chart with a line for each series; where a value is missing, so is the line."""
    known = [value for each in values.values() for value in each if value is not None]
    axis = Axis(starts, step, nice_top(max(known, default=0.0)))
    series = [
        Series(name, _path(axis, each), _marks(axis, name, each, unit)) for name, each in values.items()
    ]  # fmt: skip
    rows = [
        (axis.name(number), [_text(each[number], unit) for each in values.values()]) for number in range(len(starts))
    ]
    return Chart(title, unit, explanation, series, axis.across(), axis.below(), rows, not known)


def columns(
    title: str,
    unit: str,
    explanation: str,
    starts: Sequence[datetime],
    step: timedelta,
    counts: Mapping[str, Sequence[int]],
) -> Chart:
    """Return a chart with a column for each part of the period, made up of the counts."""
    sums = [sum(each[number] for each in counts.values()) for number in range(len(starts))]
    axis = Axis(starts, step, nice_top(max(sums, default=0)))
    below = [0] * len(starts)
    series = []
    for name, each in counts.items():
        bars = []
        for number, count in enumerate(each):
            if count:
                y = axis.y(below[number] + count)
                height = round(axis.y(below[number]) - y, 2)
                title_ = f"{axis.name(number)}: {count} {name}"
                bars.append(Bar(round(axis.x(number) + 1, 2), y, round(max(1.0, axis.part - 2), 2), height, title_))
                below[number] += count
        series.append(Series(name, bars=bars))
    rows = [(axis.name(number), [str(each[number]) for each in counts.values()]) for number in range(len(starts))]
    across = axis.across(whole=True)
    return Chart(title, unit, explanation, series, across, axis.below(), rows, not any(sums), columns=True)


def nice_top(value: float) -> float:
    """Return the end of an axis for values up to that one: 1, 2, 4, 6 or 8, and so on by tens."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    ten = 10.0 ** math.floor(math.log10(value))
    return next(factor * ten for factor in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if factor * ten >= value * 0.999)


def _path(axis: Axis, values: Sequence[float | None]) -> str:
    parts, pen = [], "M"
    for number, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{axis.x(number) + axis.part / 2:.1f} {axis.y(value)}")
        pen = "L"
    return "".join(parts)


def _marks(axis: Axis, name: str, values: Sequence[float | None], unit: str) -> list[Mark]:
    return [
        Mark(
            round(axis.x(number) + axis.part / 2, 1), axis.y(value), f"{axis.name(number)}: {name} {_text(value, unit)}"
        )
        for number, value in enumerate(values)
        if value is not None
    ]


def _text(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.2f} {unit}".rstrip()

"""The front of a trade-off as text."""

from collections.abc import Sequence

from callagent.tuning.grid import AXES, Setting
from callagent.tuning.tradeoff import Point, Tradeoff

COLUMNS = ("", "talk-through", "yield p50", "yield p95", "missed", "lost", *AXES, "alike")


def front_table(tradeoff: Tradeoff, rows: int) -> str:
    """The front, fastest first, the current setting and the recommended one; at most `rows` points of the front.

    `alike` is the number of settings with the same figures; the one shown is the nearest to the current.
    """
    best = tradeoff.recommended
    lines = [_row("current", tradeoff.current, tradeoff.now)]
    if best is not None:
        lines.append(_row("recommended", best, best.setting))
    lines += [_row("front", point, point.setting) for point in tradeoff.front[:rows]]
    if len(tradeoff.front) > rows:
        lines.append((f"{len(tradeoff.front) - rows} more", *[""] * (len(COLUMNS) - 1)))
    widths = [max(len(row[i]) for row in (COLUMNS, *lines)) for i in range(len(COLUMNS))]
    return "\n".join(_aligned(row, widths) for row in (COLUMNS, *lines))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures]).rstrip()


def _row(name: str, point: Point, setting: Setting) -> tuple[str, ...]:
    figures = point.figures
    return (
        name,
        "-" if figures.talk_through is None else f"{figures.talk_through:.1%}",
        _seconds(figures.p50),
        _seconds(figures.p95),
        str(figures.missed),
        str(figures.lost),
        *(f"{value:g}" for value in setting.values().values()),
        str(len(point.settings)),
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f} s"

"""Finding room for labels along a time axis, so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """The horizontal extent of a label that belongs to the point `anchor`, all in one unit."""

    anchor: float
    left: float
    right: float


def box_at(anchor: float, width: float, *, start: float, end: float) -> Box:
    """Return the box of a label that begins at its anchor, or is moved left as far as it must to end before `end`."""
    left = max(start, min(anchor, end - width))
    return Box(anchor, left, left + width)


def box_beside(anchor: float, width: float, *, start: float, end: float) -> Box:
    """Return the box of a label right of its anchor, or left of it where that side has no room."""
    if anchor + width > end and anchor - width >= start:
        return Box(anchor, anchor - width, anchor)
    return box_at(anchor, width, start=start, end=end)


def pack(boxes: Sequence[Box], *, rows: int | None = None) -> list[int | None]:
    """Give each box in turn the first row in which it covers no other; None when it fits into none of `rows` rows."""
    taken: list[list[Box]] = []
    places: list[int | None] = []
    for box in boxes:
        row = next((row for row, others in enumerate(taken) if not _covers(box, others)), len(taken))
        if rows is not None and row >= rows:
            places.append(None)
            continue
        if row == len(taken):
            taken.append([])
        taken[row].append(box)
        places.append(row)
    return places


def staircase(boxes: Sequence[Box]) -> list[int]:
    """Give each box a row such that lines down from all anchors, past row 0, cross no other label.

    Row 0 is the lowest. Two labels that span each other's anchor cannot both be kept clear; the earlier one is.
    """
    rows: dict[int, int] = {}
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i].anchor, reverse=True):
        box = boxes[index]
        row = 1 + max((row for i, row in rows.items() if box.left <= boxes[i].anchor <= box.right), default=-1)
        while _covers(box, [boxes[i] for i, taken in rows.items() if taken == row]):
            row += 1
        rows[index] = row
    return [rows[index] for index in range(len(boxes))]


def _covers(box: Box, others: Sequence[Box]) -> bool:
    return any(box.left < other.right and other.left < box.right for other in others)

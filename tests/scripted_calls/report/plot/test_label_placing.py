from hypothesis import given, settings
from hypothesis import strategies as st

from callagent.scripted_calls.report.plot.label_placing import Box, box_at, box_beside, pack, staircase

anchors = st.lists(st.floats(0, 80), max_size=20)


def boxes_right_of(points: list[float], width: float = 20.0) -> list[Box]:
    return [Box(point, point, point + width) for point in points]


def overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right


def test_a_label_begins_at_its_anchor() -> None:
    assert box_at(3.0, 2.0, start=0.0, end=10.0) == Box(3.0, 3.0, 5.0)


def test_a_label_near_the_end_is_moved_left() -> None:
    assert box_at(9.0, 2.0, start=0.0, end=10.0) == Box(9.0, 8.0, 10.0)
    assert box_beside(9.0, 2.0, start=0.0, end=10.0) == Box(9.0, 7.0, 9.0)


def test_a_label_wider_than_the_strip_begins_with_it() -> None:
    assert box_at(9.0, 12.0, start=0.0, end=10.0) == box_beside(9.0, 12.0, start=0.0, end=10.0) == Box(9.0, 0.0, 12.0)


def test_labels_share_a_row_where_they_can() -> None:
    assert pack(boxes_right_of([0.0, 10.0, 20.0, 30.0])) == [0, 1, 0, 1]


def test_labels_without_room_are_left_out() -> None:
    assert pack(boxes_right_of([0.0, 5.0, 10.0, 25.0]), rows=2) == [0, 1, None, 0]


@given(anchors)
@settings(deadline=None)
def test_packed_labels_never_overlap(points: list[float]) -> None:
    boxes = boxes_right_of(points)
    rows = pack(boxes)
    assert None not in rows
    for i, box in enumerate(boxes):
        assert not any(rows[i] == rows[j] and overlap(box, boxes[j]) for j in range(i))


def test_labels_that_would_overlap_form_stairs_going_down() -> None:
    assert staircase(boxes_right_of([0.0, 10.0, 15.0, 50.0])) == [2, 1, 0, 0]


@given(anchors)
@settings(deadline=None)
def test_no_line_crosses_a_label_below_its_own(points: list[float]) -> None:
    boxes = boxes_right_of(points)
    rows = staircase(boxes)
    for i, box in enumerate(boxes):
        for j, other in enumerate(boxes):
            if i != j:
                assert rows[i] != rows[j] or not overlap(box, other)
                assert not (box.left < other.anchor < box.right and rows[i] < rows[j])

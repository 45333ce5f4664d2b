from datetime import UTC, datetime, timedelta

import pytest

from callagent.console.charts import HEIGHT, LEFT, RIGHT, TOP, WIDTH, columns, lines, nice_top

HOUR = timedelta(hours=1)
STARTS = [datetime(2026, 3, 2, tzinfo=UTC) + HOUR * number for number in range(4)]


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (-1, 1), (float("nan"), 1), (0.03, 0.03), (1, 1), (1.1, 1.2), (7, 8), (99, 100), (101, 120)],
)
def test_an_axis_ends_at_a_round_number_above_all_values(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)


def test_a_line_breaks_where_nothing_is_known() -> None:
    chart = lines("Answer", "s", "so soon", STARTS, HOUR, {"median": [1.0, None, 2.0, 1.5]})
    (series,) = chart.series
    assert (series.path.count("M"), series.path.count("L"), len(series.marks)) == (2, 1, 3)
    assert [texts for _, texts in chart.rows] == [["1.00 s"], ["-"], ["2.00 s"], ["1.50 s"]]


def test_everything_is_inside_the_chart() -> None:
    chart = lines("Answer", "s", "so soon", STARTS, HOUR, {"median": [0.0, 3.7, 12.0, 1.0]})
    assert all(LEFT <= mark.x <= WIDTH - RIGHT and TOP <= mark.y <= HEIGHT for mark in chart.series[0].marks)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (0.002, ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]),
        (0.6, ["0.00", "0.15", "0.30", "0.45", "0.60"]),
        (3, ["0.00", "0.75", "1.50", "2.25", "3.00"]),
        (80, ["0", "20", "40", "60", "80"]),
    ],
)
def test_the_lines_across_are_told_apart(value: float, names: list[str]) -> None:
    chart = lines("Answer", "s", "so soon", STARTS, HOUR, {"median": [value, None, None, None]})
    assert [tick.text for tick in chart.across] == names


@pytest.mark.parametrize(("count", "names"), [(1, ["0", "1"]), (2, ["0", "1", "2"]), (8, ["0", "2", "4", "6", "8"])])
def test_counts_have_lines_at_whole_numbers(count: int, names: list[str]) -> None:
    chart = columns("Calls", "", "by ending", STARTS, HOUR, {"one": [count, 0, 0, 0]})
    assert [tick.text for tick in chart.across] == names


def test_columns_stand_on_each_other() -> None:
    chart = columns("Calls", "", "by ending", STARTS, HOUR, {"one": [1, 0, 2, 0], "two": [3, 0, 0, 4]})
    first, second = (series.bars for series in chart.series)
    assert second[0].y + second[0].height == pytest.approx(first[0].y)
    assert [len(first), len(second)] == [2, 2]
    assert first[0].title.endswith(": 1 one")


def test_where_there_is_nothing_the_chart_says_so() -> None:
    assert lines("Answer", "s", "", STARTS, HOUR, {"median": [None] * 4}).empty
    assert columns("Calls", "", "", STARTS, HOUR, {"one": [0] * 4}).empty

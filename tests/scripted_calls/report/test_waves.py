import numpy as np

from callagent.scripted_calls.report.page import MOST, outline, points

RATE = 8000


def heights(path: str) -> list[tuple[int, int]]:
    assert path[0] == "M" and path[-1] == "Z"
    return [(int(x), int(y)) for x, y in (point.split() for point in path[1:-1].split("L"))]


def test_an_outline_runs_along_the_peaks_and_back_along_the_troughs() -> None:
    pcm = np.zeros(RATE, dtype=np.int16)
    pcm[4000], pcm[4001] = 1000, -500
    path = heights(outline(pcm, RATE, 1.0, 1000))
    assert path[:50] == [(x, 0 if x == 25 else 50) for x in range(50)]
    assert path[50:] == [(x, 75 if x == 25 else 50) for x in reversed(range(50))]


def test_what_is_louder_than_the_peak_stays_in_the_box() -> None:
    pcm = np.array([-32768, 32767] * 100, dtype=np.int16)
    assert {y for _, y in heights(outline(pcm, RATE, 0.025, 1000))} == {0, 100}


def test_a_recording_that_ends_before_the_call_is_silent_from_there() -> None:
    path = heights(outline(np.full(RATE, 500, dtype=np.int16), RATE, 2.0, 1000))
    assert [y for _, y in path[:100]] == [25] * 50 + [50] * 50


def test_a_long_call_has_no_more_points_than_a_page_can_bear() -> None:
    assert points(10.0) == 500 and points(3600.0) == MOST
    hour = outline(np.zeros(3600 * 100, dtype=np.int16), 100, 3600.0, 1000)
    assert len(heights(hour)) == 2 * MOST


def test_no_sound_has_no_outline() -> None:
    assert outline(np.zeros(0, dtype=np.int16), RATE, 5.0, 1000) == ""

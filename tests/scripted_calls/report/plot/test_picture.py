import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from callagent.audio import Samples, Span
from callagent.scripted_calls.report.plot.picture import (
    Heard,
    Mark,
    Scene,
    StateSpan,
    compose,
    draw_timeline,
    strip_seconds,
)

WORDS = ["okay", "yeah", "stop", "I", "would like", "to book", "an appointment", "for Friday,", "$5", "more_or_less"]


def noise(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(0, 3000, round(seconds * 8000)).astype(np.int16)


def busy_scene(seed: int, seconds: float) -> Scene:
    """A call with far more going on than any real one."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    def times(count: int) -> list[float]:
        return sorted(chance.uniform(0, seconds) for _ in range(count))

    return Scene(
        *(noise(seconds), noise(seconds)),
        caller_spans=[Span(at, at + 0.5, text(6)) for at in times(12)],
        agent_spans=[Span(at, at + 2.0, text(30)) for at in times(6)],
        states=[StateSpan(at, at + 1.0, "thinking") for at in np.arange(0, seconds, 2.0)],
        heard=[Heard(at, text(12), final=chance.random() < 0.2) for at in times(50)],
        marks=[Mark(at, text(4), chance.choice(["talked on", "stopped", "answered", "?"])) for at in times(12)],
    )


def texts(figure: Figure) -> list[Text]:
    return [text for axes in figure.axes for text in axes.texts if text.get_text()] + figure.texts


def extents_of(figure: Figure) -> list[Bbox]:
    """Where each text stands, in pixels; without a canvas each text would draw on one of its own, large as the page."""
    FigureCanvasAgg(figure)
    return [text.get_window_extent() for text in texts(figure)]


def written(figure: Figure) -> set[str]:
    return {text.get_text() for text in texts(figure)}


@pytest.mark.parametrize(("seed", "seconds"), [(1, 8.0), (2, 20.0), (3, 47.0)])
def test_no_text_covers_another(seed: int, seconds: float) -> None:
    figure = compose(busy_scene(seed, seconds), "A busy call " * 20)
    extents = [(text.get_text(), extent) for text, extent in zip(texts(figure), extents_of(figure), strict=True)]
    assert len(extents) > 40
    for (one, first), (other, second) in itertools.combinations(extents, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide <= 0 or high <= 1.5, (one, other)


def test_everything_stays_inside_the_picture() -> None:
    figure = compose(busy_scene(4, 33.0))
    for extent in extents_of(figure):
        assert extent.x0 >= 0
        assert extent.y0 >= 0
        assert extent.x1 <= figure.bbox.width
        assert extent.y1 <= figure.bbox.height


def test_every_decision_and_final_transcript_is_written() -> None:
    scene = busy_scene(5, 33.0)
    seen = written(compose(scene))
    assert {mark.label for mark in scene.marks} <= seen
    assert {event.text for event in scene.heard if event.final} <= seen


def test_an_interim_transcript_that_says_nothing_new_is_not_repeated() -> None:
    heard = [Heard(1.0, "Okay", False), Heard(3.0, "Okay", False), Heard(5.0, "Okay then", False)]
    figure = compose(Scene(noise(8), noise(8), heard=heard))
    assert [text.get_text() for text in texts(figure)].count("Okay") == 1
    assert "Okay then" in written(figure)


@pytest.mark.parametrize(("seconds", "strip"), [(4.0, 4.0), (20.0, 20.0), (21.0, 11), (34.0, 12), (60.0, 15)])
def test_long_calls_are_wrapped(seconds: float, strip: float) -> None:
    assert strip_seconds(seconds) == strip


def test_a_wrapped_call_has_a_strip_for_each_part() -> None:
    assert len(compose(Scene(noise(34), noise(34))).axes) == 3


def test_a_decision_in_the_last_moment_is_drawn() -> None:
    assert "stopped" in written(compose(Scene(noise(2), noise(2), marks=[Mark(2.0, "stopped", "stopped")])))


def test_the_picture_is_a_png(tmp_path: Path) -> None:
    path = tmp_path / "timeline.png"
    draw_timeline(path, caller=noise(3), agent=noise(3), title="A call")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_call_without_anything_can_be_drawn(tmp_path: Path) -> None:
    nothing = np.zeros(0, dtype=np.int16)
    draw_timeline(tmp_path / "timeline.png", caller=nothing, agent=nothing)
    assert (tmp_path / "timeline.png").stat().st_size > 1000


@pytest.mark.parametrize("text", ["half \ud83d", "nul \0", "\x1b[31m\u202e"])
def test_no_text_costs_the_picture(text: str, tmp_path: Path) -> None:
    heard, marks = [Heard(1.0, text, True)], [Mark(1.0, text, "stopped")]
    spans = [Span(0.5, 1.5, text)]
    draw_timeline(
        tmp_path / "a.png", caller=noise(2), agent=noise(2), caller_spans=spans, heard=heard, marks=marks, title=text
    )
    assert (tmp_path / "a.png").stat().st_size > 1000

import pytest

from callagent.providers.local.whisper.utterance import Edge, Segmenter

STEP = 0.032


@pytest.fixture
def segmenter() -> Segmenter:
    return Segmenter(activation=0.5, deactivation=0.35, min_speech=0.05, end_silence=0.25)


def edges(segmenter: Segmenter, *probabilities: float) -> list[tuple[int, Edge]]:
    found = [(step, segmenter.feed(p, STEP)) for step, p in enumerate(probabilities)]
    return [(step, edge) for step, edge in found if edge is not Edge.NONE]


def test_speech_begins_after_min_speech(segmenter: Segmenter) -> None:
    assert edges(segmenter, 0.1, 0.6, 0.6) == [(2, Edge.START)]


def test_click_is_no_speech(segmenter: Segmenter) -> None:
    assert edges(segmenter, 0.9, 0.1, 0.9, 0.1) == []


def test_speech_ends_after_end_silence(segmenter: Segmenter) -> None:
    assert edges(segmenter, 0.6, 0.6, *[0.1] * 9) == [(1, Edge.START), (9, Edge.END)]


def test_probability_between_the_thresholds_keeps_speech_up(segmenter: Segmenter) -> None:
    assert edges(segmenter, 0.6, 0.6, *[0.4] * 20) == [(1, Edge.START)]


def test_silence_is_counted_from_the_last_speech(segmenter: Segmenter) -> None:
    edges(segmenter, 0.6, 0.6, 0.1, 0.1, 0.6, 0.1)
    assert segmenter.silence == pytest.approx(STEP)


def test_next_utterance_can_begin_at_once(segmenter: Segmenter) -> None:
    found = edges(segmenter, 0.6, 0.6, *[0.1] * 8, 0.6, 0.6)
    assert found == [(1, Edge.START), (9, Edge.END), (11, Edge.START)]


def test_cut_ends_speech(segmenter: Segmenter) -> None:
    edges(segmenter, 0.6, 0.6)
    segmenter.cut()
    assert not segmenter.speaking

import pytest

from callagent.providers.local.whisper.transcript import SURE, UNSTEADY, Steadiness


def weighed(*texts: str, confidence: float = 0.7) -> list[float]:
    steadiness = Steadiness()
    return [steadiness.weigh(text, confidence) / confidence for text in texts]


def test_first_interim_counts_for_less() -> None:
    assert weighed("Hold.") == [UNSTEADY]


@pytest.mark.parametrize("texts", [("No.", "No, stop."), ("Oh", "oh really"), ("Okay.", "Okay.")])
def test_interim_that_keeps_the_words_before_counts_in_full(texts: tuple[str, str]) -> None:
    assert weighed(*texts)[1] == 1.0


@pytest.mark.parametrize("texts", [("Hold.", "All right."), ("That's it.", "That's right."), ("Bye now.", "Bye.")])
def test_interim_that_says_something_else_counts_for_less(texts: tuple[str, str]) -> None:
    assert weighed(*texts)[1] == UNSTEADY


def test_sure_interim_needs_none_before() -> None:
    assert weighed("Stop.", confidence=SURE) == [1.0]

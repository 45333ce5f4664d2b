import pytest

from callagent.providers.local.whisper.transcript import SURE, UNSTEADY, Steadiness, occurrences


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


def test_interim_that_is_said_to_be_firm_needs_none_before() -> None:
    assert Steadiness().weigh("Stop.", 0.6, firm=True) == 0.6


def test_interim_that_is_said_not_to_be_firm_needs_one_before_however_sure_it_is() -> None:
    steadiness = Steadiness()
    assert steadiness.weigh("No.", 0.99, firm=False) == SURE * UNSTEADY
    assert steadiness.weigh("No.", 0.99, firm=False) == 0.99


@pytest.mark.parametrize(
    ("before", "text", "steady"),
    [
        ("Oh", "Oh, what?", False),
        ("Oh, what", "Oh, what?", True),
        ("No kidding", "No kidding, no.", False),
        ("No, no", "No, no.", True),
        ("Can I", "Can I come?", True),
        ("What", "Whatever", False),
    ],
)
def test_doubtful_words_need_one_before_that_has_them_too(before: str, text: str, *, steady: bool) -> None:
    steadiness = Steadiness()
    steadiness.weigh(before, 0.7, firm=False)
    doubtful = [each for each in ("what", "no", "can i") if each in text.casefold()]
    assert steadiness.weigh(text, 0.7, firm=False, doubtful=doubtful) == (0.7 if steady else 0.7 * UNSTEADY)


@pytest.mark.parametrize(("text", "count"), [("no no no", 3), ("nobody", 0), ("hold on hold on", 0), ("", 0)])
def test_a_phrase_occurs_as_whole_words(text: str, count: int) -> None:
    assert occurrences("no", text.split()) == count
    assert occurrences("hold on", text.split()) == text.count("hold on")

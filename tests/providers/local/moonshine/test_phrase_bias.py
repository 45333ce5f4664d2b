import numpy as np
import pytest

from callagent.providers.local.moonshine.phrase_bias import STRONG, WEAK, BiasedText, PhraseBias

WORDS = ["a", ",", ".", "?", "!", "Hold", "hold", "on", "No", "no", "problem", "I", "see", "tell", "Okay", "okay", "it"]
WORDS += ["But", "but"]


def encode(text: str) -> tuple[int, ...]:
    if text in {"a,", "a.", "a?", "a!"}:
        return WORDS.index("a"), WORDS.index(text[1])
    return tuple(WORDS.index(word) for word in text.split())


def text(*said: str) -> BiasedText:
    begun = PhraseBias(["okay", "no problem", "i see"], ["hold on", "no", "hold it", "but"], encode).text()
    for word in said:
        begun.take(WORDS.index(word))
    return begun


def boosted(biased: BiasedText) -> dict[str, float]:
    found = biased.boost(np.zeros(len(WORDS), np.float32))
    return {WORDS[at]: float(found[at]) for at in np.flatnonzero(found)}


FIRST = {"Okay": STRONG, "okay": STRONG, "No": STRONG, "no": STRONG, "I": STRONG}
FIRST |= {"Hold": STRONG, "hold": STRONG, "But": WEAK, "but": WEAK}


def test_phrases_are_expected_at_the_beginning() -> None:
    assert boosted(text()) == FIRST


def test_inside_a_phrase_it_is_expected_to_go_on() -> None:
    assert boosted(text("Hold")) == {"on": STRONG, "it": STRONG}
    assert boosted(text("I")) == {"see": STRONG}


@pytest.mark.parametrize("said", [("Okay",), ("Hold", "on"), ("tell", ","), ("tell", "it", ".")])
def test_behind_a_phrase_or_a_mark_another_may_begin(said: tuple[str, ...]) -> None:
    assert boosted(text(*said)) == FIRST


def test_a_phrase_that_is_the_beginning_of_another_may_go_on_as_well() -> None:
    assert boosted(text("No")) == {**FIRST, "problem": STRONG}


def test_within_other_words_nothing_is_expected() -> None:
    assert boosted(text("tell")) == {}
    assert boosted(text("Hold", "tell")) == {}


def test_what_the_model_gave_is_left_as_it_was() -> None:
    logits = np.zeros(len(WORDS), np.float32)
    text().boost(logits)
    assert not logits.any()

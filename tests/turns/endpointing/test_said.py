"""A turn so far, taken apart: its words, its numerals, and what was asked."""

import pytest

from callagent.turns.endpointing import Dictation
from callagent.turns.endpointing.said import Said

PHONE = "What is your telephone number?"
RULE = Dictation("en-US", ["number", "spelling", "date", "email"])


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("One. Two. Three?", "two. three?"),
        ("What is it? ", "what is it?"),
        ("One…Two!", "one… two!"),
        ("一。二？三。", "二？ 三。"),  # noqa: RUF001 - full-width marks are Japanese
        ("", ""),
    ],
)
def test_the_question_is_in_the_last_two_sentences(question: str, kept: str) -> None:
    assert Said.of("", question, "en-US").question == kept


def test_a_question_with_one_sentence_behind_it_is_still_asked() -> None:
    assert RULE.unfinished("555.", f"{PHONE} Take your time.") == "number"
    assert RULE.unfinished("555.", f"{PHONE} We are open now. Can you hear me?") is None


@pytest.mark.parametrize(
    ("locale", "language", "region"), [("en-US", "en", "US"), ("zh-Hant-TW", "zh", "TW"), ("de", "de", "")]
)
def test_a_locale_has_a_language_and_a_region(locale: str, language: str, region: str) -> None:
    said = Said.of("", "", locale)
    assert (said.language, said.region) == (language, region)


def test_hesitation_at_the_end_is_no_word() -> None:
    assert Said.of("uh five uh um", "", "en-US", {"uh", "um"}).words == ("uh", "five")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("call 202 555", ["202", "555"]),
        ("202 dash 555 and", ["202", "555"]),
        ("5 apples, 202, 555", ["202", "555"]),
        ("5 apples and 6 pears", []),
        ("202 555 please", []),
        ("oh", []),
        ("oh oh", []),
        ("oh five", ["0", "5"]),
    ],
)
def test_what_is_dictated_stands_at_the_end_with_nothing_but_joints_between(text: str, digits: list[str]) -> None:
    assert [numeral.digits for numeral in Said.of(text, "", "en-US").dictated] == digits


@pytest.mark.parametrize(
    ("text", "signs"),
    [("S M 5?", True), ("five dash six?", True), ("S and M?", True), ("is it 5?", False), ("Smith?", False)],
)
def test_digits_letters_and_joints_are_signs(text: str, signs: bool) -> None:
    assert Said.of(text, "", "en-US").is_all_signs is signs


def test_a_rising_voice_makes_no_question_of_signs() -> None:
    assert RULE.unfinished("S M I?", "How do you spell your name?") == "spelling"
    assert RULE.unfinished("S M I, right?", "How do you spell your name?") is None


@pytest.mark.parametrize(
    ("text", "question", "about"),
    [("My PHONE is", "", True), ("My", "Your phone?", True), ("My", "Your name?", False)],
)
def test_a_turn_is_about_what_the_question_or_the_caller_mentions(text: str, question: str, about: bool) -> None:
    assert Said.of(text, question, "en-US").about(r"\bphone\b") is about

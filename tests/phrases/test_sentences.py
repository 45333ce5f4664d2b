import pytest

from callagent.phrases import QUESTION_MARKS, SENTENCE_MARKS, sentence_ends, sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n ", []),
        ("Hello. What is your name?", ["Hello.", "What is your name?"]),
        ("Hello. What is", ["Hello.", "What is"]),
        ("Ask for Dr. Brown in room 512. Is that all right?", ["Ask for Dr. Brown in room 512.", "Is that all right?"]),
        ("Write to ann.brown@example.com. Is it spelt so?", ["Write to ann.brown@example.com.", "Is it spelt so?"]),
        ("お名前は？お電話番号は？", ["お名前は？", "お電話番号は？"]),  # noqa: RUF001 - full-width marks
        ("आपका नाम क्या है? धन्यवाद।", ["आपका नाम क्या है?", "धन्यवाद।"]),
    ],
)
def test_a_text_is_taken_apart_where_its_sentences_end(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_a_question_is_told_by_its_mark() -> None:
    assert sentence_ends("Is it? It is. So") == [(6, True), (13, False)]


def test_a_question_mark_ends_a_sentence_in_every_script() -> None:
    assert QUESTION_MARKS < SENTENCE_MARKS
    assert all(sentences(f"a{mark} b") == [f"a{mark}", "b"] for mark in QUESTION_MARKS)

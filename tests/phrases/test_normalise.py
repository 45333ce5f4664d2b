"""Spoken text in normal form, step by step."""

import pytest

from callagent.phrases import MAX_CHARACTERS, folded, phrase_key, said_once, split, tokens
from callagent.phrases.normalise import is_spaceless


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("", []),
        ("What's THE e-mail?", ["whats", "the", "e", "mail"]),
        ("rock'n'roll", ["rocknroll"]),
        ("l\u2019\u00e9t\u00e9", ["l\u00e9t\u00e9"]),
        ("5:30, 3.50", ["5", "30", "3", "50"]),
        ("snake_case", ["snake", "case"]),
        ("STRASSE Stra\u00dfe", ["strasse", "strasse"]),
        ("caf\u00e9 cafe\u0301", ["caf\u00e9", "caf\u00e9"]),
        ("\u210cello", ["hello"]),
        ("sì\u00ad lo", ["s\u00ec", "lo"]),
        ("क\u094d\u200dष", ["क\u094dष"]),
        ("¿Qué?", ["qu\u00e9"]),
        ("é - è", ["\u00e9", "\u00e8"]),
    ],
)
def test_words_lose_case_apostrophes_and_punctuation(spoken: str, expected: list[str]) -> None:
    assert tokens(spoken) == expected


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("okay", ["okay"]),
        ("okaay", ["okaay"]),
        ("okaaay", ["okay"]),
        ("nooo", ["no"]),
        ("sííí", ["s\u00ed"]),
        ("000 111", ["000", "111"]),
        ("ああああ", ["あ"] * 4),
        ("___", []),
        ("mmm", ["m"]),
        ("hmm hhmm nmm mm", ["hm", "hm", "nm", "m"]),
        ("mmhmm", ["mhm"]),
        ("hh nn", ["hh", "nn"]),
        ("mmok", ["mmok"]),
        ("hammer", ["hammer"]),
    ],
)
def test_what_is_drawn_out_is_said_once(spoken: str, expected: list[str]) -> None:
    assert tokens(spoken) == expected


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("[cough] yes", ["yes"]),
        ("yes (laughs) no", ["yes", "no"]),
        ("*sighs*okay", ["okay"]),
        ("[5] (at 5) *5*", ["5", "at", "5", "5"]),
        ("[] () **", []),
        ("[" + "x" * 40 + "]", []),
        ("[" + "x" + "ab" * 20 + "]", ["x" + "ab" * 20]),
        ("(" + "ab" * 20 + ")", []),
        ("(x" + "ab" * 20 + ")", ["x" + "ab" * 20]),
        ("*" + "ab" * 20 + "*", []),
        ("*x" + "ab" * 20 + "*", ["x" + "ab" * 20]),
        ("é [toux]", ["\u00e9"]),
    ],
)
def test_what_a_recogniser_notes_about_sounds_is_no_word(spoken: str, expected: list[str]) -> None:
    assert tokens(spoken) == expected


@pytest.mark.parametrize(
    ("spoken", "words", "tied"),
    [
        ("uh-huh, okay", ["uh", "huh", "okay"], {0}),
        ("okay uh-huh", ["okay", "uh", "huh"], {1}),
        ("o.k.", ["o", "k"], {0}),
        ("a-b-c d", ["a", "b", "c", "d"], {0, 1}),
        ("a -b", ["a", "b"], set()),
        ("a- b", ["a", "b"], set()),
        ("uh huh", ["uh", "huh"], set()),
        ("well-\u00e9", ["well", "\u00e9"], {0}),
        ("p.\u00e9 ex", ["p", "\u00e9", "ex"], {0}),
        ("uh\u2010huh uh\u2011huh", ["uh", "huh", "uh", "huh"], {0, 2}),
        ("uh\u2012huh uh\u2013huh", ["uh", "huh", "uh", "huh"], {0, 2}),
        ("uh\u2014huh", ["uh", "huh"], set()),
        ("mm-hmm", ["m", "hm"], {0}),
        ("a-b é - c", ["a", "b", "\u00e9", "c"], {0}),
        ("a--b", ["a", "b"], set()),
        ("はい-はい", ["は", "い", "は", "い"], set()),
    ],
)
def test_a_hyphen_or_a_dot_ties_words(spoken: str, words: list[str], tied: set[int]) -> None:
    assert split(spoken) == (words, frozenset(tied))
    assert tokens(spoken) == words


@pytest.mark.parametrize(
    ("word", "once", "fold"),
    [
        ("mmhmm", "mhm", "mhm"),
        ("hhmmnn", "hmn", "hmn"),
        ("okaaay", "okaaay", "okay"),
        ("okaay", "okaay", "okaay"),
        ("hh", "hh", "hh"),
        ("", "", ""),
    ],
)
def test_one_word(word: str, once: str, fold: str) -> None:
    assert (said_once(word), folded(word)) == (once, fold)


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("Uh-huh!", "uh huh"),
        ("That's  right", "thats right"),
        ("\uff2f\uff2b", "ok"),
        ("はい。", "はい"),
        ("mm-hmm", "mm hmm"),
        ("...", ""),
        ("ठीक\u200d है", "ठीक है"),
    ],
)
def test_two_spellings_of_a_phrase_have_a_key_in_common(phrase: str, key: str) -> None:
    assert phrase_key(phrase) == key


@pytest.mark.parametrize(
    ("text", "spaceless"),
    [
        ("は", True),
        ("営業 x", True),
        ("\uff76", True),
        ("ไ", True),
        ("a", False),
        ("é", False),
        ("ह", False),
        ("한", False),
    ],
)
def test_scripts_without_spaces(text: str, spaceless: bool) -> None:
    assert is_spaceless(text) is spaceless


@pytest.mark.parametrize("letter", ["a", "é"])
def test_the_middle_of_a_whole_story_is_not_looked_at(letter: str) -> None:
    half = MAX_CHARACTERS // 2
    fits = f"{letter} " * half + letter
    assert len(fits) == MAX_CHARACTERS + 1
    assert tokens(fits) == [letter] * (half + 1)
    assert tokens(f"{fits} ") == [letter] * half
    story = f"start {'b1' * half} end"
    words = tokens(story.replace("b", letter))
    assert words == ["start", f"{letter}1" * ((half - 6) // 2), f"{letter}1" * ((half - 4) // 2), "end"]


def test_one_character_may_stand_for_many() -> None:
    assert sum(map(len, tokens("\ufdfa" * MAX_CHARACTERS))) <= MAX_CHARACTERS

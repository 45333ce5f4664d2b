"""Whether a spelling or an e-mail address is still unfinished."""

import pytest

from callagent.turns.endpointing import Dictation
from callagent.turns.endpointing.said import Said
from callagent.turns.endpointing.spelling import email_unfinished, spelling_unfinished

SPELL = "How do you spell your name?"
MAIL = "What is your e-mail address?"
HELP = "How can I help you?"


def spells_on(text: str, question: str = HELP, locale: str = "en-US") -> bool:
    return spelling_unfinished(Said.of(text, question, locale))


def writes_on(text: str, question: str = MAIL, locale: str = "en-US") -> bool:
    return email_unfinished(Said.of(text, question, locale), lambda said: said == "No.")


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("B Q", True),
        ("B 12", False),
        ("12 B", False),
        ("B", False),
        ("It is B Q", False),
        ("It is B Q R", True),
        ("Like B", False),
        ("My number is B Q", True),
        ("My gate number is B.", False),
        ("I, I, I", False),
        ("I am in the U.S.", False),
        ("Smith", False),
        ("S W one A one A A", False),
        ("Q W one A one A 1 A", True),
    ],
)
def test_letters_in_a_row_are_a_spelling_though_nobody_asked(said: str, waits: bool) -> None:
    assert spells_on(said) is waits


@pytest.mark.parametrize("said", ["Ten a.m.", "5 p.m.", "At ten A M"])
def test_a_time_of_day_is_no_spelling(said: str) -> None:
    assert not spells_on(said, "What time?")


@pytest.mark.parametrize("said", ["S A M", "P A M", "A M", "It is A M"])
def test_a_name_may_be_spelt_like_the_end_of_a_time_of_day(said: str) -> None:
    assert spells_on(said, SPELL)


def test_a_name_that_ends_like_a_time_of_day_is_a_spelling_without_a_question_too() -> None:
    assert spells_on("It is P A M")


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("B as in Bravo", True),
        ("B as in", True),
        ("B as", True),
        ("B for Bravo", True),
        ("B as in Bravo, thanks", False),
        ("It is I as in India", True),
        ("It is I as", False),
        ("I like pizza", False),
        ("5 as in", False),
    ],
)
def test_an_example_stands_for_its_letter(said: str, waits: bool) -> None:
    assert spells_on(said) is waits


def test_an_example_of_a_vowel_is_one_where_a_spelling_was_asked_for() -> None:
    assert spells_on("I for Ida", SPELL)
    assert not spells_on("I for Ida", HELP)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("It begins with J", True),
        ("Jane Doe", True),
        ("John Paul Smith", False),
        ("No.", False),
        ("It is one", False),
        ("It ends in eighty four", True),
        ("J dot", True),
        ("john at", True),
        ("john at gmail", True),
        ("john at gmail dot", True),
        ("john at gmail dot, dot", True),
        ("john at gmail dot com", False),
        ("john at the old mill", True),
        ("john at the very old mill", False),
        ("john.smith at gmail.com", False),
        ("john@", True),
        ("john@mail.example.co", True),
        ("john@mail.example.co.uk", False),
    ],
)
def test_an_address_is_complete_with_its_domain(said: str, waits: bool) -> None:
    assert writes_on(said) is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("max at gmx.at", False),
        ("max.mueller@gmx.at", False),
        ("max punkt müller ät gmx punkt at", False),
        ("max punkt müller ät gmx punkt", True),
        ("max punkt müller ät", True),
        ("max punkt müller at", True),
    ],
)
def test_the_end_of_an_austrian_address_is_no_at_sign(said: str, waits: bool) -> None:
    assert writes_on(said, "Wie ist Ihre E-Mail-Adresse?", "de-AT") is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("john dot smith at gmail", True),
        ("john dot smith at gmail dot com", False),
        ("john@", True),
        ("I'm at home", False),
        ("My e-mail is john dot smith", True),
        ("My e-mail is john", False),
        ("My e-mail is broken at home", False),
    ],
)
def test_an_address_that_nobody_asked_for_shows_by_its_signs(said: str, waits: bool) -> None:
    assert writes_on(said, HELP) is waits


def test_the_domain_alone_is_an_address_too() -> None:
    assert not writes_on("アット gmail ドット com", "メールアドレスをお願いします。", "ja-JP")


def test_every_text_may_be_a_name_where_no_reactions_are_known() -> None:
    assert Dictation("en-US", ["email"]).unfinished("Sorry", MAIL) == "email"
    assert Dictation("en-US", ["email"], is_reaction=lambda text: True).unfinished("Sorry", MAIL) is None

"""Whether a dictated number is still unfinished, by what was asked and what has been said of it."""

import pytest

from callagent.turns.endpointing.numbers import expected_digits, number_unfinished
from callagent.turns.endpointing.said import Said

PHONE = {
    "en-US": "What is your telephone number?",
    "de-DE": "Wie ist Ihre Telefonnummer?",
    "de-AT": "Wie ist Ihre Telefonnummer?",
    "en-GB": "What is your telephone number?",
    "fr-FR": "Quel est votre numéro de téléphone ?",
}
HELP = "How can I help you?"
HALLO = "Wie kann ich helfen?"
CUSTOMER = "What is your customer number?"


def unfinished(text: str, question: str, locale: str = "en-US") -> bool:
    return number_unfinished(Said.of(text, question, locale))


@pytest.mark.parametrize(
    ("locale", "said", "waits"),
    [
        ("de-DE", "030 1234567", True),
        ("de-DE", "030 12376426", False),
        ("de-DE", "030 123764261", False),
        ("en-US", "1 202 555 394", True),
        ("en-US", "1 202 555 3942", False),
        ("en-GB", "0800 257419", True),
        ("fr-FR", "06 25 99 99 78", False),
        ("en-US", "+44 20 7946 012", True),
        ("en-US", "+44 20 7946 0123", False),
        ("en-US", "0044 20 7946 012", True),
        ("en-US", "0044 20 7653 9454", False),
        ("de-AT", "4301", True),
    ],
)
def test_a_telephone_number_is_complete_when_no_longer_one_begins_like_it(locale: str, said: str, waits: bool) -> None:
    assert unfinished(said, PHONE[locale], locale) is waits


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("My number is 20", True),
        ("My number is 202", True),
        ("My number is 2", False),
        ("You can call me, my phone is 202 555", True),
        ("I would reach you with 202", False),
        ("202 555", False),
        ("five five five", True),
        ("five five", False),
        ("My room number is 202", False),
        ("It costs 30", False),
    ],
)
def test_a_number_that_nobody_asked_for_is_announced_or_dictated(said: str, waits: bool) -> None:
    assert unfinished(said, HELP) is waits


@pytest.mark.parametrize(("said", "waits"), [("030", True), ("03", False), ("130", False)])
def test_a_zero_in_front_begins_a_telephone_number(said: str, waits: bool) -> None:
    assert unfinished(said, HALLO, "de-DE") is waits


@pytest.mark.parametrize(
    ("question", "said", "waits"),
    [
        (PHONE["en-US"], "555, sorry,", True),
        (PHONE["en-US"], "555, no, sorry, wait,", True),
        (CUSTOMER, "555, sorry,", True),
        (HELP, "5 5 5, sorry,", True),
        (HELP, "5 5, sorry,", False),
        ("How many people?", "5 5 5, sorry,", False),
        (PHONE["en-US"], "sorry,", False),
    ],
)
def test_a_correction_has_only_begun_while_nothing_follows_it(question: str, said: str, waits: bool) -> None:
    assert unfinished(said, question) is waits


@pytest.mark.parametrize(
    ("locale", "question", "count"),
    [
        ("en-US", "Please tell me your eight digit customer number.", 8),
        ("en-US", "Your 5-digit code?", 5),
        ("en-US", "Please tell me the digits of your code.", None),
        ("en-US", "Tell me the two numbers, please.", None),
        ("en-US", "The last four of your card?", 4),
        ("de-DE", "Ihre 6-stellige Kundennummer?", 6),
        ("de-DE", "Ihre achtstellige Kundennummer?", 8),
        ("de-DE", "Ihre zwei achtstelligen Nummern?", 8),
        ("de-DE", "Ihre mehrstellige Kundennummer?", None),
        ("de-DE", "Die einstellige Zahl?", 1),
        ("de-DE", "Ihre zwei Telefonnummern?", None),
        ("de-DE", "Die 6 Ziffern Ihrer Nummer?", 6),
    ],
)
def test_the_question_tells_how_many_digits_it_asks_for(locale: str, question: str, count: int | None) -> None:
    assert expected_digits(Said.of("", question, locale)) == count


def test_as_many_digits_as_were_asked_for_are_a_whole_number() -> None:
    assert unfinished("12345", "Ihre 6-stellige Kundennummer?", "de-DE")
    assert not unfinished("123456", "Ihre 6-stellige Kundennummer?", "de-DE")


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("4111 1111 1111 1111", False),
        ("4111 1111 1111 1112", True),
        ("5500 0000 0000 0004", False),
        ("3000 0000 0000 04", False),
        ("6011 0000 0000 0004", False),
        ("6011 0000 0000 0040", True),
    ],
)
def test_the_sum_of_a_card_tells_its_end(said: str, waits: bool) -> None:
    assert unfinished(said, "What is your card number?") is waits

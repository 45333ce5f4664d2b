"""Personal data of a call is replaced by something of the same shape, the same by the same."""

import re
from typing import Any

import pytest

from callagent.scripted_calls.reproduction.stand_ins import StandIns

CONTEXT = {
    "number": "+498921765438",
    "own_number": "+12127337000",
    "headers": {"x-customer": "maria", "x-note": "Call Peter back", "x-plan": "gold"},
    "attributes": {"sip.callID": "SCL_1", "city": "Bremen", "pin": "4711"},
}


def stand_ins(*texts: str, language: str = "en-US", context: dict[str, Any] | None = None) -> StandIns:
    made = StandIns(CONTEXT if context is None else context, language)
    made.learn(texts)
    return made


def shape(text: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", text)))


@pytest.mark.parametrize(
    "text",
    [
        "My number is 40713.",
        "It is 4 0 7 1 3.",
        "4111 1111 1111 1111",
        "born on 12.03.1985",
        "call me at +49 89 21765438 or 089 21765438",
        "(212) 733-7000",
        "AB-77 120",
        "This is Maria, MARIA from Bremen.",
    ],
)
def test_what_is_personal_is_replaced_and_keeps_its_shape(text: str) -> None:
    other = stand_ins(text).text(text)
    assert shape(other) == shape(text)
    personal = re.findall(r"\d{3,}|Maria|MARIA|Bremen", text)
    assert [found for found in personal if found in other] == []
    assert other != text


@pytest.mark.parametrize("text", ["We are open from 9 to 6.", "Press 1.", "At 10:30, for 25 people.", "Okay, stop."])
def test_what_is_nobodys_stays(text: str) -> None:
    assert stand_ins(text).text(text) == text


def test_the_same_stands_for_the_same_however_it_is_grouped() -> None:
    made = stand_ins("40713", "Four zero, I mean 40713.")
    digits = made.text("40713")
    assert made.text("4 0 7 1 3").replace(" ", "") == digits
    assert made.keys("40713#") == f"{digits}#"
    assert made.value({"number": "40713", "list": [40713]}) == {"number": digits, "list": [int(digits)]}


def test_different_numbers_have_different_stand_ins() -> None:
    made = stand_ins("40713 and 99999")
    assert len({made.text("40713"), made.text("99999"), "40713", "99999"}) == 4


def test_words_that_are_not_all_there_yet_become_a_part_of_the_whole() -> None:
    made = stand_ins("my number is 40713")
    whole = made.text("my number is 40713")
    assert whole.startswith(made.text("my number is 40", ["my number is 40713"]))
    assert whole.startswith(made.text("my number is 4071", ["my number is 40713"]))


@pytest.mark.parametrize(
    ("language", "text"),
    [("en-US", "four oh seven one three"), ("de-DE", "vier null sieben eins"), ("fr-FR", "quatre, zéro, sept, un")],
)
def test_digits_that_are_spelt_out_are_digits(language: str, text: str) -> None:
    other = stand_ins(text, language=language).text(text)
    assert len(other.split()) == len(text.split())
    assert other != text


def test_a_few_numerals_are_no_number() -> None:
    assert stand_ins().text("two or three people, at nine") == "two or three people, at nine"


def test_the_number_at_home_is_that_of_the_context() -> None:
    made = stand_ins("089 21765438")
    abroad = re.sub(r"\D", "", made.text("+498921765438"))
    assert re.sub(r"\D", "", made.text("089 21765438"))[1:] == abroad[2:][-len("8921765438") :]


@pytest.mark.parametrize("address", ["ann.smith@harbour-dental.com", "ann%smith@harbour-dental.com"])
def test_addresses_lose_both_halves(address: str) -> None:
    other = stand_ins().text(f"Write to {address}, please.")
    assert "ann" not in other and "harbour" not in other
    assert re.search(r"Write to \w+@example\.com, please\.", other)


def test_the_context_of_the_script_has_numbers_that_exist_in_the_same_country_and_no_names() -> None:
    context = stand_ins().context()
    assert context["number"].startswith("+49") and context["number"] != "+498921765438"
    assert "own_number" not in context
    assert context["headers"]["x-plan"] == "gold"
    assert set(context["attributes"]) == {"city", "pin"}
    told = str(context)
    assert [each for each in ("maria", "Peter", "Bremen", "4711", "765438") if each in told] == []


def test_a_withheld_number_stays_withheld() -> None:
    assert stand_ins(context={"number": "anonymous", "withheld": True}).context() == {"number": "anonymous"}


def test_words_that_the_gate_knows_are_no_names() -> None:
    made = StandIns({"headers": {"x-name": "Stop Miller"}}, "en-US", lambda word: word.casefold() == "stop")
    assert made.text("Stop, says Miller") != "Stop, says Miller"
    assert made.text("Stop") == "Stop"

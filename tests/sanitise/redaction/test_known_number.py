import pytest

from callagent.sanitise.redaction.known_number import ERASED, KnownNumber

US, DE, SHORT = "+12025550123", "+4930901820", "+2905123"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("+12025550123", ERASED),
        ("sip:+12025550123@trunk", f"sip:{ERASED}@trunk"),
        ("call-_+12025550123_x7Kq", f"call-_{ERASED}_x7Kq"),
        ("call me at (202) 555-0123 please", f"call me at ({ERASED} please"),
        ("1 202 555 0123.", f"{ERASED}."),
        ("it is 2025550123", f"it is {ERASED}"),
        ("from Germany 001 202 5550123", f"from Germany {ERASED}"),
        ("tel%3A%2B12025550123", f"tel%3A%2B{ERASED}"),
        ("two zero two, five five five, zero one two three", ERASED),
        ("two oh two triple five oh one two three, thanks", f"{ERASED}, thanks"),
        ("twice: 2025550123 and 202-555-0123", f"twice: {ERASED} and {ERASED}"),
        ("".join(chr(0xFF10 + int(digit)) for digit in "2025550123"), ERASED),
    ],
)
def test_the_number_goes_however_it_was_written_or_said(text: str, left: str) -> None:
    assert KnownNumber(US).masked(text) == left
    assert KnownNumber(US).is_in(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("meine Nummer ist 030 901820", f"meine Nummer ist {ERASED}"),
        ("0049 30 901820", ERASED),
        ("null drei null neun null eins acht zwei null", ERASED),
        ("zero tre zero nove zero uno otto due zero", ERASED),
    ],
)
def test_the_number_goes_in_the_words_of_any_language(text: str, left: str) -> None:
    assert KnownNumber(DE).masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "920255501234",
        "+12025550124",
        "202555012",
        "order 2 0 2 5 5 5 0 1 2 4",
        "",
        "nothing of the kind",
    ],
)
def test_other_digits_stay(text: str) -> None:
    assert KnownNumber(US).masked(text) == text
    assert not KnownNumber(US).is_in(text)


def test_a_number_of_few_digits_is_looked_for_with_its_country_alone() -> None:
    short = KnownNumber(SHORT)
    assert short.masked("room 5123, 00290 5123") == f"room 5123, {ERASED}"


def test_values_lose_it_at_any_depth_and_in_their_keys() -> None:
    value = {"to": ["+12025550123", {"+12025550123": 1}], "whole": 12025550123, "other": 7, "flag": True, "none": None}
    assert KnownNumber(US).values(value) == {
        "to": [ERASED, {ERASED: 1}],
        "whole": ERASED,
        "other": 7,
        "flag": True,
        "none": None,
    }


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no number in E\.164"):
        KnownNumber("somebody")


def test_the_number_is_in_no_repr() -> None:
    assert "202555" not in repr(KnownNumber(US))

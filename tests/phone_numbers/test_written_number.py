"""What stands in a text, before any numbering plan is asked."""

import pytest

from callagent.phone_numbers.written_number import InvalidNumber, take_apart


@pytest.mark.parametrize(
    ("text", "body", "extension"),
    [
        ("+1 (202) 555-0123", "+1 (202) 555-0123", ""),
        (" <+12025550123> ", "+12025550123", ""),
        ("(+1) 202", "(+1) 202", ""),
        ("[1] 202", "[1] 202", ""),
        ("1/2", "1/2", ""),
        ("1 202 flowers", "1 202 flowers", ""),
        ("1 2 3 4 5 (2)", "1 2 3 4 5 (2)", ""),
        ("\u00ad1\u200b2", "12", ""),
        ("１２٣", "123", ""),
        ("1\u00a02\u20113", "1 2-3", ""),
        ("Ann <SIP:+12025550123@example.com>;tag=1", "+12025550123", ""),
        ("tel:5550123;phone-context=+1202", "+12025550123", ""),
        ("tel:+12025550123;phone-context=+44", "+12025550123", ""),
        ("tel:5550123;phone-context=example.com", "5550123", ""),
        ("sip:+12025550123:secret@example.com", "+12025550123", ""),
        ("sip:1001@pbx;user=phone", "1001", ""),
        ("5550123;user=phone;ext=7", "5550123", "7"),
        ("+12025550123;ext=1-2.3 (4)", "+12025550123", "1234"),
        (f"+12025550123;ext={'1' * 20}", "+12025550123", "1" * 20),
    ],
)
def test_a_text_is_a_number_and_its_extension(text: str, body: str, extension: str) -> None:
    written = take_apart(text)
    assert (written.body, written.extension) == (body, extension)


@pytest.mark.parametrize(
    ("behind", "extension"),
    [
        (" x7", "7"),
        (" x 7", "7"),
        (" ext 7", "7"),
        (" extn: 7", "7"),
        (", anexo 5", "5"),
        (" (x7)", "7"),
        (" [ext. 7]#", "7"),
        (" int 1234567", "1234567"),
        (" #123456", "123456"),
        (",123456", "123456"),
        (",,123456789", "123456789"),
        (",, 12", "12"),
        (",7#", "7"),
        (f",,{'1' * 15}#", "1" * 15),
    ],
)
def test_an_extension_behind_a_number(behind: str, extension: str) -> None:
    written = take_apart(f"202{behind}")
    assert (written.body, written.extension) == ("202", extension)


@pytest.mark.parametrize(
    "behind", [",1234567", ",,1234567890", " #1234567", f",{'1' * 16}#", ",12,34#", ",12 34#", "#,7"]
)
def test_what_could_be_a_second_number_is_no_extension_and_no_digit_is_lost(behind: str) -> None:
    with pytest.raises(InvalidNumber, match="not a telephone number, or more than one"):
        take_apart(f"202{behind}")


@pytest.mark.parametrize("text", ["202 fext 7", "202 int 12345678"])
def test_an_extension_is_named_by_a_word_of_its_own(text: str) -> None:
    assert take_apart(text).extension == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1" * 201, "is too long for a telephone number"),
        ("", "is empty"),
        ("\u200b ", "is empty"),
        ("+", "contains no digits"),
        ("12\x07", "contains control characters"),
        ("12²", "contains '²', which no telephone number does"),
        ("12\uff01", "contains '!', which no telephone number does"),
        ("1\uff5e2", "is not a telephone number, or more than one"),
        ("12*", "contains '*', which no telephone number does"),
        ("12é", "has words behind the number"),
        ("a1", "begins with letters"),
        ("([ a1", "begins with letters"),
        ("x7", "begins with letters"),
        ("1+2", "has a + that is not in front"),
        ("++12", "has a + that is not in front"),
        ("1:2", "is not a telephone number, or more than one"),
        ("12/", "is not a telephone number, or more than one"),
        ("1~2", "is not a telephone number, or more than one"),
        ("#7", "is not a telephone number, or more than one"),
        ("123456 (2)", "has something in brackets behind the number"),
        ("1 2 3 4 5 6 [ext]", "has something in brackets behind the number"),
        ("sip:@pbx", "names no telephone number before the @"),
        ("sip:a1@pbx", "names no telephone number before the @"),
        ("sips:anonymous@pbx", "names no telephone number before the @"),
        ("http:1", "is neither a number nor a tel: or sip: URI"),
        ("+12025550123;ext=7a", "has an extension that is not made of digits"),
        (f"+12025550123;ext={'1' * 21}", "has an extension that is not made of digits"),
    ],
)
def test_what_cannot_be_one_number(text: str, problem: str) -> None:
    with pytest.raises(InvalidNumber) as raised:
        take_apart(text)
    assert str(raised.value).endswith(f"' {problem}")


@pytest.mark.parametrize("text", ["1.5", "12345.6", "1234567.0", "1234567,00", "+1E+5", "1,5e5"])
def test_what_a_spreadsheet_has_calculated_is_told(text: str) -> None:
    with pytest.raises(InvalidNumber, match="is a number as spreadsheets calculate with it"):
        take_apart(text)


@pytest.mark.parametrize(("count", "shown"), [(60, "'" + "a" * 60 + "' "), (61, "'" + "a" * 60 + "…' ")])
def test_a_long_text_is_shown_in_part(count: int, shown: str) -> None:
    with pytest.raises(InvalidNumber) as raised:
        take_apart("a" * count)
    assert str(raised.value).startswith(shown)


def test_a_text_of_two_hundred_characters_may_be_one() -> None:
    assert take_apart("1" * 200).digits == "1" * 200


@pytest.mark.parametrize(
    ("text", "digits", "bare"),
    [
        ("+44 (0)20", "44020", "4420"),
        ("(+ 44) (0) 20", "44020", "4420"),
        ("44 (0)20", "44020", ""),
        ("+44 0 20", "44020", ""),
        ("+44 20 (0)", "44200", ""),
        ("1-800-FLOWERS", "1800FLOWERS", ""),
    ],
)
def test_a_zero_in_brackets_may_be_left_out(text: str, digits: str, bare: str) -> None:
    written = take_apart(text)
    assert (written.digits, written.without_trunk_zero) == (digits, bare)
    assert (written.international, written.has_letters) == ("+" in text, "FLOWERS" in text)

"""What of a text is masked, kind by kind, and what stays. Numbers are those that registries publish as examples."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callagent.sanitise.redaction import KINDS, LOGS, RedactedKind, Redaction
from callagent.sanitise.redaction.character_view import view_of
from callagent.sanitise.redaction.clues import asked_for
from callagent.sanitise.redaction.finders import births

CARDS = [
    ("4111111111111111", "en-US"),
    ("my card is 4111 1111 1111 1111, thanks", "en-US"),
    ("4111-1111-1111-1111", "en-US"),
    ("4111.1111.1111.1111", "en-US"),
    ("4222222222222", "en-US"),  # 13 digits
    ("30569309025904", "en-US"),  # 14
    ("3782 822463 10005", "en-US"),  # 15
    ("378282246310005", "en-US"),
    ("5555555555554444", "en-US"),
    ("2223003122003222", "en-US"),
    ("6011 1111 1111 1117", "en-US"),
    ("3530111333300000", "en-US"),
    ("6799990100000000019", "en-US"),  # 19
    ("four one one one one one one one one one one one one one one one", "en-US"),
    ("Four, one, one, one. One one one one, one one one one, one one one one.", "en-US"),
    ("four-one-one-one one one one one one one one one one one one one", "en-US"),
    ("four triple one double one double one double one double one double one double one", "en-US"),
    ("forty-one eleven eleven eleven eleven eleven eleven eleven", "en-US"),
    ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "en-US"),
    ("4111 um 1111 dash 1111 1111", "en-US"),
    ("four oh one two eight eight eight eight eight eight eight eight one eight eight one", "en-US"),
    ("vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins", "de-DE"),
    ("cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno", "es-MX"),
    ("quatre un un un, un un un un, un un un un, un un un un", "fr-FR"),
    ("quattro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno", "it-IT"),
    ("quatro um um um um um um um um um um um um um um um", "pt-BR"),
    ("चार एक एक एक एक एक एक एक एक एक एक एक एक एक एक एक", "hi-IN"),
    ("४१११ ११११ ११११ ११११", "hi-IN"),
    ("カード番号は4111111111111111です", "ja-JP"),
    ("\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11", "ja-JP"),
    ("四一一一一一一一一一一一一一一一です", "ja-JP"),
]


def masked(text: str, *kinds: RedactedKind, language: str = "en-US") -> str:
    return Redaction(kinds or KINDS, language).masked(text)


@pytest.mark.parametrize(("text", "language"), CARDS)
def test_a_card_number_is_masked_however_it_is_said(text: str, language: str) -> None:
    found = masked(text, "card", language=language)
    assert found.count("[card]") == 1
    assert not any(each.isdigit() for each in found)


def test_what_stands_around_a_card_stays() -> None:
    text = "Yes, 4111 1111 1111 1111, expiry 12 27, code 123."
    assert masked(text, "card") == "Yes, [card], expiry 12 27, code 123."
    assert masked("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 2 7", "card") == "[card] 1 2 2 7"
    assert masked("5555555555554444 and 4111111111111111", "card") == "[card] and [card]"


NO_CARDS = [
    "4111111111111112",
    "4111 1111 1111 1112",
    "four one one one one one one one one one one one one one one two",
    "order 4512334455",
    "4512 3344 5566",
    "1234567890123456",
    "0000000000000000",
    "4000000000000000000000000000000002",
    "trk_4111111111111111x",
    "A4111111111111111",
    "latitude 48.8566101234567",
    "1764357778123",
    "550e8400-e29b-41d4-a716-446655440000",
    "call me at 202-555-0123 on 12/24/2026 at 10:30",
    "one two three",
]


@pytest.mark.parametrize("text", NO_CARDS)
def test_what_only_looks_like_a_card_stays(text: str) -> None:
    assert masked(text, "card") == text


IBANS = [
    "GB82WEST12345698765432",
    "GB82 WEST 1234 5698 7654 32",
    "gb82 west 1234 5698 7654 32",
    "DE89 3704 0044 0532 0130 00",
    "de89370400440532013000",
    "D E 89 3704 0044 0532 0130 00",
    "d e eight nine 3704 0044 0532 0130 00",
    "FR14-2004-1010-0505-0001-3M02-606",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
]


@pytest.mark.parametrize("text", IBANS)
def test_an_iban_is_masked_in_groups_and_in_small_letters(text: str) -> None:
    assert masked(f"It is {text}, please.", "iban") == "It is [iban], please."


@pytest.mark.parametrize(
    "text",
    ["GB83 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130", "XX89370400440532013000", "DE89", "order DE4711"],
)
def test_what_is_no_iban_stays(text: str) -> None:
    assert masked(text, "iban") == text


IDS = {
    "en-US": [
        "078-05-1120",
        "078 05 1120",
        "my social security number is 078051120",
        "SSN: 078051120",
        "my social is zero seven eight oh five one one two oh",
        "900-70-1234",
    ],
    "en-GB": ["943 476 5919", "9434765870", "JG103759A", "jg103759a"],
    "de-DE": ["36 574 261 809", "86095742719", "15070649C103", "15 070649 C 103"],
    "es-ES": ["12345678Z", "12345678-z", "12.345.678-Z", "X-2482300W", "X1234567L"],
    "es-MX": ["BOXW310820HNERXN09", "GODE561231GR8", "boxw310820hnerxn09"],
    "fr-FR": ["2 95 10 99 126 111 93", "295109912611193"],
    "it-IT": ["RCCMNL83S18D969H", "rccmnl83s18d969h"],
    "pt-BR": ["390.533.447-05", "111 444 777 35", "11144477735"],
    "hi-IN": ["2341 2341 2346", "234123412346", "ACUPA7085R"],
    "ja-JP": ["621498320257", "6214 9832 0257"],
}
NO_IDS = {
    "en-US": [
        "It is 3905124470",
        "078051120",
        "666-12-1234",
        "000-12-1234",
        "123-00-1234",
        "123-45-0000",
        "36574261809",
        "943 476 5919",
    ],
    "en-GB": ["9434765871", "QQ123456C", "GB123456A"],
    "de-DE": ["36574261890", "36554266806", "0123456789", "15070649C104"],
    "es-ES": ["12345678A", "X1234567M", "12345678 a las ocho"],
    "es-MX": ["BOXW310820HNERXN08", "GODE561231GR9"],
    "fr-FR": ["295109912611199"],
    "it-IT": ["RCCMNL83S18D967H"],
    "pt-BR": ["231.002.999-00", "111.111.111-11", "11144477736"],
    "hi-IN": ["234123412347", "1341 2341 2346"],
    "ja-JP": ["621498320258"],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in IDS.items() for text in texts])
def test_an_identity_number_is_masked(language: str, text: str) -> None:
    found = masked(f"It is {text}.", "national_id", language=language)
    assert "[national id]" in found and not any(each.isdigit() for each in found)


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in NO_IDS.items() for text in texts]
)
def test_what_is_no_identity_number_stays(language: str, text: str) -> None:
    assert masked(text, "national_id", language=language) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ann@example.com", "en-US"),
        ("Ann.Smith+tag@mail.example.co.uk", "en-US"),
        ("ann dot smith at example dot com", "en-US"),
        ("john dot smith underscore x at mail dot example dot co dot uk", "en-GB"),
        ("ann at example.com", "en-US"),
        ("ann punkt meier at example punkt de", "de-DE"),
        ("ana arroba ejemplo punto es", "es-ES"),
        ("anna chiocciola esempio punto it", "it-IT"),
        ("ana arroba exemplo ponto com", "pt-BR"),
    ],
)
def test_an_address_is_masked_written_or_said(text: str, language: str) -> None:
    assert masked(f"Write to {text}, please.", "email", language=language).endswith("[email], please.")


@pytest.mark.parametrize("text", ["look at example.com", "see you at ten", "meet me @ noon", "two dots at most", "x@y"])
def test_what_is_no_address_stays(text: str) -> None:
    assert masked(text, "email") == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("202-555-0123", "en-US"),
        ("(202) 555-0123", "en-US"),
        ("+49 30 123456", "en-US"),
        ("030 123456", "de-DE"),
        ("two oh two, five five five, oh one two three", "en-US"),
        ("2 0 2 5 5 5 0 1 2 3", "en-US"),
    ],
)
def test_a_telephone_number_is_masked(text: str, language: str) -> None:
    assert masked(f"Call {text}!", "phone", language=language) == "Call [phone]!"


@pytest.mark.parametrize("text", ["555", "order 12345", "12/24/2026", "11111111111", "4111111111111112"])
def test_what_is_no_telephone_number_stays(text: str) -> None:
    assert masked(text, "phone") == text


@pytest.mark.parametrize(
    "text",
    [
        "1985-05-08",
        "5/8/1985",
        "08.05.1985",
        "8 5 1985",
        "May 8th 1985",
        "8 May 1985",
        "the eighth of May nineteen eighty five",
        "May eighth, nineteen eighty-five",
        "8. Mai 1985",
        "8 de mayo de 1985",
        "8 mai 1985",
        "1985年5月8日",
    ],
)
def test_a_date_long_ago_is_taken_for_a_birth(text: str) -> None:
    assert "[birth date]" in masked(text, "birth_date") and "1985" not in masked(text, "birth_date")


def test_a_date_of_these_days_is_one_only_where_a_word_says_so() -> None:
    def found(text: str) -> list[tuple[int, int]]:
        return list(births(text, view_of(text, {}), date(2026, 11, 28)))

    assert found("The order of 2024-03-01.") == []
    assert found("She was born on 2024-03-01.")[0] == (16, 26)
    assert found("Geburtsdatum: 1.3.2024")[0] == (14, 22)
    assert found("on 8 May 2012") and not found("on 8 May 2013")


def test_what_is_not_asked_for_stays() -> None:
    text = "4111111111111111 ann@example.com 078-05-1120"
    assert Redaction((), "en-US").masked(text) == text
    assert masked(text, "email") == "4111111111111111 [email] 078-05-1120"
    assert masked(text) == "[card] [email] [national id]"


def test_what_has_been_masked_once_is_left_alone() -> None:
    for text, language in CARDS:
        once = masked(text, language=language)
        assert masked(once, language=language) == once


def test_values_are_masked_at_any_depth_and_keep_their_types() -> None:
    value = {"card": 4111111111111111, "n": 7, "ok": True, "list": ["4111 1111 1111 1111", None, 1.5], "in": {"a": "b"}}
    found = Redaction(("card",), "en-US").values(value)
    assert found == {"card": "[card]", "n": 7, "ok": True, "list": ["[card]", None, 1.5], "in": {"a": "b"}}
    deep: list[object] = []
    deep.append(deep)
    assert Redaction(("card",)).values(deep) is not None


def test_of_words_that_go_on_only_the_first_digits_of_what_may_be_a_card_are_kept() -> None:
    card = Redaction(("card",), "en-US")
    assert card.unfinished("it is 4111 1111 1111 11") == "it is 4111 1111 •••• ••"
    assert card.unfinished("it is 1111 1111 1111 11") == "it is 1111 1111 1111 11"
    assert card.unfinished("four one one one one one one one one one") == "four one one one one one one one • •"


def test_a_log_looks_for_no_words() -> None:
    assert LOGS.masked("room=call-7 error='bad card 4111 1111 1111 1111'") == "room=call-7 error='bad card [card]'"


def luhn_digit(body: str) -> str:
    """The check digit, by the formula's own words: double every second digit from the right, cast out nines."""
    doubled = [int(each) * 2 if index % 2 == 0 else int(each) for index, each in enumerate(reversed(body))]
    return str(-sum(sum(map(int, str(each))) for each in doubled) % 10)


@given(some.text(string.digits, min_size=14, max_size=14), some.sampled_from([" ", "-", ", ", ""]), some.integers(1, 9))
def test_every_visa_number_is_masked_and_none_with_another_last_digit(body: str, mark: str, more: int) -> None:
    number = f"4{body}"
    right = luhn_digit(number)
    wrong = str((int(right) + more) % 10)

    def written(digits: str) -> str:
        return mark.join(digits[at : at + 4] for at in range(0, 16, 4))

    assert masked(f"it is {written(number + right)}.", "card") == "it is [card]."
    assert masked(f"it is {written(number + wrong)}.", "card") == f"it is {written(number + wrong)}."


@given(some.text(max_size=200), some.sampled_from(["en-US", "ja-JP", "hi-IN", "de-DE", ""]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    redaction = Redaction([kind for kind in KINDS if kind != "phone"], language)
    assert isinstance(redaction.masked(text), str) and isinstance(redaction.unfinished(text), str)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("five three six, two two, eight four seven one", "[national id]"),
        ("fifty four twenty four eighteen twelve seventy nine eighty three forty sixty eight", "[card]"),
        ("a n n dot l e e at example dot com", "[email]"),
        ("my email is annlee at g mail dot com", "my email is [email]"),
        ("annlee(at)example.com", "[email]"),
        ("annlee [at] example [dot] com", "[email]"),
        ("annlee@gmail com", "[email]"),
        ("ann dot lee @ example . com", "[email]"),
        ("born 08/05/85", "born [birth date]"),
        ("my date of birth is eight five eighty-five", "my date of birth is [birth date]"),
        ("date of birth oh eight oh five one nine eight five", "date of birth [birth date]"),
        ("the security code is 737", "the security code is [card]"),
        ("two oh two triple five oh one forty-three", "[phone]"),
    ],
)
def test_what_people_say_is_masked_in_their_ways_of_saying_it(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_a_question_tells_what_digits_are() -> None:
    every = Redaction(KINDS, "en-US")
    assert every.masked("It's 536228471.", asked_for("May I have your social security number?")) == (
        "It's [national id]."
    )
    assert every.masked("737", asked_for("And the security code on the back?")) == "[card]"
    assert every.masked("August fifth, 85", asked_for("What is your date of birth?")) == "[birth date]"
    assert every.masked("In room 737.", asked_for("Where are you?")) == "In room 737."


def test_what_a_value_is_called_tells_what_it_is() -> None:
    value = {"ssn": "536228471", "socialSecurityNumber": 536228471, "date_of_birth": "8-5-85", "order": "536228471"}
    assert Redaction(("national_id", "birth_date")).values(value) == {
        **dict.fromkeys(("ssn", "socialSecurityNumber"), "[national id]"),
        "date_of_birth": "[birth date]",
        "order": "536228471",
    }


def test_in_a_call_a_number_is_masked_wherever_it_is_said_again() -> None:
    call = Redaction(KINDS, "en-US").remembering()
    assert call.masked("It is 536228471, right?") == "It is 536228471, right?"
    assert call.masked("my social is 536228471") == "my social is [national id]"
    assert call.masked("So 536 228 471, or five three six two two eight four seven one.") == (
        "So [national id], or [national id]."
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("it is 202 555 0", "it is 202 5•• •"),
        ("D E eight nine three seven zero four zero", "D E eight nine three seven • • •"),
        ("It's ann dot lee at", "It's [email]"),
        ("bob at mail dot", "[email]"),
        ("look at that", "look at that"),
        ("order 123456", "order 123456"),
    ],
)
def test_of_words_that_go_on_no_more_is_kept_than_the_begin_of_a_number(text: str, kept: str) -> None:
    assert Redaction(KINDS, "en-US").unfinished(text) == kept


@pytest.mark.parametrize(
    ("text", "heard", "spoken"),
    [
        ("it is 4111 1111 1111 11", "it is 4111 •••• •••• ••", "it is 4111 1111 •••• ••"),
        ("it is 4111 1111 1111 11 or so", "it is 4111 •••• •••• •• or so", "it is 4111 1111 1111 11 or so"),
        ("order 176221 234", "order 1762•• •••", "order 176221 234"),
        ("call 2025550123.", "call 2025••••••.", "call 2025550123."),
        ("call +4915112345679", "call +4915•••••••••", "call +4915112345679"),
    ],
)
def test_of_words_that_are_spoken_only_a_cards_number_at_their_end_is_waited_for(
    text: str, heard: str, spoken: str
) -> None:
    redaction = Redaction(("card", "national_id"), "en-US")
    assert redaction.unfinished(text) == heard
    assert redaction.unfinished(text, heard=False) == spoken


def test_a_number_with_a_plus_is_no_cards() -> None:
    assert Redaction(("card",), "de-DE").unfinished("+4915112345679") == "+4915112345679"
    assert Redaction(("card",), "de-DE").unfinished("4915112345679") == "49151123•••••"

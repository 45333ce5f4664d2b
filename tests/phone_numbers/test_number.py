import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.phone_numbers.number import InvalidNumber, example_number, is_region, parse_number, region_of

WASHINGTON = "+12025550123"

EXAMPLES = [
    phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    if (example := phonenumbers.example_number_for_type(region, kind))
]

SHARED_CODES = {
    "+447781123456": "GG",
    "+447797123456": "JE",
    "+447624123456": "IM",
    "+390669812345": "VA",
    "+4779021234": "SJ",
    "+61891641234": "CX",
    "+61891621234": "CC",
    "+212528812345": "EH",
    "+212522123456": "MA",
    "+262269612345": "YT",
    "+3581812345": "AX",
    "+77011234567": "KZ",
    "+79123456789": "RU",
    "+14312345678": "CA",
    "+14325550123": "US",
}
"""Numbers of countries that share a country code with others."""

phone_like = st.text(alphabet="0123456789+()-. /xX#;,=*~ext\u0663\uff13\uff0b\u202a\x00\n@:telsip", max_size=60)


@pytest.mark.parametrize(
    "written",
    [
        "+12025550123",
        " +1 202 555 0123 ",
        "+1 (202) 555-0123",
        "(+1) 202.555.0123",
        "+1\u00a0202\u2011555\u20110123",
        "\uff0b\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13",
        "+1202555\u0660\u0661\u0662\u0663",
        "\u202a+12025550123\u202c",
        "tel:+1-202-555-0123",
        "TEL:+12025550123",
        "tel:555-0123;phone-context=+1-202",
        "sip:+12025550123@sip.example.com;transport=tcp",
        "sips:+12025550123@10.0.0.1:5061",
        "<sip:%2B12025550123@example.com>",
        "+12025550123;user=phone",
        "+12025550123;npdi=yes;cpc=ordinary",
        "sip:+12025550123;cpc=ordinary@example.com;user=phone",
    ],
)
def test_every_shape_of_a_number_is_one_number(written: str) -> None:
    assert parse_number(written).e164 == WASHINGTON


@pytest.mark.parametrize("written", ["202 555 0123", "1 202 555 0123", "(202) 555-0123", "011 1 202 555 0123"])
def test_national_form_needs_a_region(written: str) -> None:
    assert parse_number(written, "us").e164 == WASHINGTON
    with pytest.raises(InvalidNumber, match="country code"):
        parse_number(written)


def test_a_trunk_zero_in_brackets_is_no_digit_of_the_number() -> None:
    assert parse_number("+49 (0)30 123456").e164 == "+4930123456"


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+1-800-FLOWERS", None, "+18003569377"),
        ("1 800 flowers", "CA", "+18003569377"),
        ("1-800-GO-FEDEX", "US", "+18004633339"),
        ("202-555-HOME", "US", "+12025554663"),
        ("0800 FLOWERS", "GB", "+448003569377"),
        ("13 CATS", "AU", "+61132287"),
    ],
)
def test_letters_are_keys_of_the_telephone(written: str, region: str | None, e164: str) -> None:
    assert parse_number(written, region).e164 == e164


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+493012345 fax", None),
        ("+49 30 1234567 privat", None),
        ("+49 30 1234567 B\u00fcro", None),
        ("+1 202 555 0123 (work)", None),
        ("+49 30 123456 (2)", None),
        ("2025550123 cell", "US"),
        ("2025550123home", "US"),
        ("2025550 fax", "US"),
        ("202-555 home", "US"),
        ("0800 1234 fax", "DE"),
        ("030 12345 fax", "DE"),
    ],
)
def test_words_behind_a_number_are_no_digits_of_it(written: str, region: str | None) -> None:
    with pytest.raises(InvalidNumber, match="behind the number"):
        parse_number(written, region)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("4930123456.0", "DE"),
        ("4930123456,0", "DE"),
        ("+4930123456.0", None),
        ("+390212345678.0", None),
        ("12025550123.00", "US"),
        ("1.20256E+10", "US"),
        ("4,93012E+11", "DE"),
        ("1E10", "US"),
    ],
)
def test_a_number_that_a_spreadsheet_has_calculated_with_is_refused(written: str, region: str | None) -> None:
    with pytest.raises(InvalidNumber, match="spreadsheet"):
        parse_number(written, region)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+49 30 1234 / 1235", None),
        ("030 1234 - 1235", "DE"),
        ("02079460123/4", "GB"),
        ("2025550123;2025550124", "US"),
        ("2025550123,2025550124", "US"),
        ("(202) 555-0123, 555-0124", "US"),
        ("(202) 555-0123 ::: (202) 555-0124", "US"),
        ("2025550123 x 2025550124", "US"),
        ("2025550123 or 2025550124", "US"),
        ("2025550123  2025550124", "US"),
    ],
)
def test_two_numbers_are_not_one(written: str, region: str | None) -> None:
    with pytest.raises(InvalidNumber):
        parse_number(written, region)


@pytest.mark.parametrize("written", ["030/1234567", "030 / 1234567", "030 - 1234567", "+49 (0)30 / 123 45 67"])
def test_a_mark_behind_the_area_code_parts_nothing(written: str) -> None:
    assert parse_number(written, "DE").e164 == "+49301234567"


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+5215545258448", None),
        ("5215545258448", "MX"),
        ("15545258448", "MX"),
        ("044 55 4525 8448", "MX"),
        ("045 55 4525 8448", "MX"),
        ("01 55 4525 8448", "MX"),
        ("55 4525 8448", "MX"),
    ],
)
def test_prefixes_that_mexico_has_given_up_are_no_part_of_a_number(written: str, region: str | None) -> None:
    assert parse_number(written, region).e164 == "+525545258448"


@pytest.mark.parametrize(
    "written",
    [
        "+12025550123 ext. 7",
        "+1 202 555 0123 extension 7",
        "+1 (202) 555-0123 (ext. 7)",
        "+12025550123x7",
        "+12025550123 x7",
        "+12025550123 #7",
        "+12025550123,7",
        "+12025550123,,7#",
        "+12025550123;ext=7",
        "+12025550123;user=phone;ext=7",
        "tel:+12025550123;ext=7",
        "sip:+12025550123;ext=7@example.com",
    ],
)
def test_an_extension_is_kept_apart(written: str) -> None:
    number = parse_number(written)
    assert (number.e164, number.extension) == (WASHINGTON, "7")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "is empty"),
        (" \u00a0 ", "is empty"),
        ("+", "no digits"),
        ("FLOWERS", "no digits"),
        ("9" * 40, "country code"),
        ("+" + "1" * 40, "too long"),
        ("+1" * 5000, "too long"),
        ("+1202", "too short"),
        ("+999123456789", "country code that does not exist"),
        ("+10005550123", "does not exist"),
        ("+1202\x005550123", "control characters"),
        ("+1202\r\n5550123", "control characters"),
        ("+1202555\x1b[2J0123", "control characters"),
        ("call +12025550123", "begins with letters"),
        ("+12025550123 +12025550124", "not in front"),
        ("*67 12025550123", r"contains '\*'"),
        ("+1202555012²", "contains '²'"),
        ("sip:alice@example.com", "before the @"),
        ("sip:alice2025550123@example.com", "before the @"),
        ("mailto:12025550123", "neither a number nor"),
        ("whatsapp:+12025550123", "neither a number nor"),
        ("tel:+12025550123;ext=a", "not made of digits"),
        ("+12025550123; rm -rf", "not a telephone number"),
    ],
)
def test_what_is_no_number_is_one_clear_error(written: str, problem: str) -> None:
    with pytest.raises(InvalidNumber, match=problem) as raised:
        parse_number(written)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("written", "region", "kind"),
    [
        ("911", "US", "emergency"),
        ("+1911", None, "emergency"),
        ("+1 (911)", None, "emergency"),
        ("112", "DE", "emergency"),
        ("999", None, "emergency"),
        ("911", "DE", "emergency"),
        ("411", "US", "short"),
        ("116117", "DE", "short"),
        ("sip:911@example.com", "US", "emergency"),
        ("tel:911;phone-context=+1", None, "emergency"),
        ("+19005551234", None, "premium-rate"),
        ("+979123456789", None, "international-premium"),
        ("+881612345678", None, "satellite"),
        ("+8821612345678", None, "international-network"),
        ("+18005551234", None, "toll-free"),
        ("+4915123456789", None, "mobile"),
        ("+4930123456", None, "fixed-line"),
    ],
)
def test_the_kind_tells_what_a_number_is_for(written: str, region: str | None, kind: str) -> None:
    assert parse_number(written, region).kind == kind


@pytest.mark.parametrize(
    ("written", "region", "country"),
    [("911", "US", "US"), ("999", None, ""), ("411", "us", "US"), ("+1911", None, "US")],
)
def test_a_service_is_of_the_country_in_which_it_is_dialled(written: str, region: str | None, country: str) -> None:
    assert parse_number(written, region).region == country


@pytest.mark.parametrize("region", ["AR", "AU"])
def test_the_short_number_of_zeros_is_known_by_how_many_they_are(region: str) -> None:
    assert parse_number("000", region).e164 == "000"
    with pytest.raises(InvalidNumber, match="too short"):
        parse_number("00", region)


def test_a_number_knows_its_country_and_every_zone_that_it_may_ring_in() -> None:
    assert parse_number("+12025550123").region == "US"
    assert parse_number("+12025550123").time_zones == ("America/New_York",)
    assert parse_number("+18762101234").time_zones == ("America/Jamaica",)
    assert parse_number("+18005551234").time_zones == ()
    assert parse_number("+979123456789").region == "001"


def test_regions() -> None:
    assert region_of("+442083661177") == "GB"
    assert [region_of(number) for number in SHARED_CODES] == list(SHARED_CODES.values())
    assert is_region("GB")
    assert not is_region("UK")


def test_a_country_has_a_number_to_show() -> None:
    assert parse_number(example_number("us")).region == "US"
    assert example_number("XX") == ""


def test_a_plus_says_more_than_the_region() -> None:
    assert parse_number("+442079460100", "US").e164 == "+442079460100"


def test_groups_for_printing() -> None:
    assert parse_number("+442083661177").international == "+44 20 8366 1177"
    assert parse_number("911", "US").international == "911"


def test_numbers_of_every_country_survive_the_round_trip() -> None:
    for e164 in EXAMPLES:
        number = parse_number(e164)
        assert number.e164 == e164
        assert parse_number(number.international).e164 == e164
        assert parse_number(f"sip:{e164}@example.com").e164 == e164


@given(text=st.one_of(st.text(), phone_like), region=st.sampled_from([None, "US", "DE", "IT", "001", "XX"]))
def test_any_text_is_a_number_in_normal_form_or_one_error(text: str, region: str | None) -> None:
    try:
        number = parse_number(text, region)
    except InvalidNumber as error:
        assert "\n" not in str(error)
        return
    assert number.e164.removeprefix("+").isascii()
    assert number.e164.removeprefix("+").isdigit()
    if number.kind not in ("emergency", "short"):
        assert parse_number(number.e164).e164 == number.e164


@pytest.mark.parametrize(
    "written",
    [
        "202-555-O123",
        "2025550I23",
        "202-55S-0123",
        "1-800-FL0WERS",
        "1-800-555-OOIO",
        "+1 202 555 O1l3",
        "1-800-D1RECTS",
    ],
)
def test_letters_typed_for_digits_are_no_vanity_number(written: str) -> None:
    with pytest.raises(InvalidNumber, match="words behind the number"):
        parse_number(written, "US")


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("+1 (0) 202 555 0123", WASHINGTON),
        ("+1(0)2025550123", WASHINGTON),
        ("+34 (0) 612 345 678", "+34612345678"),
        ("+351 (0)912 345 678", "+351912345678"),
        ("+39 (0)340 123 4567", "+393401234567"),
        ("+39 (0)6 1234567", "+39061234567"),
        ("+44 (0)20 7946 0100", "+442079460100"),
        ("(+45) (0) 32 12 34 56", "+4532123456"),
    ],
)
def test_a_zero_in_brackets_counts_where_the_plan_has_one(written: str, e164: str) -> None:
    assert parse_number(written).e164 == e164


@pytest.mark.parametrize(
    "written",
    [
        '"Ann Lee" <sip:+12025550123@example.com>',
        "Ann <sip:+12025550123@example.com;user=phone>;tag=17",
        "<tel:+1-202-555-0123>;privacy=off",
        '"Ann \u0141" <sips:+12025550123@10.0.0.1>',
    ],
)
def test_a_header_has_a_name_in_front(written: str) -> None:
    assert parse_number(written).e164 == WASHINGTON


@pytest.mark.parametrize(("written", "home"), [("6281234567", "ID"), ("36123456", "HU")])
def test_a_number_that_its_own_code_makes_none_says_so(written: str, home: str) -> None:
    with pytest.raises(InvalidNumber, match=rf"country's own code, but \+{written} does not exist; write \+"):
        parse_number(written, home)

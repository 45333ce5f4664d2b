"""Which number is meant by digits without +, seen from every country of the world."""

import re
from collections.abc import Callable, Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from callagent.phone_numbers.interpretation import AMBIGUOUS, NEEDS_PLUS, read_national, read_sent
from callagent.phone_numbers.number import InvalidNumber, Number, parse_number, sent_number

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = [value for name, value in vars(PhoneNumberType).items() if name.isupper() and name != "UNKNOWN"]
LONGER_PREFIXES = {"GY", "HK", "KH", "KR", "MN", "NG", "SG", "TH", "TW"}
"""Countries whose international prefixes go on behind 00, so that some numbers stand behind both."""

TWO_MEANINGS = {("5540041234", "BR"), ("331 0123 4501", "IT"), ("331 0123 4501", "VA")}
"""Numbers with the country's own code that are national ones too, and mailboxes that are numbers in France."""

SHORT = {("31234", "KI"), ("21123", "UY"), ("40 12 34", "WF")}
"""National forms that are those of services too."""


def examples() -> Iterator[tuple[str, PhoneNumber]]:
    """Every country with a number of every kind that it has."""
    for country in COUNTRIES:
        for kind in KINDS:
            example = phonenumbers.example_number_for_type(country, kind)
            if example and phonenumbers.is_valid_number(example):
                yield country, example


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def national(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def international_prefix(country: str) -> str:
    plan = PhoneMetadata.metadata_for_region(country)
    assert plan is not None
    prefix = plan.preferred_international_prefix or plan.international_prefix or ""
    return re.sub(r"\D", "", prefix) if prefix.replace("~", "").isdigit() else "00"


def read(text: str, home: str) -> Number | None:
    try:
        number = parse_number(text, home)
    except InvalidNumber:
        return None
    return None if number.kind in ("emergency", "short") else number


def test_every_number_is_read_as_it_is_written_at_home() -> None:
    missed = [
        (text, country)
        for country, example in examples()
        for text in (national(example), e164(example), e164(example)[1:])
        if (number := read(text, country)) is None or number.e164 != e164(example)
    ]
    assert set(missed) == TWO_MEANINGS | SHORT


def test_the_international_prefix_of_a_country_leads_to_every_other() -> None:
    abroad = [example for _, example in examples()][::83]
    for country in COUNTRIES:
        prefix, missing = international_prefix(country), set[str | None]()
        for example in abroad:
            number = read(f"{prefix}{e164(example)[1:]}", country)
            missing |= {number.e164 if number else None} - {e164(example)}
        assert missing <= ({None} if country in LONGER_PREFIXES else set()), country


def test_no_form_of_a_number_is_another_number_in_any_country() -> None:
    for example in [example for _, example in examples()][::149]:
        digits = e164(example)[1:]
        for text in (f"+{digits}", digits, f"00{digits}", f"011{digits}"):
            for home in COUNTRIES:
                number = read(text, home)
                assert number is None or number.e164 == e164(example) or is_national(text, number), (text, home)


def is_national(text: str, number: Number) -> bool:
    """Whether it is written as people of its own country write it, which comes first there."""
    parsed = phonenumbers.parse(number.e164)
    digits, plan = phonenumbers.national_significant_number(parsed), PhoneMetadata.metadata_for_region(number.region)
    assert plan is not None
    if text in (re.sub(r"\D", "", national(parsed)), f"{plan.national_prefix}{digits}"):
        return True
    return number.kind == "mobile" and len(text) >= 10 and text == digits


@pytest.mark.parametrize(
    ("written", "home", "meant"),
    [
        ("4915112345678", "DE", "+4915112345678"),
        ("491701234567", "DE", "+491701234567"),
        ("493012345678", "DE", "+493012345678"),
        ("0491 5112345678", "DE", "+494915112345678"),
        ("393331234567", "IT", "+393331234567"),
        ("3331234567", "IT", "+393331234567"),
        ("3281234567", "IT", "+393281234567"),  # and not Namur
        ("02 1234567", "IT", "+39021234567"),
        ("2025550123", "US", "+12025550123"),
        ("2032345678", "US", "+12032345678"),  # and not Cairo
        ("9876543210", "IN", "+919876543210"),
        ("9592345678", "IN", "+919592345678"),  # and not Rangoon
        ("89123456789", "RU", "+79123456789"),
        ("84951234567", "RU", "+74951234567"),  # and not Vietnam
        ("9123456789", "RU", "+79123456789"),
        ("87011234567", "KZ", "+77011234567"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("3612345678", "HU", "+3612345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("0 15 11 96123-4567", "BR", "+5511961234567"),
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("0011 44 20 7946 0100", "AU", "+442079460100"),
        ("010 44 20 7946 0100", "JP", "+442079460100"),
        ("810 44 20 7946 0100", "RU", "+442079460100"),
        ("0044 20 7946 0100", "US", "+442079460100"),
        ("011 24762889", "IN", "+911124762889"),  # New Delhi, and not Ascension
    ],
)
def test_digits_without_plus_are_read_as_in_the_country(written: str, home: str, meant: str) -> None:
    assert parse_number(written, home).e164 == meant
    assert (number := sent_number(written, home)) and number.e164 == meant


@pytest.mark.parametrize(
    ("written", "home"),
    [
        ("3901234567", "IT"),  # a mobile number, or Potenza with the code of Italy in front
        ("442079460123", "DE"),
        ("2033334444", "GB"),
        ("995322123456", "KP"),  # Georgia, or Cuba behind the 99 of North Korea
    ],
)
def test_what_two_readings_could_mean_is_refused(written: str, home: str) -> None:
    with pytest.raises(InvalidNumber, match="more than one number; write \\+"):
        parse_number(written, home)


@pytest.mark.parametrize("written", ["442079460123", "4915112345678", "20255501234"])
def test_the_code_of_another_country_needs_its_plus_where_people_write(written: str) -> None:
    with pytest.raises(InvalidNumber):
        parse_number(written, "US")


@pytest.mark.parametrize(
    ("sent", "home", "meant"),
    [
        ("442079460123", "US", "+442079460123"),
        ("442079460123", "DE", "+442079460123"),
        ("00442079460123", None, "+442079460123"),
        ("4915112345678", None, "+4915112345678"),
        ("+12025550123;user=phone", None, "+12025550123"),
        ("12025550123;cpc=ordinary", "US", "+12025550123"),
        ("2032345678", None, None),
        ("13612345678", None, None),  # Texas, or a Chinese mobile
        ("11961234567", None, None),
        ("1001", "US", None),
        ("6002", "DE", None),
        ("911", "US", None),
        ("anonymous", "US", None),
        ("1-800-FLOWERS", "US", None),
    ],
)
def test_networks_leave_out_the_plus_of_any_country(sent: str, home: str | None, meant: str | None) -> None:
    number = sent_number(sent, home)
    assert (number and number.e164) == meant


SHORT_OF_IT = "is too short for a telephone number"
NO_OWN_CODE = "begins with its country's own code"


def outcome(read_digits: Callable[[], PhoneNumber]) -> str:
    try:
        return e164(read_digits())
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(
    ("digits", "home", "people", "network"),
    [
        ("2123456", "BG", "+3592123456", "+3592123456"),  # seven digits may lack their trunk prefix
        ("430123", "PM", SHORT_OF_IT, SHORT_OF_IT),
        ("0114702000", "IM", "+4702000", "+4702000"),  # seven digits may have a country code
        ("002908999", "TW", "+2908999", "+2908999"),
        ("989601", "KM", "+269989601", NEEDS_PLUS),  # six may not
        ("01124762889", "TL", "+24762889", "+24762889"),
        ("0011", "GB", SHORT_OF_IT, SHORT_OF_IT),
        ("2303012345", "IR", AMBIGUOUS, "+2303012345"),  # Mauritius, or Iran without its 0
        ("2975212345", "PK", AMBIGUOUS, AMBIGUOUS),  # Aruba, or one of two lengths of Pakistan
        ("33101234501", "IT", AMBIGUOUS, AMBIGUOUS),  # Paris, or a mailbox
        ("97022233567", "LU", AMBIGUOUS, "+97022233567"),
        ("2033123456", "NG", AMBIGUOUS, AMBIGUOUS),
        ("15123456789", "DE", AMBIGUOUS, AMBIGUOUS),  # Texas, or a mobile of one of two lengths
        ("983123456", "DZ", AMBIGUOUS, AMBIGUOUS),
        ("841992000", "VN", "+841992000", "+841992000"),
        ("00821523456789", "KR", "+821523456789", "+821523456789"),
        ("0112488512345", "SC", AMBIGUOUS, AMBIGUOUS),  # 011 and Seychelles' own code, or the United States behind 01
        ("002698001281", "KP", "+2698001281", "+2698001281"),
        ("01167822123", "EG", "+201167822123", "+201167822123"),
        ("0113114020", "NL", "+31113114020", "+31113114020"),
        ("0812340678", "FI", "+358812340678", "+358812340678"),
        ("95123556", "MM", NO_OWN_CODE, NO_OWN_CODE),
        ("38302804264", "XK", NO_OWN_CODE, NO_OWN_CODE),
        ("12423456789", "BS", "+12423456789", "+12423456789"),
        ("9123456989", "RU", "+79123456989", "+79123456989"),
        ("031234", "KI", "+68631234", "+68631234"),
    ],
)
def test_digits_at_the_limits_of_the_rules(digits: str, home: str, people: str, network: str) -> None:
    assert outcome(lambda: read_national(digits, home)).startswith(people)
    assert outcome(lambda: read_sent(digits, home)).startswith(network)


@pytest.mark.parametrize(
    ("digits", "meant"),
    [
        ("37181123496", "+37181123496"),  # eleven digits are believed from nowhere
        ("6760800222", NEEDS_PLUS),
        ("0050581234567", "+50581234567"),
        ("01150581234567", "+50581234567"),
        ("011989601", NEEDS_PLUS),
        ("871234260", NEEDS_PLUS),  # no country has that code
        ("909008254267", "+909008254267"),
        ("19002345678", NEEDS_PLUS),  # or a Chinese mobile
        ("999123456789", NEEDS_PLUS),
        ("12102009991", "+12102009991"),  # Texas, and nothing behind an international prefix of China
    ],
)
def test_digits_that_a_network_sends_from_nowhere(digits: str, meant: str) -> None:
    assert outcome(lambda: read_sent(digits, None)) == meant

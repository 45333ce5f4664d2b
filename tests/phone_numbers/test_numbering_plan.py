import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from callagent.phone_numbers.numbering_plan import (
    calls_for_help,
    code_of,
    country_code,
    country_of,
    exists,
    is_region,
    kind_of,
    look_up,
    of_country,
    special_abroad,
    type_of,
    why_not,
)


@pytest.mark.parametrize(
    ("national", "zeros"),
    [("0", 0), ("00", 1), ("000", 2), ("6", 0), ("06", 1), ("0066", 2), ("60", 0), ("", 0)],
)
def test_the_leading_zeros_of_a_number_are_kept(national: str, zeros: int) -> None:
    parsed = of_country(39, national)
    assert (parsed.number_of_leading_zeros or 0, bool(parsed.italian_leading_zero)) == (zeros, zeros > 0)
    assert phonenumbers.national_significant_number(parsed) == (national or "0")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("+999123456789", "begins with a country code that does not exist"),
        ("nobody", "is not a telephone number"),
        ("+1", "is not a telephone number"),
        ("+49123456789012345678", "is too long for a telephone number"),
        ("+491", "is too short for a telephone number"),
    ],
)
def test_what_cannot_be_looked_up(written: str, problem: str) -> None:
    with pytest.raises(ValueError) as raised:
        look_up(written)
    assert str(raised.value) == problem


def test_a_number_without_a_country_code_has_none() -> None:
    assert (code_of(phonenumbers.PhoneNumber()), code_of(look_up("+12025550123"))) == (0, 1)


def test_where_the_country_code_was_found_is_only_noted_when_asked() -> None:
    assert look_up("+12025550123").country_code_source == phonenumbers.CountryCodeSource.UNSPECIFIED
    assert (
        look_up("202 555 0123", "US", source=True).country_code_source
        == phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    )


@pytest.mark.parametrize(
    ("written", "kind", "country", "problem"),
    [
        ("+12025550123", "fixed-line-or-mobile", "US", None),
        ("+4915112345678", "mobile", "DE", None),
        ("+870773111632", "satellite", "001", None),
        ("+881612345678", "satellite", "001", None),
        ("+8821612345678", "international-network", "001", None),
        ("+883510012345", "international-network", "001", None),
        ("+979123456789", "international-premium", "001", None),
        ("+80012345678", "toll-free", "001", None),
        ("+212528812345", "fixed-line", "EH", None),
        ("+212522123456", "fixed-line", "MA", None),
        ("+212650123456", "mobile", "MA", None),
        ("+12045550123", "fixed-line-or-mobile", "CA", None),
        ("+10005550123", "unknown", "", "does not exist"),
        ("+1202555012", "unknown", "", "is too short for a telephone number"),
        ("+120255501234", "unknown", "", "is too long for a telephone number"),
    ],
)
def test_what_the_plan_says_of_a_number(written: str, kind: str, country: str, problem: str | None) -> None:
    parsed = look_up(written)
    assert (kind_of(parsed), country_of(parsed), why_not(parsed)) == (kind, country, problem)
    assert exists(parsed) is (problem is None)


def test_every_type_has_its_kind() -> None:
    kinds = {
        PhoneNumberType.FIXED_LINE: "fixed-line",
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.TOLL_FREE: "toll-free",
        PhoneNumberType.PREMIUM_RATE: "premium-rate",
        PhoneNumberType.SHARED_COST: "shared-cost",
        PhoneNumberType.VOIP: "voip",
        PhoneNumberType.PERSONAL_NUMBER: "personal",
        PhoneNumberType.PAGER: "pager",
        PhoneNumberType.UAN: "company",
        PhoneNumberType.VOICEMAIL: "voicemail",
    }
    for kind, name in kinds.items():
        examples = (phonenumbers.example_number_for_type(country, kind) for country in ("GB", "DE", "IT", "FR"))
        example = next(example for example in examples if example and type_of(example) == kind)
        assert kind_of(example) == name


@pytest.mark.parametrize(("code", "is_one"), [("US", True), ("GB", True), ("UK", False), ("001", False), ("", False)])
def test_a_country_has_numbers_of_its_own(code: str, is_one: bool) -> None:
    assert is_region(code) is is_one
    if is_one:
        assert country_code(code) == code
    else:
        with pytest.raises(ValueError, match=r"^is not a country \(ISO 3166, as in DE\)$"):
            country_code(code)


def test_a_country_in_small_letters_is_told_how_to_be_written() -> None:
    with pytest.raises(ValueError, match="did you mean 'DE'\\?"):
        country_code("de")


@pytest.mark.parametrize(
    ("digits", "region", "helps"),
    [
        ("911", "US", True),
        ("911", None, True),
        ("112", "JP", True),
        ("116117", "DE", False),
        ("1669", "TH", True),
        ("1669", None, False),
        ("1669", "DE", False),
        ("411", "US", False),
    ],
)
def test_what_is_short_enough_calls_for_help_everywhere(digits: str, region: str | None, helps: bool) -> None:
    assert calls_for_help(digits, region) is helps


@pytest.mark.parametrize(
    ("written", "special"),
    [
        ("+1911", ("emergency", "US")),
        ("+1411", ("short", "US")),
        ("+33112", ("emergency", "FR")),
        ("+49116117", ("short", "DE")),
        ("+12025550123", None),
        ("+10005550123", None),
        ("+88112", None),
    ],
)
def test_a_service_behind_a_country_code(written: str, special: tuple[str, str] | None) -> None:
    assert special_abroad(look_up(written)) == special

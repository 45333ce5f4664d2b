"""Calling hours in the zones of the country or the area that a number belongs to."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import phonenumbers
import pytest
from phonenumbers.phonenumberutil import region_codes_for_country_code

from callagent.phone_numbers.number import Number, parse_number
from callagent.profile import DialSettings
from callagent.telephony.guards import Proposal
from callagent.telephony.guards.rules.calling_hours import hours

Propose = Callable[..., Proposal]

WINTER, SUMMER = datetime(2026, 1, 12, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
"""Mondays."""

WHOLE_WEEK = 66.0
"""Hours of a week in which one zone is open: 09:00 to 20:00, Monday to Saturday."""

MANY_ZONES = {
    "AU": (48.0, 51.0),  # Perth to Lord Howe Island
    "CD": (60.0, 60.0),
    "EC": (60.0, 60.0),  # the Galapagos Islands
    "ES": (60.0, 60.0),  # the Canary Islands
    "ID": (54.0, 54.0),
    "NZ": (61.5, 61.5),  # the Chatham Islands
    "PT": (60.0, 60.0),  # the Azores
    "RU": (6.0, 6.0),  # Kaliningrad to Kamchatka
}
"""Mobile numbers of these countries say nothing of the zone: hours of a week in winter and in summer."""

UNSETTLED = frozenset({"FM", "GL", "KI", "MN", "PF"})
"""Countries of several zones whose borders have moved in recent years."""


def open_hours(number: Number, monday: datetime, caller: Number | None = None, *, minutes: int = 60) -> float:
    """Hours of a week in which the number may be called, looked at every so many minutes."""
    settings = DialSettings()
    moments = (monday + timedelta(minutes=count) for count in range(0, 7 * 24 * 60, minutes))
    return sum(hours(Proposal(number, settings, now, caller)) is None for now in moments) * minutes / 60


def mobiles() -> Iterator[tuple[str, Number]]:
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        if example and phonenumbers.region_code_for_number(example) == country:
            yield country, parse_number(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))


@pytest.mark.parametrize("country", region_codes_for_country_code(1))
def test_every_country_of_north_america_is_called_by_its_own_clock(country: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(country, kind)
        assert example is not None
        number = parse_number(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
        assert (open_hours(number, WINTER), open_hours(number, SUMMER)) == (WHOLE_WEEK, WHOLE_WEEK)


def test_every_mobile_number_is_called_in_the_hours_of_all_the_zones_of_its_country() -> None:
    found = {country: number for country, number in mobiles() if country not in UNSETTLED}
    assert len(found) > 200
    for country, number in found.items():
        minutes = 15 if country in MANY_ZONES else 60
        weeks = (open_hours(number, WINTER, minutes=minutes), open_hours(number, SUMMER, minutes=minutes))
        assert weeks == MANY_ZONES.get(country, (WHOLE_WEEK, WHOLE_WEEK)), country


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12025550123", {"America/New_York"}),
        ("+5511961234567", {"America/Sao_Paulo"}),
        ("+5592961234567", {"America/Manaus"}),
        ("+74951234567", {"Europe/Moscow"}),
        ("+61731234567", {"Australia/Brisbane"}),
        ("+56221234567", {"America/Santiago"}),
        ("+861012345678", {"Asia/Shanghai"}),
        ("+213551234567", {"Africa/Algiers"}),
        ("+919876543210", {"Asia/Kolkata"}),
        ("+38344123456", {"Europe/Belgrade"}),
    ],
)
def test_an_area_code_is_more_precise_than_a_country(number: str, zones: set[str]) -> None:
    assert set(parse_number(number).time_zones) == zones


def test_a_free_number_of_north_america_has_the_hours_of_the_callers_country() -> None:
    free = parse_number("+18005551234")
    callers = {"+18762101234": WHOLE_WEEK, "+442079460100": WHOLE_WEEK, "+12025550100": 36.0}
    assert {caller: open_hours(free, WINTER, parse_number(caller)) for caller in callers} == callers


def test_whose_hours_count_for_a_free_number_is_told() -> None:
    free, caller = parse_number("+18005551234"), parse_number("+12025550100")
    refusal = hours(Proposal(free, DialSettings(), WINTER.replace(hour=15), caller))
    assert refusal is not None
    assert "in US, the country of the caller-ID, whose hours count for +18005551234 (toll-free)" in refusal.reason


def test_a_free_number_waits_for_a_caller_id_and_needs_one() -> None:
    free = parse_number("+18005551234")
    assert hours(Proposal(free, DialSettings(), WINTER)) is None
    refusal = hours(Proposal(free, DialSettings(), WINTER, trunk_numbers=("*",)))
    assert refusal is not None
    assert "--from" in refusal.remedy


def test_a_satellite_telephone_may_be_anywhere() -> None:
    refusal = hours(Proposal(parse_number("+881612345678"), DialSettings(), WINTER, parse_number("+12025550100")))
    assert refusal is not None
    assert "is not known" in refusal.reason


@pytest.mark.parametrize("number", ["+15005550006", "+19005551234", "+80012345678"])
def test_a_number_that_only_some_countries_can_call_has_the_hours_of_the_callers(number: str) -> None:
    caller = parse_number("+18762101234")
    assert open_hours(parse_number(number), WINTER, caller) == WHOLE_WEEK


def test_a_number_of_no_country_that_is_not_free_has_no_hours() -> None:
    shared = parse_number("+80812345678")
    assert open_hours(shared, WINTER, parse_number("+18762101234")) == 0


@pytest.mark.parametrize(
    ("number", "caller", "where"),
    [
        ("+12025550123", None, "mon 03:00 in America/New_York"),
        (
            "+15005550006",
            "+18762101234",
            "mon 03:00 in America/Jamaica, in JM, the country of the caller-ID, whose hours count for +15005550006 "
            "(personal)",
        ),
        ("+6421123456", None, "mon 21:00 in Pacific/Auckland, where +6421123456 may be"),
    ],
)
def test_which_clock_forbids_a_call_is_told(number: str, caller: str | None, where: str) -> None:
    now = WINTER.replace(hour=8)
    refusal = hours(Proposal(parse_number(number), DialSettings(), now, parse_number(caller) if caller else None))
    assert refusal is not None
    assert refusal.reason == f"it is {where}"


def test_a_time_zone_that_the_system_does_not_know_is_told() -> None:
    number = Number("+12025550123", "US", "fixed-line", ("Moon/Tranquility",))
    refusal = hours(Proposal(number, DialSettings(), WINTER))
    assert refusal is not None
    assert (refusal.reason, refusal.remedy) == (
        "this system knows no time zone Moon/Tranquility",
        "install the package tzdata",
    )

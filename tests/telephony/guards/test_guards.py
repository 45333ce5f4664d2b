from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.phone_numbers.number import parse_number
from callagent.profile import DialSettings
from callagent.telephony.guards import GUARDS, Proposal, Refusal, check

MONDAY_NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
Propose = Callable[..., Proposal]


def refused(proposal: Proposal, rule: str) -> Refusal:
    refusal = check(proposal)
    assert refusal is not None, f"not refused by {rule}"
    assert refusal.rule == rule, refusal
    assert "\n" not in str(refusal)
    return refusal


def test_an_ordinary_call_is_allowed(propose: Propose) -> None:
    assert check(propose()) is None


@pytest.mark.parametrize("number", ["911", "112", "+1911", "411", "988", "sip:911@example.com"])
def test_emergency_and_short_numbers_are_refused_whatever_the_settings_say(propose: Propose, number: str) -> None:
    refused(propose(number, refused_kinds=[], countries=["US", "CA"]), "emergency numbers")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("911", "911 is an emergency number of US"),
        ("411", "411 is a short number of US"),
        ("+33112", "112 is an emergency number of FR"),
    ],
)
def test_what_an_emergency_or_short_number_is_and_of_which_country_is_told(
    propose: Propose, number: str, said: str
) -> None:
    assert refused(propose(number), "emergency numbers").reason == said


def test_an_emergency_number_without_a_country_is_told_as_one() -> None:
    proposal = Proposal(parse_number("112"), DialSettings(), MONDAY_NOON)
    assert refused(proposal, "emergency numbers").reason == "112 is an emergency number"


def test_the_country_of_the_caller_id_is_allowed_by_itself_and_no_other(propose: Propose) -> None:
    refusal = refused(propose("+442083661177"), "countries")
    assert "+442083661177 is in GB" in refusal.reason
    assert "only US, the country of the caller-ID, is allowed" in refusal.reason
    assert "[US, GB]" in refusal.remedy


def test_countries_of_the_settings_take_the_place_of_the_callers(propose: Propose) -> None:
    assert check(propose("+442083661177", countries=["GB"])) is None
    refused(propose(countries=["GB"]), "countries")


def test_without_caller_id_and_settings_no_country_is_allowed(propose: Propose) -> None:
    assert "--from" in refused(propose(caller=None), "countries").reason


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+19005551234", "premium-rate"),
        ("+979123456789", "international-premium"),
        ("+8821612345678", "international-network"),
        ("+881612345678", "satellite"),
    ],
)
def test_numbers_that_cost_money_are_refused_until_they_are_allowed(propose: Propose, number: str, kind: str) -> None:
    assert kind in refused(propose(number, countries=["US", "001"]), "number kinds").remedy
    always = {"opens": "00:00", "closes": "24:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    assert check(propose(number, countries=["US", "001"], refused_kinds=[], hours=always)) is None


@pytest.mark.parametrize(
    ("utc", "allowed"),
    [
        ("2026-03-02T13:59:59", False),  # 8:59:59 in New York
        ("2026-03-02T14:00:00", True),
        ("2026-03-03T00:59:59", True),  # still Monday, 19:59:59
        ("2026-03-03T01:00:00", False),
        ("2026-03-01T17:00:00", False),  # Sunday
        ("2026-03-09T13:00:00", True),  # summer time has begun: 9:00 again
    ],
)
def test_calling_hours_are_those_of_the_callee(propose: Propose, utc: str, allowed: bool) -> None:
    proposal = propose(now=datetime.fromisoformat(utc).replace(tzinfo=UTC))
    if allowed:
        assert check(proposal) is None
    else:
        assert "America/New_York" in refused(proposal, "calling hours").reason


def test_the_do_not_call_list_is_respected(propose: Propose) -> None:
    refusal = refused(propose(do_not_call="asked on 2026-02-01"), "do not call")
    assert "asked on 2026-02-01" in refusal.reason
    assert "callagent dnc remove +12025550123" in refusal.remedy


def test_attempts_are_counted(propose: Propose) -> None:
    assert check(propose(attempts=2)) is None
    refused(propose(attempts=3), "attempts per day")
    assert check(propose(attempts=3, attempts_per_day=4)) is None
    assert propose().attempts == 0


@pytest.mark.parametrize(("attempts", "times"), [(1, "once"), (2, "2 times"), (3, "3 times")])
def test_how_often_a_number_was_called_is_told(propose: Propose, attempts: int, times: str) -> None:
    refusal = refused(propose(attempts=attempts, attempts_per_day=1), "attempts per day")
    assert refusal.reason == f"+12025550123 was called {times} in the last 24 hours"
    assert refusal.remedy == "dialling.attempts_per_day allows 1"


def test_a_caller_id_without_a_country_needs_one_to_be_named(propose: Propose) -> None:
    assert "6002 is of no country, and neither" in refused(propose(caller="6002"), "countries").reason
    assert check(propose(caller="6002", region="US")) is None
    assert check(propose(caller="6002", countries=["US"])) is None
    assert "the country of --region" in refused(propose(caller="6002", region="DE"), "countries").reason
    assert check(propose(region="DE")) is None, "the country of the caller-ID counts before it"


def test_a_trunk_that_takes_any_caller_id_has_none_of_its_own(propose: Propose) -> None:
    nobody = propose(caller=None, countries=["US"], trunk_numbers=("*",))
    assert refused(nobody, "caller-ID").remedy == "name one with --from"
    assert check(propose(trunk_numbers=("*",))) is None


def test_the_caller_id_is_a_number_of_the_trunk(propose: Propose) -> None:
    assert check(propose(trunk_numbers=("+1 (202) 555-0100",))) is None
    assert check(propose(trunk_numbers=("*",))) is None
    refused(propose(trunk_numbers=("+12025550199",)), "caller-ID")
    refused(propose(trunk_numbers=()), "caller-ID")
    assert check(propose(trunk_numbers=("+12025550199",), any_caller_id=True)) is None


@pytest.mark.parametrize(
    ("count", "owned"),
    [
        (0, "it has none"),
        (1, "+12025550150"),
        (5, "+12025550150, +12025550151, +12025550152, +12025550153, +12025550154"),
        (6, "+12025550150, +12025550151, +12025550152, +12025550153, +12025550154, …"),
    ],
)
def test_the_first_numbers_of_the_trunk_are_told(propose: Propose, count: int, owned: str) -> None:
    numbers = tuple(f"+1202555015{last}" for last in range(count))
    reason = refused(propose(trunk_numbers=numbers), "caller-ID").reason
    assert reason == f"+12025550100 is not a number of the trunk ({owned})"


def test_no_call_is_longer_than_the_cap(propose: Propose) -> None:
    assert check(propose(max_call=1800.0)) is None
    assert "dialling.max_call" in refused(propose(max_call=1801.0), "length of call").remedy


def test_every_guard_is_asked() -> None:
    assert len(GUARDS) == 8
    assert len(set(GUARDS)) == 8


@given(moment=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1)))
def test_no_moment_is_refused_when_all_hours_are_open(moment: datetime) -> None:
    always = {"opens": "00:00", "closes": "24:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    settings = DialSettings.model_validate({"hours": always})
    caller = parse_number("+12025550100")
    assert check(Proposal(parse_number("+18005551234"), settings, moment.replace(tzinfo=UTC), caller)) is None

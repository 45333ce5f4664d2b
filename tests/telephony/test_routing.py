from pathlib import Path
from typing import Any

import pytest

from callagent.telephony import Choice, Routes, choose_profile, load_routes, read_context
from callagent.yaml_config import ConfigError

KNOWN = {"en-US", "en-GB", "de-DE", "fr-FR"}
ROUTES = Routes(numbers={"+1 (202) 555-0100": "de-DE"}, countries={"GB": "en-GB"})
EXAMPLE = Path(__file__).resolve().parents[2] / "configs" / "routes" / "example.yaml"


def choose(metadata: str = "", *, to: str = "+12025550199", caller: str = "+33142685300", rule: str = "") -> Choice:
    attributes = {"sip.phoneNumber": caller, "sip.trunkPhoneNumber": to, "callagent.profile": rule}
    return choose_profile(read_context(attributes, metadata), default="en-US", known=lambda: KNOWN, routes=ROUTES)


def test_the_dispatch_comes_first_then_rule_number_country_default() -> None:
    ours, british = "+12025550100", "+442079460123"
    assert choose('{"profile": "fr-FR"}', to=ours, caller=british, rule="en-US") == Choice("fr-FR", "dispatch")
    assert choose(to=ours, caller=british, rule="en-US") == Choice("en-US", "rule")
    assert choose(to=ours, caller=british) == Choice("de-DE", "number")
    assert choose(caller=british) == Choice("en-GB", "country")
    assert choose() == Choice("en-US", "default")


@pytest.mark.parametrize("sent", ["+442079460100", "02079460100", "00442079460100", "442079460100;user=phone"])
@pytest.mark.parametrize(
    "routes",
    [
        {"home": "GB", "numbers": {"020 7946 0100": "en-GB"}},
        {"numbers": {"020 7946 0100": "en-GB", "+442079460199": "de-DE"}},
        {"numbers": {"+44 20 7946 0100": "en-GB", "+12025550100": "de-DE", "1001": "fr-FR"}},
    ],
)
def test_a_route_and_a_carrier_need_not_write_a_number_alike(routes: dict[str, Any], sent: str) -> None:
    table = Routes.model_validate(routes)
    context = read_context({"sip.trunkPhoneNumber": sent}, own_numbers=table.numbers, home=table.home)
    assert choose_profile(context, default="en-US", known=lambda: KNOWN, routes=table) == Choice("en-GB", "number")


def test_an_extension_has_a_route() -> None:
    table = Routes(numbers={"1001": "de-DE", "+12025550100": "en-US"})
    context = read_context({"sip.trunkPhoneNumber": "1001"}, own_numbers=table.numbers)
    assert choose_profile(context, default="en-US", known=lambda: KNOWN, routes=table) == Choice("de-DE", "number")


@pytest.mark.parametrize("listed", ["+442079460100", "02079460100"])
@pytest.mark.parametrize("sent", ["+442079460100", "02079460100"])
def test_a_dispatch_rule_and_a_carrier_need_not_write_a_number_alike(listed: str, sent: str) -> None:
    metadata = f'{{"profiles": {{"{listed}": "en-GB"}}}}'
    context = read_context({"sip.trunkPhoneNumber": sent}, metadata, home="GB")
    assert choose_profile(context, default="en-US", known=lambda: KNOWN) == Choice("en-GB", "number")


def test_an_unknown_profile_gives_way_to_the_default_and_is_told() -> None:
    choice = choose('{"profile": "xx-XX"}', to="+12025550100", rule="fr-FR")
    assert choice == Choice("en-US", "default", ("unknown profile 'xx-XX' in the dispatch metadata",))


@pytest.mark.parametrize(
    "name", ['"../../etc/passwd"', '"configs/profiles/de-DE.yaml"', "7", '["de-DE"]', "{}", "true"]
)
def test_only_names_of_profiles_are_taken(name: Any) -> None:
    choice = choose(f'{{"profile": {name}}}')
    assert (choice.profile, len(choice.problems)) == ("en-US", 1)


def test_a_hostile_name_is_shown_short_and_on_one_line() -> None:
    (problem,) = choose(rule="x\n" * 5000).problems
    assert len(problem) < 200 and "\n" not in problem


def test_the_example_can_be_read() -> None:
    assert load_routes(EXAMPLE).countries["AT"] == "de-DE"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("numbers: {'12': en-US}", "needs + and the country code"),
        ("numbers: {'+12025550100': en-US, '+1 202 555 0100': en-GB}", "+12025550100 stands here already"),
        ("numbers: {'02079460100': en-US}", "needs + and the country code"),
        ("numbers: {'02079460100': en-US, '+442079460100': en-GB}", "+442079460100 stands here already"),
        ("home: UK", "is not a country"),
        ("countries: {XX: en-US}", "is not a country"),
        ("number: {}", "did you mean 'numbers'"),
        ("numbers: {'+12025550100': 7}", "needs text"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(text + "\n")
    with pytest.raises(ConfigError) as caught:
        load_routes(file)
    assert "routes.yaml:1: " in str(caught.value) and problem in str(caught.value)

import pytest

from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles


def test_the_region_is_that_of_the_language(profiles: Profiles) -> None:
    profiles.minimal("x", "number_reading: {phone_group: 2}")
    reading = profiles.load("x", "language=fr-CH").number_reading
    assert (reading.region, reading.phone_group) == ("CH", 2)


def test_the_region_of_the_profile_wins(profiles: Profiles) -> None:
    profiles.minimal("x", "number_reading: {region: US}")
    assert profiles.load("x", "language=es-MX").number_reading.region == "US"


def test_a_language_without_a_region_knows_international_numbers_alone(profiles: Profiles) -> None:
    profiles.minimal("x")
    assert profiles.load("x", "language=de").number_reading.region == ""


def test_a_mistake_in_it_is_named_with_its_place(profiles: Profiles) -> None:
    profiles.minimal("x", "number_reading: 3")
    with pytest.raises(ConfigError, match="number_reading"):
        profiles.load("x", "language=de-DE")
    profiles.minimal("x", "number_reading: {code: [PIN]}")
    with pytest.raises(ConfigError, match="codes"):
        profiles.load("x", "language=de-DE")

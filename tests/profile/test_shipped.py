import pytest

from callagent.phrases import phrase_key
from callagent.profile import InterruptionSettings, Profile, load_profile
from callagent.profile.paths import packaged_configs
from callagent.profile.sections.turn_settings import EndpointingSettings, VadSettings
from callagent.yaml_config import load_yaml
from tests.support.profiles import Profiles

PROFILES = packaged_configs() / "profiles"


@pytest.fixture(scope="module")
def american() -> Profile:
    return load_profile(PROFILES / "en-US.yaml", env={})


def test_base_states_the_defaults_of_the_model() -> None:
    data = load_yaml(PROFILES / "base.yaml").data
    assert VadSettings.model_validate(data["vad"]) == VadSettings()
    assert EndpointingSettings.model_validate(data["endpointing"]) == EndpointingSettings()
    lists = {"soft_acks": ["okay"], "commands": ["stop"]}
    assert InterruptionSettings.model_validate(data["interruption"] | lists) == InterruptionSettings.model_validate(
        lists
    )


def test_the_american_grace_is_350_ms(american: Profile) -> None:
    assert american.interruption.grace == 0.35


def test_no_phrase_is_listed_twice(american: Profile) -> None:
    for phrases in (american.interruption.soft_acks, american.interruption.commands):
        keys = [phrase_key(phrase) for phrase in phrases]
        assert [key for key in keys if keys.count(key) > 1] == []


def test_the_example_persona_can_book_and_hang_up(american: Profile) -> None:
    assert list(american.tools) == ["hang_up", "book_appointment"]
    assert {reply.tool for reply in american.replies} == {None, "hang_up", "book_appointment"}
    assert "Harbour Dental" in american.greeting


@pytest.mark.parametrize("locale", sorted(path.stem for path in (PROFILES / "locales").glob("*.yaml")))
def test_a_locale_can_be_had_without_its_example_practice(profiles: Profiles, locale: str) -> None:
    profiles.write("mine", f"extends: locales/{locale}\n")
    mine, practice = profiles.load("mine"), profiles.load(locale)
    assert (mine.greeting, mine.instructions, mine.tools, mine.replies) == ("", "", {}, ())
    own = {"name", "description", "extends", "greeting", "instructions", "tools", "replies"}
    assert mine.model_dump(exclude=own) == practice.model_dump(exclude=own)


def test_a_locale_by_itself_is_only_there_to_be_extended(profiles: Profiles) -> None:
    assert "only there to be extended" in profiles.problems("locales/en-US")[0]


def test_a_misspelt_locale_is_answered_with_the_nearest_one(profiles: Profiles) -> None:
    profiles.write("mine", "extends: locales/en-UK\n")
    assert profiles.problems("mine")[0].startswith(
        "mine.yaml:1: extends: unknown profile 'locales/en-UK'; did you mean"
    )

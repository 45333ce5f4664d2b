import pytest

from callagent.profile import InterruptionSettings, Profile, load_profile, load_yaml, phrase_key
from callagent.profile.paths import packaged_configs
from callagent.profile.turnsettings import EndpointingSettings, VadSettings

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

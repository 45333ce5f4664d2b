from pathlib import Path
from typing import get_args

import pytest
from livekit.plugins.deepgram.models import DeepgramLanguages

from callagent.profile import Profile, load_profile
from callagent.providers import languages
from callagent.providers.availability import problems
from tests.support.profiles import Profiles

KEYS = {"DEEPGRAM_API_KEY": "d", "CARTESIA_API_KEY": "c", "OPENAI_API_KEY": "o"}
LISTS = "interruption: {soft_acks: [okay], commands: [stop]}\n"


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("language", "code"),
    [("es-AR", "es-419"), ("es-ES", "es"), ("de-AT", "de"), ("de-CH", "de-CH"), ("en", "en"), ("zu-ZA", None)],
)
def test_deepgram_has_some_regions_of_its_own(language: str, code: str | None) -> None:
    assert languages.deepgram(language) == code


@pytest.mark.parametrize(
    "locale", ["en-US", "en-GB", "es-ES", "es-MX", "fr-FR", "de-DE", "it-IT", "pt-BR", "hi-IN", "ja-JP"]
)
def test_the_codes_of_the_shipped_locales_are_in_the_plugins_own_list(locale: str) -> None:
    assert languages.deepgram(locale) in get_args(DeepgramLanguages)
    profile = load_profile(locale, env={"CALLAGENT_PROVIDERS": "cloud"})
    assert profile.providers.stt.options["language"] == languages.deepgram(locale)
    assert profile.providers.tts.options["language"] == languages.cartesia(locale)


def found(profile: Profile, *parts: str) -> list[str]:
    return [str(each).removeprefix("configs/profiles/") for each in problems(profile, KEYS, parts or ("stt",))]


def test_a_locale_that_a_recogniser_does_not_know_is_refused_with_its_line(profiles: Profiles) -> None:
    profiles.write("x", f"language: zu-ZA\n{LISTS}providers:\n  stt: deepgram\n  tts: cartesia\n")
    assert found(profiles.load("x"), "stt", "tts") == [
        "x.yaml:4: providers.stt: deepgram does not know zu, the profile's language is zu-ZA",
        "x.yaml:5: providers.tts: cartesia does not know zu, the profile's language is zu-ZA",
    ]


def test_the_local_recogniser_knows_english_only(profiles: Profiles) -> None:
    profiles.write("x", f"language: ja-JP\n{LISTS}providers:\n  stt: local\n  tts: openai\n")
    assert found(profiles.load("x")) == [
        "x.yaml:4: providers.stt: local knows English only, the profile's language is ja-JP"
    ]
    profiles.write("y", f"language: ja-JP\n{LISTS}")
    assert found(profiles.load("y")) == ["y: providers.stt: local knows English only, the profile's language is ja-JP"]


def test_options_in_another_language_than_the_profile_are_refused(profiles: Profiles) -> None:
    profiles.write("base", f"language: en-US\n{LISTS}provider_options:\n  stt:\n    deepgram: {{language: en-US}}\n")
    profiles.write("x", "extends: base\nlanguage: fr-FR\nproviders: {stt: deepgram, tts: openai}\n")
    assert found(profiles.load("x")) == [
        "base.yaml:5: providers.stt.language: is en-US, the profile's language is fr-FR"
    ]


@pytest.mark.parametrize("options", ["language: multi", "detect_language: true", "language: fr"])
def test_whoever_says_what_is_to_be_heard_is_believed(profiles: Profiles, options: str) -> None:
    profiles.write("x", f"language: fr-FR\n{LISTS}providers: {{stt: {{use: deepgram, {options}}}, tts: openai}}\n")
    assert found(profiles.load("x")) == []

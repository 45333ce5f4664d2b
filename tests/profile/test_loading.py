from pathlib import Path

import pytest

from callagent.profile import Profile, check_profile, configs_dir, list_profiles, load_profile
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles

SHIPPED = Path(__file__).resolve().parents[2] / "configs" / "profiles"


def test_a_profile_is_named_after_its_file(profiles: Profiles) -> None:
    profiles.minimal("x")
    assert profiles.load("x").name == "x"


def test_a_profile_can_be_loaded_from_a_path(profiles: Profiles, tmp_path: Path) -> None:
    path = profiles.minimal("x").rename(tmp_path / "own.yml")
    assert load_profile(path, env={}).name == load_profile("./own.yml", env={}).name == "own"


def test_an_unknown_profile_comes_with_the_nearest_one_and_those_there_are(profiles: Profiles) -> None:
    profiles.minimal("en-XX")
    shipped = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml") if path.stem != "base"))
    assert profiles.problems("en-XY") == [
        f"en-XY: unknown profile (known: en-XX, base, {shipped}; looked in configs/profiles); did you mean 'en-XX'?"
    ]


def test_mappings_are_merged_and_lists_replaced(profiles: Profiles) -> None:
    profiles.minimal("bottom", "vad: {min_silence: 300 ms, min_speech: 80 ms}\ngreeting: Hi.\n")
    profiles.write("top", "extends: bottom\nvad: {min_speech: 90 ms}\ninterruption: {soft_acks: [yes]}\n")
    top = profiles.load("top")
    assert (top.vad.min_silence, top.vad.min_speech, top.greeting) == (0.3, 0.09, "Hi.")
    assert (top.interruption.soft_acks, top.interruption.commands) == (("yes",), ("stop",))


def test_a_description_is_not_inherited(profiles: Profiles) -> None:
    profiles.minimal("bottom", "description: The bottom.\n")
    profiles.write("top", "extends: bottom\n")
    assert profiles.load("top").description == ""


def test_a_base_is_found_by_relative_path(profiles: Profiles, tmp_path: Path) -> None:
    profiles.minimal("bottom").rename(tmp_path / "bottom.yaml")
    profiles.write("top", "extends: ../../bottom.yaml\n")
    assert profiles.load("top").language == "en-US"


def test_a_profile_may_extend_the_shipped_one_of_its_own_name(profiles: Profiles) -> None:
    profiles.write("en-US", "extends: en-US\ngreeting: Mine.\n")
    own = profiles.load("en-US")
    assert (own.greeting, own.language) == ("Mine.", "en-US")


def test_another_provider_does_not_inherit_options_the_same_one_does(profiles: Profiles) -> None:
    profiles.minimal("bottom", "providers: {stt: {use: deepgram, model: m}, tts: {use: cartesia, voice: v}}\n")
    profiles.write("top", "extends: bottom\nproviders: {stt: local, tts: {speed: 1.1}}\n")
    providers = profiles.load("top").providers
    assert (providers.stt.use, providers.stt.options) == ("local", {})
    assert (providers.tts.use, providers.tts.options) == ("cartesia", {"voice": "v", "speed": 1.1})


def test_a_problem_names_the_file_in_which_the_key_stands(profiles: Profiles) -> None:
    profiles.minimal("bottom", "vad:\n  min_silense: 1 s\n  min_speech: 60 ms\n")
    profiles.write("top", "extends: bottom\nvad:\n  min_speech: 70\n")
    assert profiles.problems("top") == [
        "top.yaml:3: vad.min_speech: needs its unit (ms, s, min, h), for example '350 ms'",
        "bottom.yaml:6: vad.min_silense: unknown key; did you mean 'min_silence'?",
    ]


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("bottm", "extends: unknown profile 'bottm'; did you mean 'bottom'?"),
        ("./gone.yaml", "extends: no such file: gone.yaml"),
        ("[]", "extends: needs the name or the path of a profile"),
        ("{bottom: 1}", "extends: needs the name or the path of a profile"),
        ("top", "extends: goes round in a circle: top -> top"),
    ],
)
def test_a_base_that_cannot_be_used_is_reported(profiles: Profiles, extends: str, message: str) -> None:
    profiles.minimal("bottom")
    profiles.write("top", f"language: en\nextends: {extends}\n")
    assert profiles.problems("top") == [f"top.yaml:2: {message}"]


def test_a_circle_is_reported_where_it_closes(profiles: Profiles) -> None:
    profiles.write("a", "extends: b\n")
    profiles.write("b", "language: en\nextends: a\n")
    assert profiles.problems("a") == ["b.yaml:2: extends: goes round in a circle: a -> b -> a"]


def test_a_base_with_bad_syntax_is_reported_as_itself(profiles: Profiles) -> None:
    profiles.write("a", "extends: b\n")
    profiles.write("b", "a: [\n")
    assert profiles.problems("a")[0].startswith("b.yaml:2: is not YAML")


def test_a_name_that_is_not_the_file_name_is_refused(profiles: Profiles) -> None:
    profiles.minimal("x", "name: y\n")
    assert profiles.problems("x") == ["x.yaml:5: name: must be the name of the file, 'x'; best left out"]


def test_what_is_missing_is_missing_in_the_file_not_in_an_override(profiles: Profiles) -> None:
    profiles.write("x", "language: en\ninterruption:\n  commands: [stop]\n")
    assert profiles.problems("x", "interruption.grace=1 s") == ["x.yaml:2: interruption.soft_acks: is missing"]


def test_an_abstract_profile_passes_the_check_but_answers_no_call(profiles: Profiles) -> None:
    path = profiles.write("x", "abstract: true\ngreeting: Hi.\n")
    check_profile(path)
    assert profiles.problems("x") == ["x.yaml:1: abstract: this profile is only there to be extended"]


def test_abstract_forgives_what_is_missing_but_not_what_is_wrong(profiles: Profiles) -> None:
    path = profiles.write("x", "abstract: true\ngreting: Hi.\n")
    with pytest.raises(ConfigError, match="did you mean 'greeting'"):
        check_profile(path)


def test_the_list_has_the_users_profiles_before_the_shipped_ones(profiles: Profiles) -> None:
    profiles.write("mine", "extends: en-US\ndescription: Mine.\n")
    summaries = list_profiles()
    names = [summary.name for summary in summaries]
    assert names[:2] == ["mine", "base"]
    shipped = sorted(path.stem for path in SHIPPED.glob("*.yaml") if path.stem != "base")
    locales = (name for name in shipped if not name.startswith("compliance-"))
    assert names[2:] == [*shipped, *(f"locales/{name}" for name in locales)]
    assert (summaries[0].language, summaries[0].extends, summaries[0].description) == ("en-US", "en-US", "Mine.")


def test_one_unreadable_profile_does_not_spoil_the_list(profiles: Profiles) -> None:
    profiles.write("broken", "a: [\n")
    broken, *others = list_profiles()
    assert broken.problems
    assert not any(other.problems for other in others)


def test_configurations_come_from_the_variable_then_from_here_then_from_the_package(
    profiles: Profiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configs_dir() == tmp_path / "configs"
    monkeypatch.setenv("CALLAGENT_CONFIGS", "/else/where")
    assert configs_dir() == Path("/else/where")
    monkeypatch.delenv("CALLAGENT_CONFIGS")
    monkeypatch.chdir("/")
    assert (configs_dir() / "profiles" / "base.yaml").is_file()


def test_a_dumped_profile_is_a_profile(profiles: Profiles) -> None:
    loaded = load_profile("en-US", env={})
    assert Profile.model_validate(loaded.model_dump(mode="json", by_alias=True)) == loaded


def test_a_profile_that_takes_the_place_of_a_shipped_one_is_told_once(
    profiles: Profiles, caplog: pytest.LogCaptureFixture
) -> None:
    profiles.minimal("de-DE")
    profiles.minimal("mine")
    with caplog.at_level("INFO", logger="callagent.profile"):
        for name in ("de-DE", "mine", "de-DE", "en-US"):
            load_profile(name, env={})
    told = [(record.message, getattr(record, "profile", "")) for record in caplog.records]
    assert told == [("a profile takes the place of a shipped one", "de-DE")]


def test_a_file_that_is_not_there_is_named(profiles: Profiles) -> None:
    with pytest.raises(ConfigError, match=r"^gone\.yaml: cannot be read: No such file or directory$"):
        load_profile(Path("gone.yaml"), env={})

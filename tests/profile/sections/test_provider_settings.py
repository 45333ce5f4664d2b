from callagent.profile import ProviderSpec, ProvidersSpec
from tests.support.profiles import Profiles

NAMES = ("stt", "tts", "llm", "vad")


def used(providers: ProvidersSpec) -> list[str]:
    return [getattr(providers, part).use for part in NAMES]


def test_local_is_the_default(profiles: Profiles) -> None:
    profiles.minimal("x")
    assert used(profiles.load("x").providers) == ["local", "local", "script", "silero"]


def test_a_shorthand_names_all_four_parts(profiles: Profiles) -> None:
    profiles.minimal("x", "providers: cloud\n")
    assert used(profiles.load("x").providers) == ["deepgram", "cartesia", "openai", "silero"]


def test_a_part_is_a_name_or_a_mapping_with_options(profiles: Profiles) -> None:
    profiles.minimal("x", "providers: {stt: deepgram, llm: {use: openai, model: m, nested: {a: 1}}}\n")
    providers = profiles.load("x").providers
    assert (providers.stt.use, providers.stt.options) == ("deepgram", {})
    assert providers.llm.options == {"model": "m", "nested": {"a": 1}}


def test_what_is_no_set_of_providers_is_refused(profiles: Profiles) -> None:
    profiles.minimal("x", "providers: clowd\n")
    assert profiles.problems("x") == [
        "x.yaml:5: providers: 'clowd' is not a set of providers; use local, cloud or a mapping; did you mean 'cloud'?"
    ]


def test_parts_that_do_not_exist_or_have_no_name_are_refused(profiles: Profiles) -> None:
    profiles.minimal("x", "providers:\n  sst: local\n  llm: {model: m}\n  tts: 3\n  vad: {use: 3}\n")
    assert profiles.problems("x") == [
        "x.yaml:6: providers.sst: unknown key; did you mean 'stt'?",
        "x.yaml:7: providers.llm.use: is missing",
        "x.yaml:8: providers.tts: needs a mapping (key: value)",
        "x.yaml:9: providers.vad.use: needs text; write it in quotes",
    ]


def test_secrets_do_not_show_in_the_repr() -> None:
    spec = ProviderSpec(
        use="openai", options={"api_key": "s3cret", "model": "m", "headers": {"X-Auth-Token": "s3cret"}}
    )
    assert "s3cret" not in repr(spec)
    assert "'model': 'm'" in repr(spec)

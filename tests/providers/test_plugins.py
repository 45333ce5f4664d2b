import sys
from pathlib import Path
from typing import Any

import pytest
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers import check_providers, make_providers
from callagent.providers.availability import written_wrong
from callagent.providers.keyterms import short_bias_of
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers.making import make_member
from callagent.providers.registry import members_of
from callagent.providers.types import Script
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.support.plugins import FAKES, Install, install

__all__ = ["install"]

LOCAL: dict[str, Any] = {"stt": "local", "tts": "local", "llm": "script", "vad": "silero"}


def with_part(part: str, spec: object, language: str = "en-US") -> Profile:
    return profile_with(language, **{**LOCAL, part: spec})


def refused(part: str, spec: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        check_providers(with_part(part, spec))
    return str(caught.value).splitlines()


def made(part: str, spec: object, language: str = "en-US") -> Any:
    profile = with_part(part, spec, language)
    (member,) = members_of(profile, [part])
    return make_member(profile, member, Script())


@pytest.fixture
def acme(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme", FAKES)
    monkeypatch.setenv("ACME_API_KEY", "k")


@pytest.mark.usefixtures("acme")
def test_an_installed_plugin_is_had_by_its_name_with_its_options() -> None:
    spec = {"use": "acme", "model": "ears-2", "api_key": "mine"}
    check_providers(with_part("stt", spec))
    assert made("stt", spec).given | {"keyterms": None} == {
        "model": "ears-2", "language": "en", "keyterms": None, "api_key": "mine",
    }  # fmt: skip


@pytest.mark.usefixtures("acme")
def test_a_plugin_gets_the_profiles_key_terms_and_language_as_it_writes_languages() -> None:
    profile = with_part("stt", "acme", "fr-CA")
    assert made("stt", "acme", "fr-CA").given["language"] == "fr"
    assert made("tts", {"use": "acme", "voice": "v"}, "fr-CA").given["language"] == "fr-CA"
    assert made("stt", {"use": "acme", "language": "multi"}).given["language"] == "multi"
    assert made("stt", "acme").given["keyterms"] == list(short_bias_of(profile)) != []
    assert made("stt", {"use": "acme", "keyterms": ["rye"]}).given["keyterms"] == ["rye"]


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("part", "spec", "line"),
    [
        ("stt", {"use": "acme", "modell": "x"}, "providers.stt.modell: unknown option; did you mean 'model'?"),
        ("stt", {"use": "acme", "http_session": 1}, "providers.stt.http_session: unknown option"),
        ("stt", {"use": "acme", "model": 3}, "providers.stt.model: should be a valid string"),
        ("stt", {"use": "acme", "keyterms": "rye"}, "providers.stt.keyterms: should be a valid list"),
        ("tts", "acme", "providers.tts: livekit-plugins-acme needs the option 'voice'"),
        ("llm", "acme.LLLM", "providers.llm: livekit-plugins-acme has no LLLM; did you mean 'LLM'?"),
        ("tts", "acme.STT", "providers.tts: 'STT' of livekit-plugins-acme is nothing for tts; use acme.TTS"),
        ("stt", "acne", "did you mean 'acme'?"),
        (
            "stt",
            {"use": "acme", "base_url": "wss://mine.example"},
            "acme needs an api_key beside base_url: the environment's key is not sent elsewhere",
        ),
    ],
)
def test_what_a_plugin_does_not_take_is_one_line(part: str, spec: object, line: str) -> None:
    (told,) = refused(part, spec)
    assert line in told


@pytest.mark.usefixtures("acme")
def test_a_missing_key_is_said_in_the_plugins_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME_API_KEY")
    assert refused("stt", "acme") == [
        "shop: providers.stt: livekit-plugins-acme: Acme API key is required, either as argument or set ACME_API_KEY"
    ]


@pytest.mark.usefixtures("acme")
def test_no_message_quotes_a_key() -> None:
    (line,) = refused("tts", {"use": "acme", "voice": "refused", "api_key": "s3cret"})
    assert "is not valid" in line and "s3cret" not in line


@pytest.mark.usefixtures("acme")
async def test_a_plugin_that_wants_an_http_session_is_checked_outside_of_a_job_and_made_within() -> None:
    profile = with_part("llm", "acme")
    check_providers(profile)
    with pytest.raises(ConfigError, match="http session"):
        made("llm", "acme")
    async with http_context.open() as session:
        assert made("llm", "acme").session is session


@pytest.mark.parametrize(
    ("use", "package"),
    [
        ("elevenlabs", "livekit-plugins-elevenlabs==1.8.9"),
        ("minimax", "livekit-plugins-minimax-ai==1.8.9"),
        ("minimax-ai", "livekit-plugins-minimax-ai==1.8.9"),
        ("microsoft-ai", "livekit-plugins-microsoft-ai==1.8.9"),
        ("soniox.STT", "livekit-plugins-soniox==1.8.9"),
        ("zzz zzz", "if it is a livekit plugin: pip install livekit-plugins-zzz-zzz"),
    ],
)
def test_a_plugin_that_is_not_installed_is_one_line_with_its_package(use: str, package: str) -> None:
    (line,) = refused("stt", use)
    assert "providers.stt: " in line and package in line and "pip install" in line


def test_a_plugin_whose_own_packages_are_missing_says_so(install: Install) -> None:
    install("halfway", "import no_such_sdk")
    (line,) = refused("tts", "halfway")
    assert "livekit-plugins-halfway cannot be imported: No module named 'no_such_sdk'" in line


def test_a_class_of_another_name_is_found_when_it_is_the_only_one(install: Install) -> None:
    install(
        "graphs", FAKES.replace("class LLM(", "class LLMAdapter(").replace("utils.http_context.http_session()", "None")
    )
    assert type(made("llm", "graphs")).__name__ == "LLMAdapter"
    (line,) = refused("vad", "graphs.STT")
    assert "use graphs.VAD" in line
    install("several", FAKES.replace("class STT(", "class STTv1(") + "\nclass STTv2(STTv1): ...\n")
    (line,) = refused("stt", "several")
    assert line.endswith("livekit-plugins-several has nothing for stt; use several.STTv1 or several.STTv2")


def test_a_slip_is_told_from_a_plugin(install: Install) -> None:
    install("acme", FAKES)
    (line,) = refused("tts", "cartesja")
    assert "did you mean 'cartesia'" in line and "pip install" not in line
    assert refused("llm", "deepgram")[0].endswith("livekit-plugins-deepgram has nothing for llm; it has stt and tts")


def test_a_detector_gets_the_thresholds_that_are_set_and_names_those_that_it_cannot_follow(install: Install) -> None:
    install("acme", FAKES)
    assert made("vad", "acme").given == {"activation_threshold": 0.7, "min_silence_duration": 0.55}
    profile = with_part("vad", "acme")
    settings = profile.vad.model_copy(update={"min_silence": 0.5, "activation_threshold": 0.6})
    profile = profile.model_copy(update={"vad": settings})
    check_providers(profile)
    (member,) = members_of(profile, ["vad"])
    assert make_member(profile, member, Script()).given == {"activation_threshold": 0.6, "min_silence_duration": 0.5}
    late = profile.model_copy(update={"vad": settings.model_copy(update={"prefix_padding": 0.5})})
    with pytest.raises(ConfigError, match=r"vad\.prefix_padding: cannot be followed by livekit-plugins-acme"):
        check_providers(late)


def test_what_is_written_wrong_is_told_from_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    profile = profile_with(stt={"use": "deepgram", "modell": "x"}, tts="local", llm="anthropic", vad="silero")
    wrong, needs = written_wrong(profile)
    assert [problem.key for problem in wrong] == ["providers.stt.modell"]
    assert needs == [
        "providers.tts: local needs the package piper: pip install 'callagent[local]'",
        "providers.llm: anthropic is not installed: pip install livekit-plugins-anthropic==1.8.9",
    ]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, source: str) -> str:
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return name


MODEL = """
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.providers import Script

def make_llm(profile, otherwise: str = "Hm?", language: str = ""):
    model = ScriptedLLM(Script((), f"{otherwise} {profile.name} {language}"))
    return model
"""


def test_a_factory_of_ones_own_gets_its_options_and_the_profile(own: Path) -> None:
    name = write(own, "own_model", MODEL)
    profile = with_part("llm", {"use": f"{name}:make_llm", "otherwise": "What?"})
    check_providers(profile)
    model = make_providers(profile).llm
    assert isinstance(model, ScriptedLLM) and model.script.otherwise == "What? shop "


@pytest.mark.parametrize(
    ("source", "spec", "line"),
    [
        ("def make_llm(): ...", "make_lm", "own_{n}.py has no function 'make_lm'; did you mean 'make_llm'?"),
        ("def make(model): ...", "make", "make (own_{n}.py:1) needs the option 'model'"),
        ("def make(): return 3", "make", "make (own_{n}.py:1) returns int, not a llm.LLM or realtime.RealtimeModel"),
        ("def make():\n    raise KeyError('oh')", "make", "make (own_{n}.py:1): KeyError: 'oh' (own_{n}.py:2)"),
        ("async def make(): ...", "make", "make (own_{n}.py:1) is asynchronous or a generator"),
        ("x = 1\n1 / 0", "make", "ZeroDivisionError: division by zero (own_{n}.py:2)"),
        ("make = 7", "make", "'make' in own_{n}.py cannot be called"),
    ],
)
def test_a_wrong_factory_is_one_line_with_the_authors_line(own: Path, source: str, spec: str, line: str) -> None:
    number = abs(hash(source)) % 10**6
    name = write(own, f"own_{number}", source)
    (told,) = refused("llm", f"{name}:{spec}")
    assert line.format(n=number) in told


def test_an_option_that_a_factory_does_not_take_is_named(own: Path) -> None:
    name = write(own, "own_options", "def make(model: str = ''): ...")
    (told,) = refused("llm", {"use": f"{name}:make", "modell": "x"})
    assert "providers.llm.modell: unknown option; did you mean 'model'?" in told
    (told,) = refused("llm", {"use": f"{name}:make", "model": 4})
    assert "providers.llm.model: should be a valid string" in told


def test_a_module_that_is_not_there_is_said_to_be(own: Path) -> None:
    (told,) = refused("llm", "nowhere_at_all:make")
    assert "there is no module 'nowhere_at_all' beside the profile, in the working directory or installed" in told

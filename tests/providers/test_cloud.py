import ssl

import pytest
from livekit.plugins import deepgram, openai

from callagent.providers import cloud, make_ahead, make_providers
from callagent.providers.types import Script, Setup
from tests.providers.conftest import profile_with


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEEPGRAM_API_KEY", "CARTESIA_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "test-key")


def setup(language: str = "en-US", **options: object) -> Setup:
    return Setup(profile_with(language), options, Script())


@pytest.fixture
def deepgram_call(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    return recorded(monkeypatch, deepgram, "STT")


def recorded(monkeypatch: pytest.MonkeyPatch, plugin: object, name: str) -> dict[str, object]:
    seen: dict[str, object] = {}
    monkeypatch.setattr(plugin, name, lambda **options: seen.update(options))
    return seen


def test_deepgram_keeps_filler_words_and_expects_the_phrases(deepgram_call: dict[str, object]) -> None:
    cloud.deepgram_stt(setup())
    assert deepgram_call["filler_words"] is True
    assert deepgram_call["language"] == "en-US"
    assert deepgram_call["sample_rate"] == 8000
    assert deepgram_call["keyterm"] == ["uh-huh", "okay", "stop", "mm-hmm", "yeah", "wait", "hold on"]


def test_older_deepgram_models_get_keywords(deepgram_call: dict[str, object]) -> None:
    cloud.deepgram_stt(setup(model="nova-2-phonecall"))
    assert "keyterm" not in deepgram_call
    assert ("stop", cloud.KEYWORD_BOOST) in deepgram_call["keywords"]  # type: ignore[operator]  # a recorded object


def test_the_profiles_options_win(deepgram_call: dict[str, object]) -> None:
    cloud.deepgram_stt(setup(sample_rate=16000, filler_words=False, keyterm=["floss"], language="en-IN"))
    assert deepgram_call["filler_words"] is False
    assert deepgram_call["sample_rate"] == 16000
    assert deepgram_call["keyterm"] == ["floss"]
    assert deepgram_call["language"] == "en-IN"


def test_openai_transcription_gets_the_phrases_as_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = recorded(monkeypatch, openai, "STT")
    cloud.openai_stt(setup("de-DE"))
    assert seen["language"] == "de"
    assert "uh-huh, okay, stop" in str(seen["prompt"])


@pytest.mark.parametrize("of_environment", ["", "the environment's"])
def test_endpoint_of_ones_own_gets_no_key_but_the_profiles(
    monkeypatch: pytest.MonkeyPatch, of_environment: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", of_environment)
    seen = recorded(monkeypatch, openai, "LLM")
    cloud.openai_llm(setup(base_url="http://127.0.0.1:1/v1", model="tiny"))
    assert seen == {"base_url": "http://127.0.0.1:1/v1", "model": "tiny", "api_key": cloud.NO_KEY}
    seen.clear()
    cloud.openai_llm(setup(base_url="http://127.0.0.1:1/v1", api_key="mine"))
    assert seen["api_key"] == "mine"


async def test_every_cloud_provider_can_be_made() -> None:
    recogniser, model = cloud.deepgram_stt(setup()), cloud.openai_llm(setup(model="gpt-4.1-mini"))
    voice, spoken = cloud.cartesia_tts(setup()), cloud.openai_tts(setup(voice="ash"))
    assert (recogniser.provider, model.model) == ("Deepgram", "gpt-4.1-mini")
    assert recogniser.capabilities.streaming and voice.capabilities.streaming
    for each in (recogniser, cloud.openai_stt(setup()), voice, spoken, model):
        assert "test-key" not in repr(each)
        await each.aclose()


ENDPOINT = "http://127.0.0.1:1/v1"


class Plugin:
    """Counts those that are made."""

    count = 0

    def __init__(self, **options: object) -> None:
        self.options = options
        Plugin.count += 1


@pytest.fixture(autouse=True)
def no_plugin_made() -> None:
    Plugin.count = 0


def test_what_is_made_ahead_goes_to_one_call_alone() -> None:
    cloud.make_spare(Plugin, {"model": "a"})
    assert Plugin.count == 1
    first = cloud.take_spare(Plugin, {"model": "a"})
    assert Plugin.count == 1
    assert cloud.take_spare(Plugin, {"model": "a"}) is not first
    assert Plugin.count == 2


def test_other_options_get_a_plugin_of_their_own() -> None:
    cloud.make_spare(Plugin, {"model": "a"})
    other = cloud.take_spare(Plugin, {"model": "b"})
    assert other.options == {"model": "b"}
    assert cloud.take_spare(Plugin, {"model": "a"}) is not other
    assert Plugin.count == 2


def test_the_same_is_made_ahead_once() -> None:
    cloud.make_spare(Plugin, {"model": "twice"})
    cloud.make_spare(Plugin, {"model": "twice"})
    assert Plugin.count == 1
    cloud.take_spare(Plugin, {"model": "twice"})


def test_a_call_with_openai_reads_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {"use": "openai", "base_url": ENDPOINT}
    profile = profile_with(stt=spec, tts=spec, llm=spec)
    read: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *where, **_: read.append(where))
    make_ahead(profile)
    assert len(read) >= 3
    read.clear()
    providers = make_providers(profile)
    assert not read
    assert isinstance(providers.llm, openai.LLM)
    make_providers(profile)
    assert read

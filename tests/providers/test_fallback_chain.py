import logging
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from livekit.agents import llm, tts
from livekit.agents.llm import ChatContext
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers import Script, check_providers
from callagent.providers.keyterms import short_bias_of
from callagent.providers.making import make_member, make_part
from callagent.providers.registry import members_of
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.support.loopback import LOOPBACK, serving
from tests.support.plugins import FAKES, Install, install
from tests.support.profiles import Profiles

__all__ = ["install"]

LOCAL: dict[str, Any] = {"stt": "local", "tts": "local", "llm": "script", "vad": "silero"}
TWO_VOICES = [{"use": "acme", "voice": "a"}, {"use": "acme", "voice": "b", "sample_rate": 16000}]


def with_part(part: str, spec: object, language: str = "en-US") -> Profile:
    return profile_with(language, **{**LOCAL, part: spec})


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def acme(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme", FAKES.replace("utils.http_context.http_session()", "None"))
    monkeypatch.setenv("ACME_API_KEY", "k")


async def test_a_list_is_livekits_own_chain_in_its_order() -> None:
    profile = with_part("tts", TWO_VOICES)
    check_providers(profile)
    chain = make_part(profile, "tts", Script())
    assert isinstance(chain, tts.FallbackAdapter)
    assert (chain.sample_rate, chain.model) == (
        24000,
        make_part(with_part("tts", TWO_VOICES[0]), "tts", Script()).model,
    )


def test_each_member_gets_the_profiles_language_and_key_terms() -> None:
    profile = with_part("stt", ["acme", {"use": "acme", "model": "ears-2"}], "fr-FR")
    given = [make_member(profile, member, Script()).given for member in members_of(profile, ["stt"])]
    assert [each["model"] for each in given] == ["ears-1", "ears-2"]
    assert {each["language"] for each in given} == {"fr"}
    assert all(each["keyterms"] == list(short_bias_of(profile)) for each in given)


def test_what_differs_between_members_is_said_and_logged_at_load(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "callagent.providers"):
        notes = check_providers(with_part("tts", TWO_VOICES))
    assert notes == ("tts: the voice of acme has 16000 Hz and is resampled to 24000 Hz",)
    assert [record.__dict__["note"] for record in caplog.records] == list(notes)
    (note,) = check_providers(with_part("stt", ["acme", {"use": "acme", "streaming": False}]))
    assert note == "stt: acme gives no words before the caller has paused; while it is used the agent stops later"
    assert check_providers(with_part("tts", [{"use": "acme", "voice": "a"}, "local"])) == (
        "tts: the voice of local has 22050 Hz and is resampled to 24000 Hz",
    )


async def test_a_member_that_does_not_stream_is_given_the_profiles_detector() -> None:
    chain = make_part(with_part("stt", ["acme", {"use": "acme", "streaming": False}]), "stt", Script())
    assert chain.capabilities.streaming and not chain.capabilities.interim_results


@pytest.mark.parametrize(
    ("part", "spec", "line"),
    [
        ("tts", [TWO_VOICES[0], {"use": "acme", "voice": "b", "num_channels": 2}], "[1]: acme has 2 channels, acme 1"),
        ("tts", ["cartesia", TWO_VOICES[0]], "[0]: cartesia needs CARTESIA_API_KEY"),
        ("stt", ["local", "soniox"], "[1]: soniox is not installed: pip install livekit-plugins-soniox"),
        ("stt", ["local", {"use": "acme", "modell": "x"}], "[1].modell: unknown option; did you mean 'model'?"),
        ("stt", ["acme", "acne"], "did you mean 'acme'?"),
        ("tts", ["local", {"use": "acme", "voice": "refused"}], "[1]: livekit-plugins-acme: the key None is not valid"),
    ],
)
def test_a_member_that_cannot_be_had_is_one_line_at_its_place(part: str, spec: object, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_providers(with_part(part, spec), {})
    (told,) = str(caught.value).splitlines()
    assert line in told


async def test_the_next_model_answers_where_the_first_one_does_not() -> None:
    async def overloaded(request: web.Request) -> web.Response:
        response = web.json_response({"error": {"message": "overloaded"}}, status=503)
        response.force_close()  # the plugin's own HTTP client is never closed
        return response

    async with serving(overloaded) as port, http_context.open():
        dead = {"use": "openai", "base_url": f"http://{LOOPBACK}:{port}/v1", "api_key": "k", "max_retries": 0}
        chain = make_part(with_part("llm", [dead, "script"]), "llm", Script(otherwise="Here I am."))
        assert isinstance(chain, llm.FallbackAdapter)
        context = ChatContext.empty()
        context.add_message(role="user", content="hello")
        async with chain.chat(chat_ctx=context) as stream:
            said = [chunk.delta.content async for chunk in stream if chunk.delta and chunk.delta.content]
        await chain.aclose()
    assert "".join(said) == "Here I am."


def test_a_chain_in_a_file_names_its_lines(profiles: Profiles) -> None:
    lists = "language: en-US\ninterruption: {soft_acks: [okay], commands: [stop]}\n"
    profiles.write("x", lists + "providers:\n  stt:\n  - local\n  - {use: deepgram, modell: x, api_key: k}\n")
    with pytest.raises(ConfigError) as caught:
        check_providers(profiles.load("x"))
    place, told = str(caught.value).split(": ", 1)
    assert place == "configs/profiles/x.yaml:6"
    assert told == "providers.stt[1].modell: unknown option; did you mean 'model'?"
    profiles.write("y", lists + "providers:\n  stt: []\n  llm: [script, {model: x}]\n  vad: [silero, silero]\n")
    assert profiles.problems("y") == [
        "y.yaml:4: providers.stt: names no provider",
        "y.yaml:5: providers.llm[1]: needs the name of a provider, or a mapping with `use`",
    ]
    profiles.write("z", lists + "providers: {vad: [silero, silero]}\n")
    assert profiles.problems("z") == ["z.yaml:3: providers.vad: takes one provider, a list is for stt, llm and tts"]


def test_provider_options_are_those_of_each_member(profiles: Profiles) -> None:
    profiles.write(
        "x",
        "language: en-US\ninterruption: {soft_acks: [okay], commands: [stop]}\n"
        "provider_options: {stt: {deepgram: {model: nova-2}}}\nproviders: {stt: [local, deepgram]}\n",
    )
    first, second = profiles.load("x").providers.stt.members
    assert (first.use, first.options, second.use, second.options) == ("local", {}, "deepgram", {"model": "nova-2"})
    assert profiles.load("x").providers.model_dump()["stt"] == [
        {"use": "local"},
        {"use": "deepgram", "model": "nova-2"},
    ]


def test_no_repr_of_a_chain_shows_a_key() -> None:
    profile = with_part("stt", ["local", {"use": "deepgram", "api_key": "s3cret"}])
    assert "s3cret" not in repr(profile)

from pathlib import Path

import pytest
from livekit.agents import AgentSession

from callagent import session_options
from callagent.profile import ModelSettings, Profile, ProviderSpec
from callagent.providers import check_models, make_models
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.yaml_config import ConfigError, parse_yaml
from tests.providers.conftest import profile_with
from tests.support.plugins import FAKES, Install, install

__all__ = ["install"]


def with_model(**settings: object) -> Profile:
    model = ModelSettings.model_validate(settings)
    return profile_with().model_copy(update={"model": model})


async def test_what_the_section_says_is_what_the_session_is_made_with() -> None:
    said = with_model(max_tool_steps=7, preemptive=False, timeout="4 s", tts_timeout="2 s", retries=1)
    session: AgentSession[None] = AgentSession(**session_options(said), vad=None)
    assert session.options.max_tool_steps == 7
    assert session.options.preemptive_generation["enabled"] is False
    waits = session.conn_options
    assert (waits.llm_conn_options.timeout, waits.tts_conn_options.timeout) == (4, 2)
    assert (waits.stt_conn_options.timeout, waits.stt_conn_options.max_retry) == (10, 1)


async def test_a_profile_that_says_nothing_has_what_livekit_does_by_itself() -> None:
    session: AgentSession[None] = AgentSession(**session_options(profile_with()), vad=None)
    plain: AgentSession[None] = AgentSession(vad=None)
    assert session.options.max_tool_steps == plain.options.max_tool_steps
    assert session.options.preemptive_generation == plain.options.preemptive_generation
    assert session.conn_options == plain.conn_options


def test_an_agents_own_models_are_made_for_the_profile(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme", FAKES)
    monkeypatch.setenv("ACME_API_KEY", "k")
    chosen = {"tts": ProviderSpec.model_validate({"use": "acme", "voice": "v"}), "llm": ProviderSpec(use="script")}
    profile = profile_with("fr-FR", stt="acme", tts="acme", llm="script", vad="silero")
    made = make_models(profile, chosen, "agents.orders")
    assert set(made) == {"tts", "llm"}
    assert made["tts"].given == {"voice": "v", "language": "fr-FR"}
    assert isinstance(made["llm"], ScriptedLLM) and made["llm"].script.otherwise == "Pardon?"


def test_what_is_wrong_with_an_agents_models_stands_where_the_agent_does() -> None:
    profile = profile_with(stt="local", tts="local", llm="script", vad="silero")
    text = "agents:\n  orders:\n    llm: {use: script}\n    tts:\n      use: cartesia\n      voicee: x\n"
    profile.places.take(parse_yaml(text, "shop.yaml"), "agents")
    chosen = {"tts": ProviderSpec.model_validate({"use": "cartesia", "voicee": "x", "api_key": "k"})}
    for fails in (check_models, make_models):
        with pytest.raises(ConfigError) as caught:
            fails(profile, chosen, "agents.orders")
        assert str(caught.value) == "shop.yaml:6: agents.orders.tts.voicee: unknown option; did you mean 'voice'?"
    assert profile.providers.tts.use == "local"


def test_an_agents_function_is_looked_for_beside_the_agents_file(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("def make(): return 1\n", encoding="utf-8")
    profile = profile_with(stt="local", tts="local", llm="script", vad="silero")
    text = "agents: {orders: {llm: {use: 'beside_it:make'}}}\n"
    profile.places.take(parse_yaml(text, str(tmp_path / "shop.yaml")), "agents")
    with pytest.raises(ConfigError, match=r"agents\.orders\.llm: make .*returns int, not a llm\.LLM"):
        check_models(profile, {"llm": ProviderSpec(use="beside_it:make")}, "agents.orders")

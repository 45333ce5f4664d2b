import pytest

from callagent.profile import load_profile
from callagent.scripted_calls import CallPlan, CallScript, LevelUnavailable
from callagent.scripted_calls.levels.audio import AudioLevel
from callagent.yaml_config import ConfigError


def plan(*sets: str) -> CallPlan:
    script = CallScript.model_validate({"call": "A call", "steps": [{"agent_says": "hello"}]})
    return CallPlan(script, load_profile("en-US", sets=sets, env={}), ())


def test_a_missing_package_makes_the_level_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "callagent.scripted_calls.levels.audio.audio_level.CALLER_PACKAGES", ("no_such_voice", "no_such.model")
    )
    with pytest.raises(LevelUnavailable) as caught:
        AudioLevel().check([plan(), plan()])
    assert str(caught.value) == (
        "level audio is not available here: no_such.model, no_such_voice missing; pip install 'callagent[local]'"
    )


def test_an_unknown_provider_is_a_mistake_of_the_profile() -> None:
    with pytest.raises(ConfigError, match="there is no provider 'whisperr'"):
        AudioLevel().check([plan("providers.stt=whisperr")])

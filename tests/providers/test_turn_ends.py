"""Who ends turns, held against a profile's providers."""

from pathlib import Path
from typing import Any

import pytest

from callagent.profile import Profile
from callagent.providers import check_providers, make_providers, turn_ends, written_wrong
from callagent.yaml_config import ConfigError
from tests.providers.conftest import profile_with
from tests.support.plugins import FAKES, Install, install
from tests.support.profiles import Profiles

__all__ = ["install"]

REALTIME = {"use": "openai-realtime", "api_key": "k"}

HEARS_AND_SPEAKS = """
from livekit.agents import llm

class RealtimeModel(llm.RealtimeModel):
    def __init__(self):
        super().__init__(capabilities=llm.RealtimeCapabilities(
            message_truncation=True, turn_detection=True, user_transcription=False, auto_tool_reply_generation=True,
            audio_output=True, manual_function_calls=False, can_disable_turn_detection=True))

    def session(self, **options):
        raise NotImplementedError

    async def aclose(self):
        pass
"""


def ended_by(by: str, **providers: object) -> Profile:
    parts: dict[str, Any] = {"stt": "local", "tts": "local", "vad": "silero", "llm": "script", **providers}
    profile = profile_with(**parts)
    return profile.model_copy(update={"endpointing": profile.endpointing.model_copy(update={"by": by})})


def refused(profile: Profile) -> str:
    with pytest.raises(ConfigError) as caught:
        check_providers(profile, {})
    return str(caught.value)


def test_realtime_needs_a_realtime_model() -> None:
    line = "endpointing.by: realtime needs a realtime model, and providers.llm is script: use vad, stt, model or manual"
    assert refused(ended_by("realtime")) == f"shop: {line}"
    wrong, _ = written_wrong(ended_by("realtime"))
    assert [f"{each.key}: {each.message}" for each in wrong] == [line]


def test_the_line_of_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = Profiles(tmp_path, monkeypatch)
    profiles.minimal("x", "providers: local\nendpointing:\n  min_delay: 300 ms\n  by: realtime")
    with pytest.raises(ConfigError, match=r"x\.yaml:\d+: endpointing\.by: realtime needs a realtime model") as caught:
        check_providers(profiles.load("x"), {})
    (problem,) = caught.value.problems
    assert Path(problem.file).read_text().splitlines()[(problem.line or 0) - 1] == "  by: realtime"


def test_a_recogniser_cannot_end_the_turns_of_a_realtime_model(install: Install) -> None:
    assert "endpointing.by: stt cannot end the turns of a realtime model" in refused(ended_by("stt", llm=REALTIME))
    install("speaker", HEARS_AND_SPEAKS)
    assert "stt cannot end the turns of a realtime model (speaker)" in refused(ended_by("stt", llm="speaker"))


@pytest.mark.parametrize("model", [REALTIME, "speaker"])
def test_with_realtime_the_gate_is_said_to_be_out(install: Install, model: object) -> None:
    install("speaker", HEARS_AND_SPEAKS)
    assert check_providers(ended_by("realtime", llm=model), {}) == (
        "endpointing.by: the model's server decides when a turn is over and what stops the agent: the gate does not",
    )


def test_a_function_of_ones_own_is_asked_for_what_it_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "from callagent.providers import Script\nfrom callagent.providers.local.scripted_llm import ScriptedLLM\n"
    (tmp_path / "turn_ends_models.py").write_text(f"{source}def make():\n    return ScriptedLLM(Script())\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "realtime needs a realtime model" in refused(ended_by("realtime", llm="turn_ends_models:make"))


def test_a_recogniser_that_never_tells_of_an_end_is_refused(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_API_KEY", "k")
    install("mute_ears", FAKES)
    told = refused(ended_by("stt", stt="mute_ears"))
    assert told == "shop: endpointing.by: mute_ears never tells that speech has ended: use vad, model or manual"


def test_a_recogniser_that_tells_of_the_end_is_taken(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_API_KEY", "k")
    install("keen_ears", f"{FAKES}\nTOLD = stt.SpeechEventType.END_OF_SPEECH\n")
    assert check_providers(ended_by("stt", stt="keen_ears"), {}) == ()
    assert check_providers(ended_by("stt", stt="local"), {}) == ()


def test_a_model_that_is_not_installed_is_named_and_a_pause_ends_the_turn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(turn_ends, "is_installed", lambda: False)

    def fails() -> None:
        raise ImportError("no module named livekit.local_inference")

    monkeypatch.setattr(turn_ends, "load_turn_model", fails)
    turn_ends._loaded.cache_clear()
    line = (
        "endpointing.by: model needs the package livekit-local-inference: pip install livekit-local-inference; "
        "without it a pause ends a turn, as with vad"
    )
    profile = ended_by("model")
    try:
        assert check_providers(profile, {}) == (line,)
        assert written_wrong(profile) == ([], [line])
        caplog.clear()
        assert turn_ends.make_turn_model(profile) is None
        assert turn_ends.make_turn_model(profile) is None
        assert len(caplog.records) == 1
    finally:
        turn_ends._loaded.cache_clear()


def test_only_a_profile_that_uses_the_model_has_it_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_ends, "load_turn_model", lambda: pytest.fail("loaded"))
    turn_ends._loaded.cache_clear()
    assert make_providers(ended_by("vad")).turn_model is None

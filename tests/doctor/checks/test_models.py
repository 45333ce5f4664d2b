import pytest

from callagent.doctor.checks import models
from callagent.doctor.checks.models import check_models
from callagent.providers.local.moonshine.installation import Unusable
from tests.doctor.patients import subject
from tests.support.plugins import FAKES, Install, install

__all__ = ["install"]

A_CHAIN = ("providers.tts=[local, {use: acme, voice: v}]",)


@pytest.mark.blocks_loop(reason="livekit lets only the main thread import plugins")
async def test_the_plugins_that_are_installed_and_the_chosen_ones_are_told(install: Install) -> None:
    install("acme", FAKES)
    finding = await check_models(subject(sets=A_CHAIN))
    assert finding.state == "ok"
    assert "stt local, llm script, tts local, then acme, vad silero" in finding.found
    assert "the voice of local has 22050 Hz and is resampled to 24000 Hz" in finding.found
    installed = finding.found.rpartition("livekit plugins installed: ")[2].split(", ")
    assert {"acme", "cartesia", "deepgram", "openai", "silero"} <= set(installed)


@pytest.mark.blocks_loop(reason="livekit lets only the main thread import plugins")
@pytest.mark.parametrize(
    ("interims", "broken", "told"),
    [
        ("whisper", True, "; local recognises with Whisper; "),
        ("moonshine", False, "; local recognises with Whisper, interims with Moonshine; "),
        ("moonshine", True, "; local recognises with Whisper alone, Moonshine cannot be used: no such file; "),
    ],
)
async def test_the_local_recognisers_are_told(
    interims: str, broken: bool, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_weights() -> None:
        if broken:
            raise Unusable("no such file")

    monkeypatch.setattr(models, "find_weights", find_weights)
    finding = await check_models(subject(sets=(f"providers.stt={{use: local, interims: {interims}}}",)))
    assert finding.state == "ok"
    assert told in finding.found


@pytest.mark.blocks_loop(reason="livekit lets only the main thread import plugins")
@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("providers.tts=elevenlabs", "elevenlabs is not installed: pip install livekit-plugins-elevenlabs"),
        ("providers.stt=acme", "Acme API key is required"),
        ("providers.llm='nowhere_at_all:make'", "there is no module 'nowhere_at_all'"),
    ],
)
async def test_what_is_missing_is_told_with_what_brings_it(setting: str, found: str, install: Install) -> None:
    install("acme", FAKES)
    finding = await check_models(subject(sets=(setting,)))
    assert (finding.state, found in finding.found) == ("failed", True)


async def test_who_ends_turns_is_told_and_who_cannot_is_a_failure() -> None:
    finding = await check_models(subject(sets=("endpointing.by=model",)))
    assert "vad silero, turns end by model" in finding.found
    finding = await check_models(subject(sets=("endpointing.by=realtime",)))
    assert "endpointing.by: realtime needs a realtime model" in finding.found

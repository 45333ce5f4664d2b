import shutil

import numpy as np
import pytest

from callagent.audio import level_dbfs
from callagent.scripted_calls.run import caller_audio as module
from callagent.scripted_calls.run.caller_audio import PROGRAM, check_voice, espeak, is_english, render
from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.script.caller import Speech

needs_espeak = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not installed")


@pytest.fixture(autouse=True)
def fresh_voices() -> None:
    module._voice.cache_clear()


@needs_espeak
@pytest.mark.parametrize(
    ("text", "language"),
    [("Ja, genau.", "de-DE"), ("Ándele.", "es-MX"), ("なるほど。", "ja-JP"), ("ठीक है।", "hi-IN"), ("Tá bom.", "pt-BR")],
)
async def test_other_languages_are_spoken(text: str, language: str) -> None:
    samples = await render(Speech(text), language)
    assert samples.dtype == np.int16
    assert 0.3 < samples.size / 8000 < 2.0
    assert -32 < level_dbfs(samples) < -15


@needs_espeak
def test_the_same_words_sound_the_same() -> None:
    assert espeak("Attendez.", "fr-FR") is espeak("Attendez.", "fr-FR")


@needs_espeak
def test_a_language_that_nobody_speaks_is_told() -> None:
    with pytest.raises(LevelUnavailable, match="espeak-ng has no voice for xx-XX"):
        check_voice("xx-XX")


def test_without_espeak_the_level_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LevelUnavailable, match="a caller who speaks de-DE needs espeak-ng: apt-get install espeak-ng"):
        check_voice("de-DE")


def test_english_needs_nothing_besides_the_local_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    check_voice("en-GB")
    assert is_english("en-US") and not is_english("es-MX")

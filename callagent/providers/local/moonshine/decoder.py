"""Moonshine through onnxruntime: samples to words, blocking, on one thread."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from callagent.providers.local.moonshine.installation import DECODER, ENCODER, VOCABULARY, Unusable, find_weights
from callagent.providers.local.moonshine.phrase_bias import BiasedText, Logits, PhraseBias
from callagent.providers.local.moonshine.tokenizer import END, START, Tokenizer
from callagent.providers.local.onnx_session import ERRORS, one_thread_session
from callagent.providers.local.whisper.transcript import Heard

SAMPLE_RATE: Final = 16_000
"""Samples per second that the model was trained on."""

SILENCE_BEHIND_S: Final = 0.15
"""Seconds of silence behind the audio. Without them the last word is left out until more has been said: a command is
there at 0.53 s instead of 0.29 s (measured)."""

TOKENS_PER_SECOND: Final = 5
"""Most tokens for a second of audio, besides `SPARE_TOKENS`: the model goes round in loops over noise."""

SPARE_TOKENS: Final = 4

SHORTEST_S: Final = 0.1
"""Seconds of audio below which there is nothing to recognise."""

_log = logging.getLogger("callagent.providers")


class Moonshine:
    """Moonshine tiny-en in int8. A pass takes some 30 ms; passes of several calls may run side by side.

    `works` is set to False by whoever sees a pass fail: the others need not see it, too.
    """

    def __init__(self, folder: Path) -> None:
        self.works = True
        self.tokenizer = Tokenizer.read(folder / VOCABULARY)
        self._encoder = one_thread_session(folder / ENCODER)
        self._decoder = one_thread_session(folder / DECODER)
        self._past = {
            value.name: np.zeros((1, value.shape[1], 0, value.shape[3]), np.float32)
            for value in self._decoder.get_inputs()
            if value.name.startswith("past_key_values.")
        }
        self._own = [name for name in self._past if ".decoder." in name]

    def transcribe(self, samples: npt.NDArray[np.float32], bias: PhraseBias) -> Heard | None:
        """Return the likeliest words in mono samples at `SAMPLE_RATE`, None for none. Raise one of `ERRORS`.

        The confidence is exp(mean log-probability of the tokens), the bias included: 0 to 1. It tells nothing about
        whether anybody spoke: the model writes words over coughs and is sure of them.
        """
        seconds = samples.size / SAMPLE_RATE
        if seconds < SHORTEST_S:
            return None
        padded = np.pad(samples, (0, round(SILENCE_BEHIND_S * SAMPLE_RATE)))[np.newaxis]
        (hidden,) = self._encoder.run(None, {"input_values": padded, "attention_mask": np.ones(padded.shape, np.int64)})
        tokens, mean = self._decode(hidden, bias.text(), int(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS)
        text = self.tokenizer.decode(tokens)
        return Heard(text, float(np.exp(min(0.0, mean)))) if text else None

    def _decode(self, hidden: Any, text: BiasedText, most: int) -> tuple[list[int], float]:
        """Return the tokens and the mean of their log-probabilities."""
        feeds: dict[str, Any] = {
            "encoder_attention_mask": np.ones(hidden.shape[:2], np.int64),
            "encoder_hidden_states": hidden,
            **self._past,
        }
        token, total = START, 0.0
        tokens: list[int] = []
        for step in range(most):
            feeds["input_ids"] = np.array([[token]], np.int64)
            feeds["use_cache_branch"] = np.array([step > 0])
            logits, *present = self._decoder.run(None, feeds)
            known = dict(zip(self._past, present, strict=True))
            feeds.update(known if step == 0 else {name: known[name] for name in self._own})
            token, probability = _likeliest(text.boost(logits[0, -1]))
            total += probability
            if token == END:
                return tokens, total / (step + 1)
            tokens.append(token)
            text.take(token)
        return tokens, total / most


def _likeliest(logits: Logits) -> tuple[int, float]:
    """Return the likeliest token and its log-probability."""
    best = int(logits.argmax())
    return best, -float(np.log(np.exp(logits - logits[best]).sum()))


@lru_cache(maxsize=1)
def load_moonshine() -> Moonshine | None:
    """Return the packaged English model (tiny-en), loaded once per process and tried on a second of silence.

    None where it cannot be used, which the log says once. Blocks for a second the first time.
    """
    try:
        moonshine = Moonshine(find_weights())
        moonshine.transcribe(np.zeros(SAMPLE_RATE, np.float32), PhraseBias((), (), moonshine.tokenizer.encode))
    except (Unusable, *ERRORS) as error:
        _log.warning("Moonshine cannot be used, Whisper does the interims, too", extra={"error": str(error)})
        return None
    return moonshine


@lru_cache(maxsize=16)
def bias_for(moonshine: Moonshine, acks: tuple[str, ...], commands: tuple[str, ...]) -> PhraseBias:
    """Return the phrases of a profile for the model, made once per process. Blocks for a tenth of a second."""
    return PhraseBias(acks, commands, moonshine.tokenizer.encode)

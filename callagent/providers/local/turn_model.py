"""livekit's end-of-turn model on this machine (`livekit-local-inference`): it hears how a sentence was said.

One model for the process, 240 MB, which each call asks in a thread; the loop of a call never waits for it.
"""

import asyncio
from collections import deque
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt
import soxr
from livekit import rtc
from livekit.agents import LanguageCode, inference

PACKAGE = "livekit-local-inference"

RATE_HZ = 16_000
"""What the model takes."""

WINDOW_S = 1.2
"""What the model takes at most, with the silence at its end (`livekit.local_inference.EOT_MAX_SAMPLES`)."""

SILENCE_S = 0.2
"""Silence with which livekit-agents asks the model (`MIN_SILENCE_DURATION_MS`), so that it knows no longer one."""

KEPT_S = WINDOW_S + 5.0
"""Audio that is kept of a call: the window, and the longest `vad.min_silence`."""


def is_installed() -> bool:
    """Tell whether the package is there; import nothing."""
    try:
        return find_spec("livekit.local_inference") is not None
    except ModuleNotFoundError:
        return False


def load_turn_model() -> None:
    """Load the model into this process; a second time nothing happens. Blocks for a second or so.

    Raises:
        ImportError: the package is missing, or is not for this machine.
        RuntimeError: the model cannot be loaded.
    """
    from livekit.local_inference import init_eot

    init_eot()


class LocalTurnModel:
    """The model as one call uses it. It must have been loaded.

    Args:
        language: BCP 47 tag of what is spoken; the model has a threshold for each.
    """

    def __init__(self, language: str) -> None:
        from livekit.local_inference import EOT

        self._model = EOT()
        self._language = LanguageCode(language)
        self._thresholds = inference.TurnDetector(version="v1-mini")
        self._heard: deque[npt.NDArray[np.int16]] = deque()
        self._samples = 0
        self._rate = RATE_HZ

    @property
    def name(self) -> str:
        """Name in metrics."""
        return self._thresholds.model

    @property
    def kept_s(self) -> float:
        """Seconds of audio that are kept."""
        return self._samples / self._rate

    async def threshold(self) -> float:
        """Return livekit's own for the language."""
        threshold = await self._thresholds.unlikely_threshold(self._language)
        assert threshold is not None, "the local model has a default for every language"
        return threshold

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Keep the newest audio of the caller; of several channels the first."""
        samples = np.frombuffer(frame.data, np.int16)[:: frame.num_channels]
        if frame.sample_rate != self._rate:
            self.forget()
            self._rate = frame.sample_rate
        self._heard.append(samples)
        self._samples += samples.size
        while self._samples - self._heard[0].size > KEPT_S * self._rate:
            self._samples -= self._heard.popleft().size

    async def probability(self, silence: float) -> float:
        """Ask the model, in a thread, about what has been heard up to now."""
        return await asyncio.to_thread(self._ask, self._window(silence), self._rate)

    def forget(self) -> None:
        """Forget what has been heard."""
        self._heard.clear()
        self._samples = 0

    def _window(self, silence: float) -> npt.NDArray[np.int16]:
        """Return the end of what was heard, without what the model does not need of the silence."""
        heard = np.concatenate([*self._heard, np.zeros(0, np.int16)])
        unneeded = round(max(0.0, silence - SILENCE_S) * self._rate)
        spoken = heard[: max(0, heard.size - unneeded)]
        return spoken[max(0, spoken.size - round(WINDOW_S * self._rate)) :]

    def _ask(self, window: npt.NDArray[np.int16], rate: int) -> float:
        wide = window if rate == RATE_HZ else soxr.resample(window, rate, RATE_HZ)
        return float(self._model.predict(wide[-round(WINDOW_S * RATE_HZ) :]))

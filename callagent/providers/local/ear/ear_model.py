"""The ear: from the frames of Whisper's encoder to what the caller's sound is. Blocking, about a millisecond."""

import hashlib
import importlib.resources
import logging
from functools import lru_cache
from typing import Any, Final

import numpy as np

from callagent.providers.local.onnx_session import ERRORS, one_thread_session
from callagent.turns.gate.events import Impression

MODEL: Final = "ear.onnx"

CHECKSUM: Final = "75788761b8e149ec66df85f93aa879d858a41c059c68ef04c1558774d00ac7a8"
"""SHA-256 of the model; `scripts/bench train-ear` prints it."""

FRAMES_PER_SECOND: Final = 50
"""Frames of the encoder for a second of audio."""

FRAMES_BEHIND: Final = 4
"""Frames behind the audio that are looked at: silence, by which the ear knows where it ends."""

MOST_FRAMES: Final = 168
"""Frames that it was trained with at most; of longer speech it hears the first."""

_log = logging.getLogger("callagent.providers")


class EarModel:
    """The model from the bytes of its file, on one thread; `scripts/bench train-ear` makes it.

    Raise one of `ERRORS` for bytes that are no such model. `works` becomes False when it fails: it is asked no more.
    """

    def __init__(self, model: bytes) -> None:
        self._session = one_thread_session(model)
        self.works = True

    def listen(self, encoded: Any, seconds: float, speech: float) -> Impression | None:
        """Return what the sound is; None where the model fails, which the log says once.

        encoded: the encoder's output, [1, time, values], of `seconds` of audio with `speech` seconds of speech in it.
        """
        if not self.works:
            return None
        count = min(round(seconds * FRAMES_PER_SECOND) + FRAMES_BEHIND, MOST_FRAMES)
        try:
            frames = np.array(encoded, np.float32)[:, :count]
            (chances,) = self._session.run(None, {"frames": frames, "speech": np.array([speech], np.float32)})
            acknowledgement, command, _, noise = chances[0].tolist()
        except ERRORS as error:
            self.works = False
            _log.warning("the ear failed, words alone decide from now on", extra={"error": str(error)})
            return None
        return Impression(acknowledgement, command, noise)


@lru_cache(maxsize=1)
def load_ear() -> EarModel | None:
    """Return the packaged ear, loaded once per process; None where it cannot be used, which the log says once."""
    try:
        model = (importlib.resources.files(__package__) / MODEL).read_bytes()
        if hashlib.sha256(model).hexdigest() != CHECKSUM:
            raise ValueError(f"{MODEL} is not the file of this version, its checksum is another")
        return EarModel(model)
    except (OSError, *ERRORS) as error:
        _log.warning("the ear cannot be used, words alone decide", extra={"error": str(error)})
        return None

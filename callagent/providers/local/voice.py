"""The caller's voice of a simulated call: a phrase as 8 kHz samples."""

import numpy as np
import numpy.typing as npt


def speech(text: str) -> npt.NDArray[np.int16]:
    """Speak `text`: mono int16 samples at 8 kHz, no silence before or after. Blocks; cached per text."""
    raise NotImplementedError

"""Interims by Moonshine, finals by Whisper, which does both where Moonshine fails. Blocking."""

import logging
from collections.abc import Sequence

from callagent.providers.local.moonshine.decoder import Moonshine
from callagent.providers.local.moonshine.phrase_bias import UNMISTAKABLE, PhraseBias
from callagent.providers.local.onnx_session import ERRORS
from callagent.providers.local.whisper.passes import resampled
from callagent.providers.local.whisper.stream import Passes
from callagent.providers.local.whisper.transcript import Heard, cleaned, folded, key_words, occurrences
from callagent.providers.local.whisper.utterance import Samples

_log = logging.getLogger("callagent.providers")


class MoonshineInterims:
    """Passes for one profile: `bias` are its phrases, `commands` those that stop the agent."""

    def __init__(self, moonshine: Moonshine, bias: PhraseBias, commands: Sequence[str], whisper: Passes) -> None:
        self._moonshine = moonshine
        self._bias = bias
        self._unmistakable, self._doubtful = _divided(commands)
        self._whisper = whisper

    def interim(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said so far."""
        if not self._moonshine.works:
            return self._whisper.interim(audio, sample_rate, speech)
        try:
            best = self._moonshine.transcribe(resampled(audio, sample_rate), self._bias)
        except ERRORS as error:
            self._moonshine.works = False
            _log.warning("Moonshine failed, Whisper does the interims from now on", extra={"error": str(error)})
            return self._whisper.interim(audio, sample_rate, speech)
        text = folded(cleaned(best.text), speech) if best is not None else ""
        if best is None or not text:
            return None
        words = key_words(text)
        firm = any(occurrences(command, words) for command in self._unmistakable)
        doubtful = tuple(command for command in self._doubtful if occurrences(command, words))
        return Heard(text, best.confidence, firm, doubtful)

    def final(self, audio: Samples, sample_rate: int, speech: float) -> Heard | None:
        """Return what was said, None when it was no speech."""
        return self._whisper.final(audio, sample_rate, speech)


def _divided(commands: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands that are unmistakable, and the others, as words without marks."""
    spelt = {command: " ".join(key_words(command)) for command in commands}
    firm = tuple(words for command, words in spelt.items() if command in UNMISTAKABLE)
    return firm, tuple(words for words in spelt.values() if words and words not in firm)

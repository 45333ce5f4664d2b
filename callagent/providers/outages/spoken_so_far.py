"""How much of a text a voice has said, by its sound and its words' times."""

import asyncio
import re
from collections.abc import Iterable
from typing import Final

from livekit.agents.utils import is_given
from livekit.agents.voice.io import TimedString

SLOW_CHARACTERS: Final = 11.0
"""Characters a second of a slow voice. A voice that gives no times of its words may be further than that; some of what
it has said is then said again, and nothing is left out."""

SLOW_SYLLABLES: Final = 5.0
"""The same of scripts without spaces, of which a character is a syllable or more."""

_ENDS = re.compile(r"[.!?\u2026][\"\u201d\u2019\u00bb)\]]*\s+|[\u3002\uff01\uff1f\u0964]\s*|\n+")
_CLAUSE_ENDS = re.compile(r"[.!?\u2026,;:][\"\u201d\u2019\u00bb)\]]*\s+|[\u3002\uff01\uff1f\u0964\u3001\uff0c]\s*|\n+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class SpokenSoFar:
    """What has come of a voice.

    Attributes:
        seconds: of its sound.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0
        self._words: list[TimedString] = []

    def add(self, seconds: float, words: Iterable[TimedString]) -> None:
        """Take more sound, and the times of words where the voice gives some."""
        if not self.seconds:
            self._began = asyncio.get_running_loop().time()
        self.seconds += seconds
        self._words += words

    def ahead(self) -> float:
        """Return the seconds of sound that cannot have been heard yet."""
        return max(0.0, self.seconds - (asyncio.get_running_loop().time() - self._began)) if self.seconds else 0.0

    def resume_at(self, text: str) -> int:
        """Return the character at which another voice goes on: where the clause begins that broke off, or the sentence
        where the place in it is not known.
        """
        if self._words:
            heard = sum(len(word) for word in self._words if is_given(word.end_time) and word.end_time <= self.seconds)
            return _last_end(_CLAUSE_ENDS, text, heard)
        rate = SLOW_SYLLABLES if _DENSE.search(text) else SLOW_CHARACTERS
        return _last_end(_ENDS, text, int(self.seconds * rate))


def sentence_ends(text: str) -> bool:
    """Tell whether there is a whole sentence, which a voice can say without waiting for more."""
    return _ENDS.search(text) is not None


def _last_end(ends: re.Pattern[str], text: str, heard: int) -> int:
    return max((end.end() for end in ends.finditer(text) if end.end() <= heard), default=0)

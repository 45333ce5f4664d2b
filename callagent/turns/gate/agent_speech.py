"""What the agent is saying, as far as the gate must know it: for its echo, and for questions that await an answer."""

from collections import deque

from callagent.phrases import tokens
from callagent.turns.gate.questions import NO_PATTERNS, Questions, Sentence

FASTEST_RATE, SLOWEST_RATE = 20.0, 13.0
"""Characters a second. Voices speak at 13 to 17: a question counts as begun early rather than late,
and what is said after it as ended late rather than early."""

ECHO_MEMORY_S = 4.0
"""Seconds for which what the agent said may still come back as echo."""

KANA_LENGTH, HAN_LENGTH = 1.25, 1.75
"""Letters of other scripts that a kana, and a Chinese character, take the time of at least."""

_MAX_CHARACTERS = 8000


class AgentSpeech:
    """The text of the current speech, when it began to sound, and where its questions begin and end.

    A question awaits an answer until the agent has gone on for a full sentence that asks nothing, or has fallen silent.
    """

    def __init__(self, questions: Questions = NO_PATTERNS) -> None:
        self._questions = questions
        self._text = ""
        self._began: float | None = None
        self._words: deque[tuple[float, str]] = deque(maxlen=400)
        self._known: tuple[str, list[Sentence]] = ("", [])

    def add(self, at: float, text: str) -> None:
        """Note a piece of text that is going to be said."""
        self._text = (self._text + text)[-_MAX_CHARACTERS:]
        self._words.extend((at, word) for word in tokens(text))

    def sounding(self, at: float) -> None:
        """Note that the agent's audio has begun."""
        if self._began is None:
            self._began = at

    def ended(self) -> None:
        """Note that the agent has fallen silent: the next text is a new speech."""
        self._text = ""
        self._began = None

    def question_by(self, at: float) -> bool:
        """Tell whether at time `at` a question may await its answer."""
        if self._began is None:
            return False
        reached, certain = (at - self._began) * FASTEST_RATE, (at - self._began) * SLOWEST_RATE
        awaited = False
        length, end = 0.0, 0
        for sentence in self._sentences():
            length += _length(self._text[end : sentence.start])
            if length > reached:
                break
            length += _length(self._text[sentence.start : sentence.end])
            end = sentence.end
            if sentence.asks:
                awaited = True
            elif sentence.full and length <= certain:
                awaited = False
        return awaited

    def _sentences(self) -> list[Sentence]:
        if self._known[0] != self._text:
            self._known = (self._text, self._questions.sentences(self._text))
        return self._known[1]

    def echoes(self, text: str, at: float) -> bool:
        """Tell whether every word of `text` is one that the agent said just now, in the same order."""
        words = tokens(text)
        recent = iter(word for said, word in self._words if at - said <= ECHO_MEMORY_S + len(self._text) / FASTEST_RATE)
        return bool(words) and all(any(word == other for other in recent) for word in words)


def _length(text: str) -> float:
    """Return characters of `text`, each as long as it takes to say."""
    if text.isascii():
        return len(text)
    kana = sum("\u3040" <= c <= "\u30ff" for c in text)
    return len(text) + kana * (KANA_LENGTH - 1) + sum("\u3400" <= c <= "\u9fff" for c in text) * (HAN_LENGTH - 1)

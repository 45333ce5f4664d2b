"""What the agent is saying, as far as the gate must know it: for its echo, and for questions that await an answer."""

from collections import deque

from callagent.turns.normalise import tokens

FASTEST_RATE = 20.0
"""Characters a second. Voices speak at 13 to 17; the fast end makes a question count as asked early, not late."""

ECHO_MEMORY = 4.0
"""Seconds for which what the agent said may still come back as echo."""

_QUESTION_MARKS = frozenset("?？؟;")  # noqa: RUF001 - full-width, Arabic and Greek question marks
_SENTENCE_ENDS = frozenset(".!?。！？؟।\n")  # noqa: RUF001
_MAX_CHARACTERS = 8000


class AgentSpeech:
    """The text of the current speech, when it began to sound, and where its questions begin."""

    def __init__(self) -> None:
        self._text = ""
        self._began: float | None = None
        self._words: deque[tuple[float, str]] = deque(maxlen=400)

    def add(self, at: float, text: str) -> None:
        """A piece of text that is going to be said."""
        self._text = (self._text + text)[-_MAX_CHARACTERS:]
        self._words.extend((at, word) for word in tokens(text))

    def sounding(self, at: float) -> None:
        """The agent's audio has begun."""
        if self._began is None:
            self._began = at

    def ended(self) -> None:
        """The agent has fallen silent: the next text is a new speech."""
        self._text = ""
        self._began = None

    def question_by(self, at: float) -> bool:
        """Whether a question of this speech may have begun to sound by time `at`."""
        if self._began is None:
            return False
        reached = (at - self._began) * FASTEST_RATE
        start = 0
        for index, character in enumerate(self._text):
            if character in _QUESTION_MARKS and start <= reached:
                return True
            if character in _SENTENCE_ENDS:
                start = index + 1
        return False

    def echoes(self, text: str, at: float) -> bool:
        """Whether every word of `text` is one that the agent said just now, in the same order."""
        words = tokens(text)
        recent = iter(word for said, word in self._words if at - said <= ECHO_MEMORY + len(self._text) / FASTEST_RATE)
        return bool(words) and all(any(word == other for other in recent) for word in words)

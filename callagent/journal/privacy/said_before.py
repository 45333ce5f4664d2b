"""What each side has said just before: a number may have begun there, and a question tells what an answer is."""

from typing import Final

from callagent.sanitise.redaction.clues import asked_for

LONGEST_BEFORE: Final = 120
"""Characters of what was said before in which a number may begin."""

LONGEST_QUESTION: Final = 400
"""Characters of what the agent said last in which words are looked for that say what it asks for."""

ANSWER_S: Final = 60.0
"""Seconds within which what a caller says may be the answer to a question."""

MARKS: Final = " .,;:!?…-\n"
"""What may stand at the end of words that go on."""


class SaidBefore:
    """Knows the last words of each side, by the kind of line that has them.

    Args:
        together_s: within how many seconds pieces follow each other.
    """

    def __init__(self, together_s: float) -> None:
        self._together_s = together_s
        self._last: dict[str, tuple[str, float]] = {}
        self._asked, self._asked_at = "", 0.0
        self._clue: str | None = ""

    def asks(self, text: str, at: float) -> None:
        """Take what the agent has said."""
        self._asked, self._asked_at, self._clue = text[-LONGEST_QUESTION:], at, None

    def clue(self, side: str, at: float) -> str:
        """Return the words of the agent's last question that say what the caller's answer is."""
        if side == "assistant" or not 0 <= at - self._asked_at <= ANSWER_S:
            return ""
        if self._clue is None:
            self._clue = asked_for(self._asked)
        return self._clue

    def said(self, side: str, text: str, at: float) -> None:
        """Take words of a side that are over."""
        self._last[side] = f"{self.piece(side, at)}{text}"[-LONGEST_BEFORE:], at

    def piece(self, side: str, at: float) -> str:
        """Return what the side has said just before, up to what it says now."""
        text, since = self._last.get(side, ("", at))
        return f"{text.rstrip(MARKS)} " if text and at - since <= self._together_s else ""

    def stream(self, side: str, text: str, at: float) -> str:
        """Take a piece of a text that comes in pieces; return what has come of it before."""
        before, since = self._last.get(side, ("", at))
        before = before if at - since <= self._together_s else ""
        self._last[side] = f"{before}{text}"[-LONGEST_BEFORE:], at
        if side == "AgentText":
            self._asked, self._asked_at, self._clue = f"{before}{text}"[-LONGEST_QUESTION:], at, None
        return before

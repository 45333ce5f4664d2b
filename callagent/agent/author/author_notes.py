"""What an author notes of a call, on its way into the record; nothing of it is in a log."""

import logging
from typing import Any, Protocol

from callagent.sanitise import shortened

LONGEST_NOTE = 2_000
"""Characters of one note."""

MOST_NOTES = 500
"""Notes of one call; a function that notes in a loop fills no disk."""

_log = logging.getLogger("callagent.agent")


class Recorder(Protocol):
    """What keeps the record of a call."""

    error: str | None

    @property
    def reason(self) -> Any:
        """How the call has ended; None while it goes on."""
        ...

    def author_note(self, text: str) -> None:
        """Keep something that the author of the agent wants to be known of the call."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Return what is known of the call, as JSON types."""
        ...


class NoRecord:
    """Nothing is kept."""

    error: str | None = None
    reason: str | None = None

    def author_note(self, text: str) -> None:
        """Forget it."""

    def as_dict(self) -> dict[str, Any]:
        """Return nothing."""
        return {}


class AuthorNotes:
    """Hands notes on to the record of a call, cut, and no more than it has room for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._count = 0

    def add(self, text: str) -> None:
        """Take a note. That there are too many is logged once."""
        self._count += 1
        if self._count <= MOST_NOTES:
            self._recorder.author_note(shortened(text, LONGEST_NOTE))
        elif self._count == MOST_NOTES + 1:
            _log.warning("a call has more notes than are kept", extra={"most": MOST_NOTES})

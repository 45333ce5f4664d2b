"""Whether more of a dictation is to be expected: the rule that decides how long a pause ends the caller's turn."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal

from callagent.phrases import QUESTION_MARKS, tokens
from callagent.turns.endpointing.dates import date_unfinished
from callagent.turns.endpointing.numbers import number_unfinished
from callagent.turns.endpointing.said import Said
from callagent.turns.endpointing.spelling import email_unfinished, spelling_unfinished
from callagent.turns.endpointing.vocabulary import asks

Kind = Literal["number", "spelling", "date", "email"]
"""What is dictated with pauses."""


def no_reaction(text: str) -> bool:
    """Take every text for a possible name."""
    return False


class Dictation:
    """The rule for one locale (BCP 47 tag): pure, from the transcript so far and the agent's question alone.

    Args:
        locale: whose words and telephone numbers are understood.
        kinds: what is waited for.
        hesitations: sounds that stand for nothing ("uh"), as the profile lists them.
        is_reaction: whether a text is an acknowledgement or a command, and so never the beginning of an address.
    """

    def __init__(
        self,
        locale: str,
        kinds: Collection[Kind],
        *,
        hesitations: Iterable[str] = (),
        is_reaction: Callable[[str], bool] = no_reaction,
    ) -> None:
        self._locale = locale
        self._kinds = frozenset(kinds)
        self._hesitations = frozenset(
            word for sound in hesitations if len(tokens(sound)) == 1 for word in tokens(sound)
        )
        self._is_reaction = is_reaction

    def unfinished(self, text: str, question: str = "") -> Kind | None:
        """Return what the turn so far is an unfinished part of; None where a pause ends it.

        Args:
            text: the transcript of the turn so far.
            question: what the agent said last.
        """
        said = Said.of(text, question, self._locale, self._hesitations)
        if not said.words or (text.rstrip().endswith(tuple(QUESTION_MARKS)) and not said.is_all_signs):
            return None
        if said.about(said.vocabulary.email_asked):
            return self._if("email", email_unfinished(said, self._is_reaction))
        if said.about(said.vocabulary.birth_asked) or asks(said.vocabulary.date_asked, said.question):
            return self._if("date", date_unfinished(said))
        return (
            self._if("date", date_unfinished(said))
            or self._if("email", email_unfinished(said, self._is_reaction))
            or self._if("spelling", spelling_unfinished(said))
            or self._if("number", number_unfinished(said))
        )

    def _if(self, kind: Kind, unfinished: bool) -> Kind | None:
        return kind if unfinished and kind in self._kinds else None

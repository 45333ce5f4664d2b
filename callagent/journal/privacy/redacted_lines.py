"""Personal data is in no journal: masked by the profile's policy before anybody who reads the log gets a line.

A number may come in pieces, over several transcripts or turns, as words that still grow, and key by key; what the other
side has asked tells what it is. What has been written cannot be taken back, so that of what may become a card's number
only the first digits are written, those of the bank, and of what may become another one no more than half.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from callagent.journal.events import (
    AgentKeys,
    AgentWords,
    AuthorNote,
    CallEnded,
    CallerAudible,
    CallerHeard,
    CallerKeys,
    GateDecided,
    Note,
    StateChanged,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.journal.operator.operator_events import OperatorOrder
from callagent.journal.privacy.private_tasks import NOT_KEPT
from callagent.journal.privacy.said_before import SaidBefore
from callagent.sanitise.redaction import Redaction, without_spans
from callagent.sanitise.redaction.character_view import CharacterView
from callagent.sanitise.redaction.check_digits import card_lengths, is_card
from callagent.sanitise.redaction.clues import CARD
from callagent.sanitise.redaction.policy import DIGIT_MASK, SHOWN_DIGITS
from callagent.turns import OverlapRecord
from callagent.turns.gate.events import AgentText, Transcript

T = TypeVar("T")

TOGETHER_S: Final = 30.0
"""Seconds within which pieces of a number follow each other."""

COLLECTS: Final = "collect_dtmf"
"""The tool that asks for keys."""

_GROUPED: Final = (4, 8, 12)
_AMEX: Final = (4, 10)
"""Digits of a card number after which people pause, by its groups."""

_FEWEST_OF_A_CARD: Final = 12
"""Digits in words about a card that are one's number, or nearly."""

_SHORTEST_PIECE: Final = 3
"""Digits of a piece of a card number, other than its last: "it has 5 parts" goes on with none."""


@dataclass(frozen=True)
class _Open:
    """Digits at the end of a line that may go on in the next one."""

    digits: str
    at: float


class RedactedLines:
    """Masks one call's lines, in their order."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction.remembering()
        self._before = SaidBefore(TOGETHER_S)
        self._open: dict[str, _Open] = {}
        self._keys = _Open("", 0.0)
        self._collecting: dict[str, bool] = {}

    def kept(self, line: T) -> T:
        """Return what may be kept of a line, of the kind that came in."""
        if not self._redaction:
            return line
        kept: Any = self._kept(line)
        return kept  # type: ignore[no-any-return]  # of the kind that came in

    def text(self, text: str) -> str:
        """Return a text that stands beside the lines."""
        return self._redaction.masked(text)

    def values(self, value: Any) -> Any:
        """Return a value of JSON types that stands beside the lines."""
        return self._redaction.values(value)

    def _kept(self, line: Any) -> Any:
        match line:
            case AgentWords() | AgentText():
                return replace(line, text=self._streamed(type(line).__name__, line.text, line.at))
            case CallerHeard(final=False) | Transcript(final=False):
                return replace(line, text=self._growing(type(line).__name__, line.text, line.at))
            case CallerHeard() | Transcript() | CallerAudible():
                return replace(line, text=self._continued(type(line).__name__, line.text, line.at))
            case TurnAdded():
                if line.role == "assistant":
                    self._before.asks(line.text, line.at)
                return replace(line, text=self._continued(line.role, line.text, line.at))
            case AuthorNote():
                return replace(line, text=self.text(line.text))
            case Note() | Trouble():
                return replace(line, message=self.text(line.message))
            case CallEnded(error=str() as error):
                return replace(line, error=self.text(error))
            case StateChanged():
                return replace(line, value=self._redaction.values(line.value))
            case OperatorOrder():
                return replace(line, text=self.text(line.text), result=self.text(line.result))
            case GateDecided():
                heard = self._redaction.masked(line.heard)
                return replace(line, heard=heard, overlap=line.overlap and self._overlap(line.overlap))
        return self._keyed(line)

    def _keyed(self, line: Any) -> Any:
        """Return what may be kept of keys, and of tools, which may have collected them."""
        match line:
            case CallerKeys():
                return replace(line, digits=self._pressed(line.digits, line.at))
            case AgentKeys():
                return replace(line, digits=self.text(line.digits))
            case ToolCalled():
                if line.name == COLLECTS:
                    self._collecting[line.call] = self._hides(line.arguments)
                return replace(line, arguments=self._redaction.values(line.arguments))
            case ToolReturned():
                hidden = self._collecting.pop(line.call, False)
                return replace(line, result=NOT_KEPT if hidden and line.result else self.text(line.result))
        return line

    def _hides(self, arguments: Mapping[str, Any]) -> bool:
        """Tell whether keys that are asked for so are kept by nobody."""
        kinds = self._redaction.kinds
        return "keys" in kinds or ("card" in kinds and CARD.search(str(arguments.get("prompt", ""))) is not None)

    def _pressed(self, digits: str, at: float) -> str:
        if any(self._collecting.values()):
            return DIGIT_MASK * len(digits)
        if "card" not in self._redaction.kinds:
            return digits
        before = self._keys.digits if at - self._keys.at <= TOGETHER_S else ""
        pressed = "" if "#" in digits or "*" in digits else before + digits
        self._keys = _Open(pressed, at)
        if len(pressed) <= SHOWN_DIGITS or not card_lengths(pressed):
            return self.text(digits)
        shown = max(0, SHOWN_DIGITS - len(before))
        return digits[:shown] + DIGIT_MASK * (len(digits) - shown)

    def _streamed(self, kind: str, text: str, at: float) -> str:
        """Return a piece of what the agent says, word by word."""
        before = self._before.stream(kind, text, at)
        return self._redaction.unfinished(text, before=before, heard=False)

    def _growing(self, kind: str, text: str, at: float) -> str:
        """Return words that are still being said, of which there will be more and then all of them."""
        before = self._before.piece(kind, at)
        return self._redaction.unfinished(text, self._before.clue(kind, at), before)

    def _continued(self, side: str, text: str, at: float) -> str:
        """Return words that are said, which may go on with a number that was begun before."""
        clue = self._before.clue(side, at)
        masked = self._redaction.masked(text, clue, self._before.piece(side, at))
        self._before.said(side, text, at)
        return self._card_in_pieces(side, masked, at, clue) if "card" in self._redaction.kinds else masked

    def _card_in_pieces(self, side: str, masked: str, at: float, clue: str) -> str:
        before = self._open.pop(side, None)
        view = self._redaction.view(masked)
        is_about_card = CARD.search(masked) is not None or CARD.search(clue) is not None
        if is_about_card and "[card]" not in masked:
            masked = without_spans(masked, _behind_the_bank(view))
            view = self._redaction.view(masked)
        head = _head(view)
        joined = before.digits + head if before and head and at - before.at <= TOGETHER_S else ""
        is_open = before is not None and (_is_grouped(before.digits) or is_about_card)
        may_be_one = (
            is_open and bool(card_lengths(joined)) and len(joined) > SHOWN_DIGITS and len(head) >= _SHORTEST_PIECE
        )
        if joined and (is_card(joined) or may_be_one):
            first = view.text.index(head)
            shown = 0 if is_card(joined) else max(0, SHOWN_DIGITS - len(joined) + len(head))
            masked = without_spans(
                masked, [view.span(each, each + 1) for each in range(first + shown, first + len(head))]
            )
            self._keep_open(side, joined, at)
        else:
            self._keep_open(side, joined if joined and head == _tail(view) else _tail(view), at)
        return masked

    def _keep_open(self, side: str, digits: str, at: float) -> None:
        if len(digits) >= _SHORTEST_PIECE and card_lengths(digits):
            self._open[side] = _Open(digits, at)

    def _overlap(self, record: OverlapRecord) -> OverlapRecord:
        return replace(
            record,
            heard=tuple(
                replace(each, text=self.text(each.text) if each.final else self._redaction.unfinished(each.text))
                for each in record.heard
            ),
        )


def _is_grouped(digits: str) -> bool:
    """Tell whether people pause there in a card's number."""
    return len(digits) in (_AMEX if digits[:2] in ("34", "37") else _GROUPED)


def _behind_the_bank(view: CharacterView) -> list[tuple[int, int]]:
    """Return where the digits of a card's number stand that comes in pieces, with other words between or said twice."""
    runs = [run for run in re.finditer(r"\d+", view.text, re.ASCII) if view.begins_here(run.start())]
    first = next((index for index, run in enumerate(runs) if card_lengths(run[0])), len(runs))
    places = [at for run in runs[first:] for at in range(*run.span())]
    if len(places) < _FEWEST_OF_A_CARD:
        return []
    return [view.span(at, at + 1) for at in places[SHOWN_DIGITS:]]


def _head(view: CharacterView) -> str:
    """Return the digits that a line begins with, but for a word or two."""
    found = re.match(r"[^\d\0]{0,12}\0?(\d+)", view.text, re.ASCII)
    return found[1] if found else ""


def _tail(view: CharacterView) -> str:
    """Return the digits that a line ends with, but for a word or two."""
    found = re.search(r"(\d+)\0?[^\d\0]{0,12}\Z", view.text, re.ASCII)
    return found[1] if found else ""

"""Acknowledgement (backchannel), command, aside or content: what the words are that a caller has said so far.

The phrases of a locale, compiled; the answer is streaming, one for each interim.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from callagent.phrases import QUESTION_MARKS, SENTENCE_MARKS, is_plain_hum, split, tokens
from callagent.phrases.phrase_trie import Ends, Phrases, Pieces, pieces, reach

_CACHED_TEXTS = 512
_SENTENCE_MARKS: Final = re.escape("".join(sorted(SENTENCE_MARKS)))
_SENTENCE: Final = re.compile(rf"([^{_SENTENCE_MARKS}]+)([{_SENTENCE_MARKS}]*)")
LONGEST_REPEAT = 200
"""Characters, at the end of a transcript, among which a request for a repeat is looked for."""


class Kind(Enum):
    """What the words so far amount to."""

    EMPTY = "empty"
    ACK = "ack"
    PREFIX = "prefix"
    """Could still become an acknowledgement ("all" of "all right"), or an aside."""
    COMMAND = "command"
    ASIDE = "aside"
    """Said to somebody else ("hold on, I'm on the phone")."""
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Match:
    """The answer for one transcript: its kind, the phrase that decided, and the words that are neither ack nor
    command.
    """

    kind: Kind
    matched: str = ""
    content: tuple[str, ...] = ()
    tic: bool = False
    """Nothing but tics ("um"): not even in silence is it a turn."""
    unfinished: bool = False
    """A command that could still become an aside ("hold on" of "hold on, I'm on the phone")."""
    repeat: bool = False
    """A command only because of its question mark ("Huh?"): the caller wants to hear it again."""


class Lexicon:
    """The phrases of one locale: soft acknowledgements, commands, asides to somebody else, and tics ("um").

    Matching is by whole words in normal form (see `callagent.phrases`), however they are hyphenated or spaced (see
    `phrases.phrase_trie`). A command phrase counts anywhere in the transcript, except inside a longer acknowledgement
    ("no problem"). An acknowledgement must be the whole transcript, made of one or more phrases ("okay yeah I see");
    hums of every spelling and tics count as acknowledgements. An aside counts anywhere, commands inside it included.

    A final transcript that ends a sentence of one hum, or of one of `repeats`, with a question mark ("Huh?", "Eh?") is
    a command: the caller asks for a repeat.
    """

    def __init__(
        self,
        soft_acks: Iterable[str],
        commands: Iterable[str],
        *,
        asides: Iterable[str] = (),
        tics: Iterable[str] = (),
        repeats: Iterable[str] = (),
    ) -> None:
        self.soft_acks = tuple(soft_acks)
        self.commands = tuple(commands)
        self.asides = tuple(asides)
        self.tics = tuple(tics)
        self.repeats = tuple(repeats)
        self._acks = Phrases((*self.soft_acks, *self.tics), hums=True)
        self._commands = Phrases(self.commands)
        self._asides = Phrases(self.asides)
        self._tics = Phrases(self.tics)
        self._repeats = Phrases(self.repeats)
        self._cached = lru_cache(maxsize=_CACHED_TEXTS)(self._match)

    def match(self, text: str, *, final: bool) -> Match:
        """Classify `text`, the transcript so far (`final=False`) or the whole of it."""
        return self._cached(text, final) if len(text) < 200 else self._match(text, final)

    def _match(self, text: str, final: bool) -> Match:
        words, tied = split(text)
        if not words:
            return Match(Kind.EMPTY)
        parts = pieces(words, tied)
        acks = self._acks.all_ends(parts)
        covered = _cover(acks)
        aside = _find(self._asides, parts, covered)
        if aside:
            # What comes before it is said to the same person ("hold on a second, I'm on the phone").
            covered[: aside[1]] = [(0, len(words) + 1)] * aside[1]
        command = _find(self._commands, parts, covered)
        if command:
            unfinished = not final and self._could_go_on(parts, acks, command[0])
            return Match(Kind.COMMAND, command[2], _uncovered(words, covered), unfinished=unfinished)
        if aside:
            return Match(Kind.ASIDE, aside[2], _uncovered(words, covered))
        asked = self._asked_again(text) if final else ""
        if asked:
            return Match(Kind.COMMAND, asked, _uncovered(words, covered), repeat=True)
        ends, phrase = reach(acks)
        if ends[-1]:
            return Match(Kind.ACK, phrase, tic=reach(self._tics.all_ends(parts))[0][-1])
        if not final and self._may_become_harmless(parts, ends):
            return Match(Kind.PREFIX)
        return Match(Kind.CONTENT, "", _uncovered(words, covered))

    def _asked_again(self, text: str) -> str:
        """Return the sentence of `text` that asks for a repeat with its question mark, or an empty string."""
        for sentence, marks in _SENTENCE.findall(text[-LONGEST_REPEAT:]):
            words = tokens(sentence) if not QUESTION_MARKS.isdisjoint(marks) else []
            if words and (self._is_repeat(words) or is_plain_hum("".join(words))):
                return f"{' '.join(words)}?"
        return ""

    def _is_repeat(self, words: list[str]) -> bool:
        return any(end == len(words) for end, _ in self._repeats.ends(pieces(words, frozenset()), 0))

    def _may_become_harmless(self, parts: Pieces, ends: list[bool]) -> bool:
        """Tell whether more words may make of these acknowledgements, or an aside."""
        if self._asides.begins(parts, 0, cut=False):
            return True
        return any(ok and self._acks.begins(parts, at) for at, ok in enumerate(ends[:-1]))

    def _could_go_on(self, parts: Pieces, acks: Ends, command: int) -> bool:
        """Tell whether the command at `command` may yet turn out to be part of an aside, or of an acknowledgement that
        began before it ("I see what" of "I see what you mean").
        """
        if self._asides.begins(parts, command, cut=False):
            return True
        ends, _ = reach(acks)
        return any(ends[at] and self._acks.begins(parts, at, cut=False) for at in range(command))


def _cover(acks: Ends) -> list[tuple[int, int]]:
    """For each word, start and end of the longest acknowledgement phrase that it lies in,
    leftmost first; the same number twice: none.
    """
    covered = [(at, at) for at in range(len(acks))]
    at = 0
    while at < len(acks):
        if not acks[at]:
            at += 1
            continue
        end = acks[at][-1][0]
        covered[at:end] = [(at, end)] * (end - at)
        at = end
    return covered


def _find(phrases: Phrases, parts: Pieces, covered: list[tuple[int, int]]) -> tuple[int, int, str] | None:
    """Return the first of `phrases` that neither lies inside something longer nor is glued together from the end of one
    acknowledgement and the beginning of the next: start, end and phrase.
    """
    for at in range(len(parts)):
        for end, phrase in reversed(phrases.ends(parts, at)):
            inside = covered[at:end]
            longest = max(stop - start for start, stop in inside)
            glued = all(start < stop for start, stop in inside) and (inside[0][0] < at or inside[-1][1] > end)
            if longest <= end - at and not glued:
                return at, end, phrase
    return None


def _uncovered(words: list[str], covered: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(word for word, (start, end) in zip(words, covered, strict=True) if start == end)

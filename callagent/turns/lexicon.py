"""The phrases of a locale, compiled, and the streaming four-way answer about what a caller has said so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from callagent.turns.normalise import is_hum, tokens

_END: Final = "\0"
_CACHED_TEXTS = 512


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


class _Phrases:
    """A trie over words. A hum of several parts is also known when it is spelt as one ("mm-hmm", "mhmm")."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._root: dict[str, object] = {}
        for phrase in phrases:
            words = tokens(phrase)
            self._add(words, phrase)
            if len(words) > 1 and all(is_hum(word) for word in words):
                self._add(tokens("".join(words)), phrase)

    def _add(self, words: list[str], phrase: str) -> None:
        node = self._root
        for word in words:
            step = node.setdefault(word, {})
            assert isinstance(step, dict)
            node = step
        if words:
            node.setdefault(_END, phrase)

    def ends(self, words: list[str], start: int) -> list[tuple[int, str]]:
        """End index and phrase of every phrase that begins at `start`."""
        found: list[tuple[int, str]] = []
        node: object = self._root
        for index in range(start, len(words)):
            node = node.get(words[index]) if isinstance(node, dict) else None
            if not isinstance(node, dict):
                break
            phrase = node.get(_END)
            if isinstance(phrase, str):
                found.append((index + 1, phrase))
        return found

    def begins(self, words: list[str], start: int, *, cut: bool = True) -> bool:
        """Whether words from `start` on are the beginning of a phrase; with `cut` the last word may be cut short."""
        node: object = self._root
        last = len(words) - 1
        for index in range(start, len(words)):
            if not isinstance(node, dict):
                return False
            word = words[index]
            step = node.get(word)
            if step is None:
                return cut and index == last and any(key != _END and key.startswith(word) for key in node)
            node = step
        return True


class Lexicon:
    """The phrases of one locale: soft acknowledgements, commands, asides to somebody else, and tics ("um").

    Matching is by whole words in normal form (see `normalise`). A command phrase counts anywhere in the transcript,
    except inside a longer acknowledgement ("no problem"). An acknowledgement must be the whole transcript, made of
    one or more phrases ("okay yeah I see"); tics count as acknowledgements. An aside counts anywhere, commands inside
    it included.
    """

    def __init__(
        self,
        soft_acks: Iterable[str],
        commands: Iterable[str],
        *,
        asides: Iterable[str] = (),
        tics: Iterable[str] = (),
    ) -> None:
        self.soft_acks = tuple(soft_acks)
        self.commands = tuple(commands)
        self.asides = tuple(asides)
        self.tics = tuple(tics)
        self._acks = _Phrases((*self.soft_acks, *self.tics))
        self._commands = _Phrases(self.commands)
        self._asides = _Phrases(self.asides)
        self._tics = _Phrases(self.tics)
        self._cached = lru_cache(maxsize=_CACHED_TEXTS)(self._match)

    def match(self, text: str, *, final: bool) -> Match:
        """Classify `text`, the transcript so far (`final=False`) or the whole of it."""
        return self._cached(text, final) if len(text) < 200 else self._match(text, final)

    def _match(self, text: str, final: bool) -> Match:
        words = tokens(text)
        if not words:
            return Match(Kind.EMPTY)
        covered = self._cover(words)
        aside = self._find(self._asides, words, covered)
        if aside:
            # What comes before it is said to the same person ("hold on a second, I'm on the phone").
            covered[: aside[1]] = [(0, len(words) + 1)] * aside[1]
        command = self._find(self._commands, words, covered)
        if command:
            unfinished = not final and self._could_go_on(words, command[0])
            return Match(Kind.COMMAND, command[2], _uncovered(words, covered), unfinished=unfinished)
        if aside:
            return Match(Kind.ASIDE, aside[2], _uncovered(words, covered))
        reach, phrase = _reach(self._acks, words)
        if reach[len(words)]:
            return Match(Kind.ACK, phrase, tic=bool(self.tics) and _reach(self._tics, words)[0][len(words)])
        if not final and self._may_become_harmless(words, reach):
            return Match(Kind.PREFIX)
        return Match(Kind.CONTENT, "", _uncovered(words, covered))

    def _may_become_harmless(self, words: list[str], reach: list[bool]) -> bool:
        """Whether more words may make of `words` acknowledgements, or an aside."""
        if self._asides.begins(words, 0, cut=False):
            return True
        return any(ok and self._acks.begins(words, at) for at, ok in enumerate(reach[:-1]))

    def _could_go_on(self, words: list[str], command: int) -> bool:
        """Whether the command at `command` may yet turn out to be part of an aside, or of an acknowledgement that
        began before it ("I see what" of "I see what you mean").
        """
        if self._asides.begins(words, command, cut=False):
            return True
        reach, _ = _reach(self._acks, words)
        return any(reach[at] and self._acks.begins(words, at, cut=False) for at in range(command))

    def _cover(self, words: list[str]) -> list[tuple[int, int]]:
        """For each word, start and end of the longest acknowledgement phrase that it lies in, leftmost first; the
        same number twice: none.
        """
        covered = [(at, at) for at in range(len(words))]
        at = 0
        while at < len(words):
            ends = self._acks.ends(words, at)
            if not ends:
                at += 1
                continue
            end = ends[-1][0]
            covered[at:end] = [(at, end)] * (end - at)
            at = end
        return covered

    @staticmethod
    def _find(phrases: _Phrases, words: list[str], covered: list[tuple[int, int]]) -> tuple[int, int, str] | None:
        """The first of `phrases` in `words` that neither lies inside something longer nor is glued together from the
        end of one acknowledgement and the beginning of the next: start, end and phrase.
        """
        for at in range(len(words)):
            for end, phrase in reversed(phrases.ends(words, at)):
                inside = covered[at:end]
                longest = max(stop - start for start, stop in inside)
                glued = all(start < stop for start, stop in inside) and (inside[0][0] < at or inside[-1][1] > end)
                if longest <= end - at and not glued:
                    return at, end, phrase
        return None


def _reach(phrases: _Phrases, words: list[str]) -> tuple[list[bool], str]:
    """Which word boundaries a sequence of `phrases` can end at, and the last phrase used."""
    reach = [True] + [False] * len(words)
    last = ""
    for at in range(len(words)):
        if reach[at]:
            for end, phrase in phrases.ends(words, at):
                reach[end] = True
                last = phrase
    return reach, last


def _uncovered(words: list[str], covered: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(word for word, (start, end) in zip(words, covered, strict=True) if start == end)

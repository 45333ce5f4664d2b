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
    """Could still become an acknowledgement ("all" of "all right")."""
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

    def begins(self, words: list[str], start: int) -> bool:
        """Whether words from `start` on are the beginning of a phrase; the last word may be cut short."""
        node: object = self._root
        last = len(words) - 1
        for index in range(start, len(words)):
            if not isinstance(node, dict):
                return False
            word = words[index]
            step = node.get(word)
            if step is None:
                return index == last and any(key != _END and key.startswith(word) for key in node)
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
            start, end, _ = aside
            covered[start:end] = [len(words) + 1] * (end - start)
        command = self._find(self._commands, words, covered)
        if command:
            unfinished = not final and self._asides.begins(words, command[0])
            return Match(Kind.COMMAND, command[2], _uncovered(words, covered), unfinished=unfinished)
        if aside:
            return Match(Kind.ASIDE, aside[2], _uncovered(words, covered))
        reach, phrase = _reach(self._acks, words)
        if reach[len(words)]:
            return Match(Kind.ACK, phrase, tic=bool(self.tics) and _reach(self._tics, words)[0][len(words)])
        if not final and any(ok and self._acks.begins(words, at) for at, ok in enumerate(reach[:-1])):
            return Match(Kind.PREFIX)
        return Match(Kind.CONTENT, "", _uncovered(words, covered))

    def _cover(self, words: list[str]) -> list[int]:
        """For each word, the length of the longest acknowledgement phrase that it lies in (0: none), leftmost first."""
        covered = [0] * len(words)
        at = 0
        while at < len(words):
            ends = self._acks.ends(words, at)
            if not ends:
                at += 1
                continue
            end = ends[-1][0]
            covered[at:end] = [end - at] * (end - at)
            at = end
        return covered

    @staticmethod
    def _find(phrases: _Phrases, words: list[str], covered: list[int]) -> tuple[int, int, str] | None:
        """The first of `phrases` in `words` that does not lie inside something longer: start, end and phrase."""
        for at in range(len(words)):
            for end, phrase in reversed(phrases.ends(words, at)):
                if max(covered[at:end]) <= end - at:
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


def _uncovered(words: list[str], covered: list[int]) -> tuple[str, ...]:
    return tuple(word for word, length in zip(words, covered, strict=True) if not length)

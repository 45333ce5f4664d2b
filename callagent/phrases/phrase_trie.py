"""Phrases as a trie over words, which finds them however they are hyphenated or spaced.

A phrase and a transcript may cut a sound in different places: "uhhuh", "uh-huh", "uh huh"; "okey-dokey", "okeydokey".
So neighbouring words also count as one where they belong together beyond doubt: a hyphen or a dot ties them ("o.k."),
or both are bare sounds ("uh", "huh"). Of a phrase, so do two words that are long together, and not short each
("allright", "okey dokey"). "Go on" is not "goon", and "am I" not "ami".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Final

from callagent.phrases import after_hum, folded, is_hum, split

_SOUND: Final = re.compile(r"(?=[aeounãõñ]*[hm])[aeouhmnãõñ]{1,4}|n+|[うんふむーっウンフムッ]")
LONG_WHOLE, LONG_PART = 8, 3
"""Letters that the two words of a phrase have together, and each of them alone, to count as one though nothing ties
them."""

MOST_JOINTS = 4
"""Joints of a phrase, or words of a transcript in a row, that are looked at for words that count as one."""

Pieces = list[list[tuple[int, str]]]
"""For each word of a transcript: where the words that begin there end, and their text; more than one where neighbours
count as one."""

Ends = list[list[tuple[int, str]]]
"""For each word of a transcript: end index and phrase of every phrase that begins there, the shortest first."""


def pieces(words: Sequence[str], tied: frozenset[int]) -> Pieces:
    """Return the words of a transcript, by the place where they begin; `tied` are
    those that a hyphen ties to the next.
    """
    found: Pieces = [[(at + 1, word)] for at, word in enumerate(words)]
    joints = _joints(words, tied)
    for first in joints:
        text, end = words[first], first
        while end in joints and end - first < MOST_JOINTS:
            end += 1
            text += words[end]
            found[first].append((end + 1, folded(text)))
    return found


class _Node:
    """A place in the trie: the words that lead on from it, and the phrase that ends there, if any."""

    def __init__(self) -> None:
        self.steps: dict[str, _Node] = {}
        self.phrase = ""

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """What the words that lead on begin with: asked for when the trie is complete."""
        return frozenset(word[:end] for word in self.steps for end in range(1, len(word)))


class Phrases:
    """A trie over words. With `hums`, hums of every spelling are phrases too."""

    def __init__(self, phrases: Iterable[str], *, hums: bool = False) -> None:
        self._root = _Node()
        self._hums = hums
        for phrase in phrases:
            for words in _spellings(phrase):
                self._add(words, phrase)

    def _add(self, words: Sequence[str], phrase: str) -> None:
        node = self._root
        for word in words:
            node = node.steps.setdefault(word, _Node())
        if words:
            node.phrase = node.phrase or phrase

    def ends(self, parts: Pieces, start: int) -> list[tuple[int, str]]:
        """End index and phrase of every phrase that begins at `start`, the shortest first."""
        if not self._hums and all(word not in self._root.steps for _, word in parts[start]):
            return []
        found: dict[int, str] = {}
        for end, node in self._steps(parts, start):
            if node.phrase:
                found.setdefault(end, node.phrase)
        if self._hums:
            for end, hum in self._hums_at(parts, start):
                found.setdefault(end, hum)
        return sorted(found.items())

    def all_ends(self, parts: Pieces) -> Ends:
        """Return the `ends` of every word."""
        return [self.ends(parts, at) for at in range(len(parts))]

    def begins(self, parts: Pieces, start: int, *, cut: bool = True) -> bool:
        """Tell whether words from `start` on are the beginning of a phrase; with
        `cut` the last word may be cut short.
        """
        last = len(parts)
        if start == last:
            return True
        nodes = [(start, self._root), *self._steps(parts, start)]
        if any(end == last for end, _ in nodes):
            return True
        if not cut:
            return False
        return any(word in node.beginnings for at, node in nodes for end, word in parts[at] if end == last)

    def _steps(self, parts: Pieces, start: int) -> Iterator[tuple[int, _Node]]:
        """Yield every node that words from `start` on lead to, and where they end."""
        waiting = [(start, self._root)]
        for at, node in waiting:
            if at == len(parts):
                continue
            for end, word in parts[at]:
                step = node.steps.get(word)
                if step is not None:
                    waiting.append((end, step))
                    yield end, step

    def _hums_at(self, parts: Pieces, start: int) -> Iterator[tuple[int, str]]:
        for end, word in parts[start]:
            if is_hum(word):
                yield end, word
        word = parts[start][0][1]
        rest = self._root.steps.get(after_hum(word)) if word[0] in "hm" else None
        if rest is not None and rest.phrase:
            yield start + 1, word


def _spellings(phrase: str) -> Iterator[Sequence[str]]:
    """Yield the words of a phrase, and the same with those that belong together as one, or with a long one as two."""
    words, tied = split(phrase)
    yield words
    joints = sorted(_joints(words, tied))[:MOST_JOINTS]
    for count in range(1, len(joints) + 1):
        for chosen in combinations(joints, count):
            yield _joined(words, frozenset(chosen))
    match words:
        case [first, second] if len(first + second) >= LONG_WHOLE and min(len(first), len(second)) >= LONG_PART:
            yield [folded(first + second)]
        case [word] if len(word) >= LONG_WHOLE:
            for at in range(LONG_PART, len(word) - LONG_PART + 1):
                yield word[:at], word[at:]


def _joined(words: Sequence[str], joints: frozenset[int]) -> list[str]:
    joined = [words[0]]
    for at, word in enumerate(words[1:]):
        if at in joints:
            joined[-1] += word
        else:
            joined.append(word)
    return [folded(word) for word in joined]


def _joints(words: Sequence[str], tied: frozenset[int]) -> frozenset[int]:
    """Return the words that count as one with the next."""
    sounds = [_SOUND.fullmatch(word) is not None for word in words]
    return tied | {at for at in range(len(words) - 1) if sounds[at] and sounds[at + 1]}


def reach(found: Ends) -> tuple[list[bool], str]:
    """Tell which word boundaries a sequence of the phrases `found` can end at, and the last phrase used."""
    ends = [True] + [False] * len(found)
    last = ""
    for at, phrases in enumerate(found):
        if ends[at]:
            for end, phrase in phrases:
                ends[end] = True
                last = phrase
    return ends, last

"""Phrases that are expected, as a trie of tokens: what comes next in one of them is made likelier while decoding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float32]

UNMISTAKABLE: Final = (
    *("stop", "wait", "hold on", "hold it", "hold up", "hang on", "quiet", "be quiet", "enough", "excuse me"),
    *("cancel", "never mind", "nevermind", "repeat", "one moment", "one second", "just a moment", "slow down"),
    *("shut up", "say that again", "start over", "go back", "operator", "representative", "pardon"),
)
"""Commands that no hum and no acknowledgement is written as: the first interim that has one counts. All others wait for
the second, "but" and "no" being how Moonshine writes "uh-huh" and "oh, okay"."""

STRONG: Final = 4.0
"""What is added to the logit of a token that begins an acknowledgement or an unmistakable command, or goes on with
one. Without it twice as many commands are heard as other words for their first 650 ms (measured)."""

WEAK: Final = 2.5
"""The same for the other commands. With more of it they are heard in acknowledgements."""

_MARKS: Final = (",", ".", "?", "!")
"""Behind these another phrase may begin."""


@dataclass(eq=False, slots=True)
class _Node:
    """A place in some phrases: the tokens that may come next with their bonus, and whether a phrase ends here."""

    children: dict[int, "_Node"] = field(default_factory=dict)
    bonus: dict[int, float] = field(default_factory=dict)
    ends: bool = False
    tokens: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    boosts: Logits = field(default_factory=lambda: np.zeros(0, np.float32))

    def compile(self) -> None:
        """Lay out the bonuses as arrays, from here on."""
        self.tokens = np.fromiter(self.bonus, np.int64, len(self.bonus))
        self.boosts = np.fromiter(self.bonus.values(), np.float32, len(self.bonus))
        for child in self.children.values():
            child.compile()


class PhraseBias:
    """Acknowledgements and commands, spelt with the tokens that `encode` makes of words behind a space."""

    def __init__(self, acks: Sequence[str], commands: Sequence[str], encode: Callable[[str], Sequence[int]]) -> None:
        self._root, known = _Node(), frozenset(acks)
        self._marks = frozenset(encode(f"a{mark}")[-1] for mark in _MARKS)
        for phrase in (*acks, *commands):
            bonus = STRONG if phrase in known or phrase in UNMISTAKABLE else WEAK
            for spelling in _spellings(phrase):
                self._add(encode(spelling), bonus)
        self._root.compile()

    def _add(self, tokens: Sequence[int], bonus: float) -> None:
        node = self._root
        for token in tokens:
            node.bonus[token] = max(bonus, node.bonus.get(token, 0.0))
            node = node.children.setdefault(token, _Node())
        node.ends = True

    def text(self) -> "BiasedText":
        """Begin a text."""
        return BiasedText(self._root, self._marks)


class BiasedText:
    """One text as it is decoded: where in the phrases it is."""

    def __init__(self, root: _Node, marks: frozenset[int]) -> None:
        self._root = root
        self._marks = marks
        self._nodes = [root]

    def boost(self, logits: Logits) -> Logits:
        """Return the logits of the next token with what the phrases add to them."""
        boosted = logits.copy()
        for node in self._nodes:
            boosted[node.tokens] = np.maximum(boosted[node.tokens], logits[node.tokens] + node.boosts)
        return boosted

    def take(self, token: int) -> None:
        """Note that the text goes on with `token`."""
        reached = [node.children[token] for node in self._nodes if token in node.children]
        if token in self._marks or any(node.ends for node in reached):
            reached.append(self._root)
        self._nodes = reached


def _spellings(phrase: str) -> set[str]:
    """Return `phrase` as it is written at the beginning of a sentence, and inside one."""
    inside = " ".join("I" + word[1:] if word == "i" or word.startswith("i'") else word for word in phrase.split())
    return {inside, inside[:1].upper() + inside[1:]}

"""Moonshine's vocabulary: tokens to text, and phrases to tokens."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

SPACE: Final = "\u2581".encode()
"""How a token spells the space before a word."""

START, END = 1, 2

_FIRST_BYTE: Final = 3
"""The tokens from here on are the 256 single bytes."""

_FIRST_PIECE: Final = _FIRST_BYTE + 256


class Tokenizer:
    """Byte pairs, of which the earlier in the vocabulary are joined first."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = tuple(pieces)
        self._tokens = {piece: token for token, piece in enumerate(self._pieces) if token >= _FIRST_PIECE}
        if len(self._pieces) <= _FIRST_PIECE or not self._tokens:
            raise ValueError("the vocabulary has no words")

    @classmethod
    def read(cls, file: Path) -> "Tokenizer":
        """Return the vocabulary in `file`: for each token its length in bytes, and the bytes.

        A length from 128 on takes two bytes, the lower 7 bits first. Raise `ValueError` where the file is cut off.
        """
        return cls(_pieces(file.read_bytes()))

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of `tokens`, without marks that are no text."""
        spelt = b"".join(self._pieces[token] for token in tokens if token >= _FIRST_BYTE)
        return spelt.replace(SPACE, b" ").decode(errors="ignore").strip()

    def encode(self, text: str) -> tuple[int, ...]:
        """Return the tokens of words that follow a space."""
        parts = [SPACE if char == " " else char.encode() for char in f" {text.strip()}"]
        while (at := self._best_pair(parts)) is not None:
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return tuple(token for part in parts for token in self._spelt(part))

    def _best_pair(self, parts: list[bytes]) -> int | None:
        joined = [(self._tokens.get(first + second), at) for at, (first, second) in enumerate(pairwise(parts))]
        known = [(token, at) for token, at in joined if token is not None]
        return min(known)[1] if known else None

    def _spelt(self, part: bytes) -> tuple[int, ...]:
        token = self._tokens.get(part)
        return tuple(_FIRST_BYTE + byte for byte in part) if token is None else (token,)


def _pieces(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length = data[at]
        at += 1
        if length >= 128:
            if at == len(data):
                raise ValueError("the vocabulary is cut off")
            length = length - 128 + 128 * data[at]
            at += 1
        if at + length > len(data):
            raise ValueError("the vocabulary is cut off")
        yield data[at : at + length]
        at += length

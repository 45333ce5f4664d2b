"""How a reply is cut for synthesis: sentence by sentence, the first one short, so that its sound comes early."""

import re
from typing import Final

from livekit.agents import tokenize

FIRST_PIECE: Final = 36
"""Characters of a first piece. Piper needs about 110 ms for as much speech as that (two idle cores)."""

SHORTEST_PIECE: Final = 10
"""Characters below which a piece is not cut off: a lone "Well," sounds chopped."""

_BOUNDARY = re.compile(
    "[,;:\u2013\u2014](?=\\s)|(?=\\s(?:and|or|but|because|so|from|until|when|if|which|with)\\s)", re.IGNORECASE
)


def sentence_tokenizer() -> tokenize.SentenceTokenizer:
    """The tokenizer that cuts sentences; a short one ("Done.") stands alone, since it is spoken first."""
    return tokenize.blingfire.SentenceTokenizer(min_sentence_len=5, stream_context_len=5)


def first_pieces(sentence: str) -> list[str]:
    """The first sentence of a reply in one or two pieces, cut at a clause boundary where it is long."""
    if len(sentence) <= FIRST_PIECE:
        return [sentence]
    ends = [match.end() for match in _BOUNDARY.finditer(sentence) if match.end() >= SHORTEST_PIECE]
    early = [end for end in ends if end <= FIRST_PIECE]
    cut = max(early) if early else min(ends, default=len(sentence))
    return [piece for piece in (sentence[:cut].strip(), sentence[cut:].strip()) if piece]


def pieces_of(text: str) -> list[str]:
    """A whole reply as the pieces in which it is synthesised."""
    sentences = sentence_tokenizer().tokenize(text)
    return [piece for index, each in enumerate(sentences) for piece in ([each] if index else first_pieces(each))]

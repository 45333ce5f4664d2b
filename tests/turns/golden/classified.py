"""What the lexicon makes of what callers say in every locale: word by word, and of the whole of it."""

from collections.abc import Iterator

from callagent.turns.lexicon import Kind, Lexicon, Match
from tests.turns.golden.sequences import LOCALES, config, corpus, spread

MOST_LINES = 60
"""Of a label of a locale."""

LETTERS = {
    Kind.EMPTY: "e",
    Kind.ACK: "a",
    Kind.PREFIX: "p",
    Kind.COMMAND: "c",
    Kind.ASIDE: "s",
    Kind.CONTENT: "x",
}
"""What an interim of the first word, of the first two words and so on amounts to; "C" is an unfinished command."""


def lines() -> Iterator[str]:
    """A line for each of the utterances that are kept: locale and label, the text, and what it is taken for."""
    for locale in LOCALES:
        lexicon = config(locale).lexicon
        for label, texts in corpus(locale).items():
            for text in spread(texts, MOST_LINES):
                yield f"{locale} {label} | {text} => {_word_by_word(lexicon, text)} {_whole(lexicon, text)}"


def _word_by_word(lexicon: Lexicon, text: str) -> str:
    words, glue = (text.split(), " ") if " " in text else (list(text), "")
    return "".join(
        _letter(lexicon.match(glue.join(words[:end]), final=False))
        for end in range(1, len(words) + 1)
        if glue or not text.isascii() or end == len(words)
    )


def _letter(match: Match) -> str:
    letter = LETTERS[match.kind]
    return letter.upper() if match.unfinished else letter


def _whole(lexicon: Lexicon, text: str) -> str:
    match = lexicon.match(text, final=True)
    marks = [name for name, is_so in (("tic", match.tic), ("repeat", match.repeat)) if is_so]
    matched = f"'{match.matched}'" if match.matched else ""
    content = f"+{len(match.content)}" if match.content else ""
    return " ".join(filter(None, (match.kind.value, *marks, matched, content)))

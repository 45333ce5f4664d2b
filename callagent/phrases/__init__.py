"""Spoken words: their normal form, hums, and the "words or /regex/" that profiles and scripted calls look for."""

from callagent.phrases.expressions import SlowExpressionError
from callagent.phrases.hums import after_hum, is_hum, is_plain_hum
from callagent.phrases.matching import (
    Found,
    Phrase,
    check_expression,
    check_phrase,
    find,
    find_any,
    is_expression,
    shown,
    words,
)
from callagent.phrases.normalise import MAX_CHARACTERS, folded, phrase_key, said_once, split, tokens
from callagent.phrases.sentences import QUESTION_MARKS, SENTENCE_MARKS, sentence_ends, sentences

__all__ = [
    "MAX_CHARACTERS",
    "QUESTION_MARKS",
    "SENTENCE_MARKS",
    "Found",
    "Phrase",
    "SlowExpressionError",
    "after_hum",
    "check_expression",
    "check_phrase",
    "find",
    "find_any",
    "folded",
    "is_expression",
    "is_hum",
    "is_plain_hum",
    "phrase_key",
    "said_once",
    "sentence_ends",
    "sentences",
    "shown",
    "split",
    "tokens",
    "words",
]

"""The prompt that primes Whisper with a profile's acknowledgements and commands."""

import functools
from collections.abc import Callable
from typing import Final

from callagent.profile import phrase_key

OFTEN_MISHEARD: Final = (
    *("uh-huh", "mm-hmm", "mhm", "hmm", "huh", "oh", "stop", "yes", "wait", "yeah", "hold on", "yep", "hang on"),
    *("okay", "no", "right", "but", "i see", "actually", "got it", "excuse me", "sure"),
)
"""English phrases that the unprimed model gets wrong on a phone line, in the order and mixture that helped most
(measured on tiny.en with five synthetic voices). Each token of a prompt costs time, so these go first."""


@functools.lru_cache(maxsize=32)
def prompt_text(bias: tuple[str, ...], fits: Callable[[str], bool]) -> str:
    """As many phrases of `bias` as fit, each a sentence of its own, the often misheard ones first.

    Kept for the next call: to try what fits takes some 10 ms of the event loop.
    """
    known = {phrase_key(phrase): phrase for phrase in bias}
    first = [phrase for phrase in OFTEN_MISHEARD if phrase_key(phrase) in known]
    early = {phrase_key(phrase) for phrase in first}
    text = ""
    for phrase in (*first, *(phrase for key, phrase in known.items() if key not in early)):
        longer = f"{text} {phrase[:1].upper()}{phrase[1:]}.".strip()
        if not fits(longer):
            break
        text = longer
    return text

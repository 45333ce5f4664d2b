"""The agent's text on its way to the voice: functions of the profile, pronunciations, and numbers read out."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from typing import TYPE_CHECKING

from livekit.agents.voice.transcription.text_transforms import TextTransforms

from callagent.agent.author.author_functions import failures_told
from callagent.agent.number_reading import digit_reader
from callagent.profile import TextTransform, load_transforms

if TYPE_CHECKING:
    from callagent.profile import Profile

_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, kana and Han: words there have nothing between them, so a word may begin and end anywhere."""


def spoken_transforms(profile: "Profile") -> list[TextTransforms]:
    """Return what livekit's `tts_text_transforms` are for a profile. Raise ConfigError as `load_targets` does."""
    own = [contained(transform) for transform in load_transforms(profile)]
    said = [pronouncer(profile.speech.pronounce)] if profile.speech.pronounce else []
    return ["filter_markdown", "filter_emoji", *own, *said, digit_reader(profile.number_reading)]


async def as_spoken(text: str, profile: "Profile") -> str:
    """Return a phrase as the voice gets it in a call. Raise ConfigError as `load_targets` does."""
    pieces: AsyncIterable[str] = _alone(text)
    for transform in spoken_transforms(profile):
        if callable(transform):
            pieces = transform(pieces)
    return "".join([piece async for piece in pieces])


def pronouncer(words: Mapping[str, str]) -> TextTransform:
    """Return a text transform that puts what is said in the place of words, whatever pieces the text comes in.

    >>> pronouncer({"IBAN": "eye ban"})  # "Your IBAN, please." becomes "Your eye ban, please."
    """
    longest = max(map(len, words)) + 1
    order = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(f"({_whole(word)})" for word in order))
    said = [words[word] for word in order]

    async def transform(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        before, held = "", ""
        async for piece in text:
            held += piece
            safe = len(held) - longest
            if safe > 0:
                done, ready = _replaced(pattern, said, before + held, len(before), len(before) + safe)
                before, held = (before + held)[done - 1 : done], (before + held)[done:]
                yield ready
        _, ready = _replaced(pattern, said, before + held, len(before), len(before) + len(held))
        if ready:
            yield ready

    return transform


def contained(transform: TextTransform) -> TextTransform:
    """Return the transform of an author as one that does not fail: what it has not given back goes on as it was."""

    async def safe(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        source, owed, given_back = aiter(text), list[str](), False

        async def given() -> AsyncGenerator[str, None]:
            async for piece in source:
                owed.append(piece)
                yield piece

        with failures_told("speech.transforms", transform, "a text transform failed; the text goes on without it"):
            async for ready in transform(given()):
                owed.clear()
                yield ready
            given_back = True
        if given_back:
            return
        for piece in owed:
            yield piece
        async for piece in source:
            yield piece

    return safe


def _replaced(pattern: re.Pattern[str], said: Sequence[str], text: str, start: int, end: int) -> tuple[int, str]:
    """Return where the text from `start` is done, at `end` or behind a word that goes beyond it, and how it is said."""
    parts: list[str] = []
    at = start
    for match in pattern.finditer(text, start):
        if match.start() >= end:
            break
        parts += [text[at : match.start()], said[(match.lastindex or 1) - 1]]
        at = match.end()
    done = max(at, end)
    return done, "".join([*parts, text[at:done]])


def _whole(word: str) -> str:
    """Return an expression for a word that is no part of another one."""
    flags = "(?i:" if word == word.lower() else "(?:"
    before = rf"(?<![^\W{_UNSPACED}])" if re.match(rf"[^\W{_UNSPACED}]", word) else ""
    after = rf"(?![^\W{_UNSPACED}])" if re.search(rf"[^\W{_UNSPACED}]\Z", word) else ""
    return f"{before}{flags}{re.escape(word)}){after}"


async def _alone(text: str) -> AsyncGenerator[str, None]:
    yield text

"""Characters that a model or a tool has cut in half: an emoji whose halves come apart, or whose other half never comes.

A half (a surrogate) cannot be encoded. It would end the speech of the voice that gets it, and every later request to
the model whose conversation it stands in.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from livekit.agents import FlushSentinel, llm

from callagent.sanitise import encodable

Chunk = llm.ChatChunk | str | FlushSentinel


async def whole_characters(chunks: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Chunk, None]:
    """A model's answer with its halves put together across pieces, and replaced (U+FFFD) where one is missing."""
    held = ""
    async with aclosing(chunks):
        async for chunk in chunks:
            if (text := _text(chunk)) is None:
                yield chunk
                continue
            text = held + text
            held = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
            yield _with(chunk, encodable(text.removesuffix(held)))
    if held:
        yield encodable(held)


def whole_result(result: Any) -> Any:
    """What a tool has returned; in its text, halves of characters are replaced."""
    return encodable(result) if isinstance(result, str) else result


def _text(chunk: Chunk) -> str | None:
    if isinstance(chunk, str):
        return chunk
    return chunk.delta.content if isinstance(chunk, llm.ChatChunk) and chunk.delta is not None else None


def _with(chunk: Chunk, text: str) -> Chunk:
    if isinstance(chunk, str) or not isinstance(chunk, llm.ChatChunk) or chunk.delta is None:
        return text
    if chunk.delta.content == text:
        return chunk
    return chunk.model_copy(update={"delta": chunk.delta.model_copy(update={"content": text})})

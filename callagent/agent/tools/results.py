"""What a tool returns, as an LLM can be told: text of a length that it can take, and nothing that is not text."""

import json
from collections.abc import Mapping
from typing import Any, Final

from livekit.agents import Agent
from livekit.agents.llm import ToolError, ToolResult
from pydantic_core import to_jsonable_python

from callagent.sanitise import encodable

LONGEST_RESULT: Final = 65_536
"""Characters of a result that an LLM is given, some 16,000 tokens."""

CUT: Final = " … [cut: the result was longer than {most} characters]"
"""Stands at the end of a result that was longer."""

_PLAIN: Final = (str, int, float, bool, complex, type(None))


def fitting(name: str, result: Any) -> Any:
    """Return what a tool has returned, as it may be given on: long text is cut, halves of characters are replaced,
    bytes are read as UTF-8, and what is neither text nor a list or mapping of such becomes JSON. Agents stay agents.

    Raises:
        ToolError: it cannot be told at all, such as bytes that are no text.
    """
    if isinstance(result, ToolResult):
        return ToolResult(fitting(name, result.output), reply_required=result.reply_required)
    if any(isinstance(one, Agent) for one in (result if isinstance(result, list | tuple) else [result])):
        return result
    if isinstance(result, bytes | bytearray | memoryview):
        result = _text(name, bytes(result[: LONGEST_RESULT * 4 + 1]))
    if isinstance(result, str):
        return _cut(result)
    if isinstance(result, _PLAIN):
        return result
    return _within_limit(result if _is_plain(result) else _jsonable(name, result))


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if error.start > LONGEST_RESULT:  # cut within a character
            return data[: error.start].decode()
        raise ToolError(f"{name} has returned bytes that are no text. Tell the caller that it did not work.") from error


def _cut(text: str) -> str:
    if len(text) <= LONGEST_RESULT:
        return encodable(text)
    return encodable(text[:LONGEST_RESULT]) + CUT.format(most=LONGEST_RESULT)


def _is_plain(value: object, depth: int = 0) -> bool:
    """Tell whether livekit puts a value before an LLM as it is."""
    if isinstance(value, _PLAIN):
        return True
    if depth > 20:
        return False
    if isinstance(value, list | tuple | set | frozenset):
        return all(_is_plain(one, depth + 1) for one in value)
    return isinstance(value, Mapping) and all(_is_plain(one, depth + 1) for pair in value.items() for one in pair)


def _jsonable(name: str, result: object) -> Any:
    try:
        return to_jsonable_python(result)
    except (ValueError, RecursionError) as error:
        kind = type(result).__name__
        raise ToolError(
            f"{name} has returned a {kind}, which cannot be told. Tell the caller that it did not work."
        ) from error


def _within_limit(result: Any) -> Any:
    """Return a list or mapping as it is, or the beginning of its JSON where that is too long."""
    pieces, length = [], 0
    encoder = json.JSONEncoder(ensure_ascii=False, default=sorted, skipkeys=True)
    for piece in encoder.iterencode(result):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_RESULT:
            return _cut("".join(pieces))
    return result

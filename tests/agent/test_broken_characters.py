from collections.abc import AsyncGenerator

import pytest
from livekit.agents import llm

from callagent.agent.untrusted_text import Chunk, whole_characters, whole_result


async def pieces(*texts: str) -> AsyncGenerator[Chunk, None]:
    for text in texts:
        yield text


async def chunks(*texts: str) -> AsyncGenerator[Chunk, None]:
    for text in texts:
        yield llm.ChatChunk(id="1", delta=llm.ChoiceDelta(role="assistant", content=text))


async def said(answer: AsyncGenerator[Chunk, None]) -> str:
    text = ""
    async for chunk in whole_characters(answer):
        part = (
            chunk
            if isinstance(chunk, str)
            else isinstance(chunk, llm.ChatChunk) and chunk.delta and chunk.delta.content
        )
        text += part or ""
    return text


@pytest.mark.parametrize("kind", [pieces, chunks])
@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (("Hi \ud83d", "\ude00!"), "Hi \U0001f600!"),
        (("Hi \ud83d", "", "\ude00"), "Hi \U0001f600"),
        (("Hi \ud83d", " there"), "Hi \ufffd there"),
        (("Hi \ud83d",), "Hi \ufffd"),
        (("\ude00 Hi",), "\ufffd Hi"),
        (("Hi ", "there \U0001f600"), "Hi there \U0001f600"),
    ],
)
async def test_halves_of_characters_are_put_together_or_replaced(
    kind: object, texts: tuple[str, ...], whole: str
) -> None:
    answer = pieces(*texts) if kind is pieces else chunks(*texts)
    assert await said(answer) == whole


async def test_what_has_no_text_passes() -> None:
    async def answer() -> AsyncGenerator[Chunk, None]:
        yield llm.ChatChunk(id="1", usage=llm.CompletionUsage(completion_tokens=1, prompt_tokens=1, total_tokens=2))

    assert [chunk async for chunk in whole_characters(answer())] == [chunk async for chunk in answer()]


def test_a_tools_text_is_whole_and_other_results_stay() -> None:
    assert whole_result("half \ud83d") == "half \ufffd"
    assert whole_result({"a": 1}) == {"a": 1}

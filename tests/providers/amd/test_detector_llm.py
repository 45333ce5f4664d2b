from typing import Any

import pytest
from livekit.agents import AMDCategory
from livekit.agents.llm import LLM, ChatContext, LLMStream

from callagent.providers.amd import GreetingLLM
from callagent.providers.amd.detector_llm import IN_DOUBT, TOOL


class Model(LLM[Any]):
    """Notes what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[ChatContext] = []

    def chat(self, *, chat_ctx: ChatContext, **_: Any) -> LLMStream:
        self.asked.append(chat_ctx)
        return GreetingLLM().chat(chat_ctx=chat_ctx)


async def answer(model: GreetingLLM, transcript: str) -> tuple[str, str]:
    context = ChatContext.empty()
    context.add_message(role="system", content="Classify.")
    context.add_message(role="user", content=transcript)
    response = await model.chat(chat_ctx=context).collect()
    (call,) = response.tool_calls
    return call.name, call.arguments


@pytest.mark.parametrize(
    ("transcript", "category"),
    [
        ("Who's calling please?", AMDCategory.HUMAN),
        ("Please leave a message.", AMDCategory.MACHINE_VM),
        ("For sales, press one.", AMDCategory.MACHINE_IVR),
        ("The number is not in service.", AMDCategory.MACHINE_UNAVAILABLE),
        ("This call may be screened.", AMDCategory.MACHINE_UNAVAILABLE),
        ("Well, hm.", AMDCategory.HUMAN),
    ],
)
async def test_words_answer_as_the_detection_wants_it(transcript: str, category: AMDCategory) -> None:
    assert await answer(GreetingLLM(), transcript) == (TOOL, f'{{"label": "{category.value}"}}')


async def test_a_model_is_asked_only_where_words_do_not_tell() -> None:
    model = Model()
    await answer(GreetingLLM(model), "Please leave a message.")
    await answer(GreetingLLM(model), "Who's calling please?")
    assert model.asked == []
    await answer(GreetingLLM(model), "Truly Pizza of Dana Point.")
    (context,) = model.asked
    assert [item.text_content for item in context.messages()] == [
        f"Classify.\n\n{IN_DOUBT}",
        "Truly Pizza of Dana Point.",
    ]

"""The LLM for `livekit.agents.AMD(session, llm=…)`: answers from the words where they tell, or asks a model."""

import json
from collections.abc import Mapping
from typing import Any

from livekit.agents import AMDCategory, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr
from livekit.agents.utils import shortuuid

from callagent.providers.amd.answer_phrases import Kind, kind_of

TOOL = "save_prediction"
"""The tool with which the detection takes an answer."""

CATEGORIES: Mapping[Kind, AMDCategory] = {
    "human": AMDCategory.HUMAN,
    "voicemail": AMDCategory.MACHINE_VM,
    "menu": AMDCategory.MACHINE_IVR,
    "unavailable": AMDCategory.MACHINE_UNAVAILABLE,
    "screening": AMDCategory.MACHINE_UNAVAILABLE,
    "hold": AMDCategory.MACHINE_UNAVAILABLE,
}
"""The detection has no category for a screener and for a call that is kept waiting. One that lets the prompt end, and
navigates no menu, stands for them; whoever reads the result looks at the words again."""

IN_DOUBT = (
    "Somebody who asks who is calling or what it is about, offers to take a message, answers with a name or says that "
    "they are busy is human. When it may be a person, answer human."
)


class GreetingLLM(llm.LLM[Any]):
    """Judges by words, without a network.

    Args:
        otherwise: is asked where the words do not tell; None: those are a person's.
    """

    def __init__(self, otherwise: llm.LLM[Any] | None = None) -> None:
        super().__init__()
        self.otherwise = otherwise

    @property
    def model(self) -> str:
        """Name in metrics."""
        return "greeting-words"

    @property
    def provider(self) -> str:
        """Name in metrics."""
        return "callagent"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        """Answer with one tool call, its own or that of the model behind it."""
        heard = [item.text_content or "" for item in chat_ctx.messages() if item.role == "user"]
        kind = kind_of(heard[-1] if heard else "")
        if kind is None and self.otherwise is not None:
            told = [item.text_content or "" for item in chat_ctx.messages() if item.role == "system"]
            asked = llm.ChatContext.empty()
            asked.add_message(role="system", content="\n\n".join([*told, IN_DOUBT]))
            asked.add_message(role="user", content=heard[-1] if heard else "")
            return self.otherwise.chat(
                chat_ctx=asked,
                tools=tools,
                conn_options=conn_options,
                parallel_tool_calls=parallel_tool_calls,
                tool_choice=tool_choice,
                extra_kwargs=extra_kwargs,
            )
        category = CATEGORIES[kind or "human"]
        return _Prediction(self, category, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Prediction(llm.LLMStream):
    def __init__(self, model: GreetingLLM, category: AMDCategory, **options: Any) -> None:
        super().__init__(model, **options)
        self._category = category

    async def _run(self) -> None:
        arguments = json.dumps({"label": self._category.value})
        call = llm.FunctionToolCall(name=TOOL, arguments=arguments, call_id=shortuuid("call_"))
        delta = llm.ChoiceDelta(role="assistant", tool_calls=[call])
        self._event_ch.send_nowait(llm.ChatChunk(id=shortuuid("greeting_"), delta=delta))

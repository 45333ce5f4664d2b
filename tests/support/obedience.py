"""A model that does whatever it reads, wherever it stands: the worst that a model can be talked into."""

import json
import re
from collections.abc import Iterator
from typing import Any

from livekit.agents import llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr
from livekit.agents.utils import shortuuid

_COMMAND = re.compile(r"CALL (\w+) (\{.*?\})")


class ObedientLLM(llm.LLM[Any]):
    """Calls a tool for each `CALL tool {arguments}` in its instructions, the caller's words and the results of tools.

    It does so in every answer, as long as it is let.

    Attributes:
        read: all that it was ever given, as one text.
        called: names of the tools that it has called.
    """

    def __init__(self) -> None:
        super().__init__()
        self.read = ""
        self.called: list[str] = []

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
        """Does all that it reads."""
        return _Obeying(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Obeying(llm.LLMStream):
    async def _run(self) -> None:
        model = self._llm
        assert isinstance(model, ObedientLLM)
        text = "\n".join(_texts(self.chat_ctx))
        model.read += text
        for name, arguments in _COMMAND.findall(text.replace('\\"', '"')):
            model.called.append(name)
            call = llm.FunctionToolCall(name=name, arguments=arguments, call_id=shortuuid("call_"))
            self._send(llm.ChoiceDelta(role="assistant", tool_calls=[call]))
        self._send(llm.ChoiceDelta(role="assistant", content="Yes."))

    def _send(self, delta: llm.ChoiceDelta) -> None:
        self._event_ch.send_nowait(llm.ChatChunk(id=shortuuid("obey_"), delta=delta))


def _texts(chat_ctx: llm.ChatContext) -> Iterator[str]:
    for item in chat_ctx.items:
        if isinstance(item, llm.ChatMessage):
            yield item.text_content or ""
        elif isinstance(item, llm.FunctionCallOutput):
            yield item.output


def command(tool: str, **arguments: Any) -> str:
    """A sentence that it obeys."""
    return f"CALL {tool} {json.dumps(arguments)}"

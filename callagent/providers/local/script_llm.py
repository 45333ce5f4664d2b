"""The scripted LLM: answers from a list of replies, calls tools, needs no model and no network."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from livekit.agents import APIConnectOptions, APIError, llm
from livekit.agents.llm import ChatChunk, ChatContext, ChoiceDelta, FunctionToolCall, Tool, ToolChoice
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import shortuuid

from callagent.providers.local.matching import match_when
from callagent.providers.types import Reply, Script


class ScriptedLLM(llm.LLM[Any]):
    """Gives the first reply of `script` that matches the caller's last turn, else `script.otherwise`.

    A reply with a tool calls it first and speaks after the tool has returned. Calling a tool that the agent does not
    have is an error that the session reports (`APIError`, not retryable).
    """

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    @property
    def model(self) -> str:
        """Name in metrics."""
        return "script"

    @property
    def provider(self) -> str:
        """Name in metrics."""
        return "callagent"

    def chat(
        self,
        *,
        chat_ctx: ChatContext,
        tools: list[Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> "ScriptedStream":
        """The answer to the last item of `chat_ctx`."""
        return ScriptedStream(self, self._script, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class ScriptedStream(llm.LLMStream):
    """One answer, in a few words at a time."""

    def __init__(
        self,
        llm: ScriptedLLM,
        script: Script,
        *,
        chat_ctx: ChatContext,
        tools: list[Tool],
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(llm, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._script = script

    async def _run(self) -> None:
        found = find_reply(self._script.replies, _last_user_text(self.chat_ctx))
        if found is None:
            self._say(self._script.otherwise)
            return
        reply, args = found
        result = _tool_result(self.chat_ctx)
        if reply.tool is None:
            self._say(fill(reply.say or "", args))
        elif result is None:
            self._call(reply.tool, args)
        else:
            self._say(result if reply.say is None else fill(reply.say, {**args, "result": result}))

    def _say(self, text: str) -> None:
        identity = shortuuid("script_")
        for piece in re.findall(r"\s*\S+\s*", text):
            self._event_ch.send_nowait(ChatChunk(id=identity, delta=ChoiceDelta(role="assistant", content=piece)))

    def _call(self, name: str, args: Mapping[str, Any]) -> None:
        known = {tool.id for tool in self.tools}
        if name not in known:
            raise APIError(f"the script calls the tool {name!r}, which the agent does not have", retryable=False)
        call = FunctionToolCall(name=name, arguments=json.dumps(dict(args)), call_id=shortuuid("call_"))
        delta = ChoiceDelta(role="assistant", tool_calls=[call])
        self._event_ch.send_nowait(ChatChunk(id=shortuuid("script_"), delta=delta))


def find_reply(replies: Iterable[Reply], text: str) -> tuple[Reply, Mapping[str, Any]] | None:
    """The first reply whose `when` matches what the caller said, and its arguments with the match's named groups."""
    for reply in replies:
        groups = match_when(reply.when, text)
        if groups is not None:
            return reply, {**groups, **reply.args}
    return None


def fill(template: str, values: Mapping[str, Any]) -> str:
    """`template` with each `{name}` replaced; names without a value stay as they are."""
    for key, value in values.items():
        template = template.replace("{" + key + "}", str(value))
    return template


def _last_user_text(chat_ctx: ChatContext) -> str:
    for item in reversed(chat_ctx.items):
        if item.type == "message" and item.role == "user":
            return item.text_content or ""
    return ""


def _tool_result(chat_ctx: ChatContext) -> str | None:
    """Output of the tool that was called after the caller's last turn, or None."""
    for item in reversed(chat_ctx.items):
        if item.type == "function_call_output":
            return item.output
        if item.type == "message" and item.role == "user":
            return None
    return None

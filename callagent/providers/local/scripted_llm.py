"""The scripted LLM: answers from a list of replies, calls tools, needs no model and no network."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from livekit.agents import APIError, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr
from livekit.agents.utils import shortuuid

from callagent.phrases import find_any
from callagent.providers.types import Reply, Script

LONGEST_HEARD = 20_000
"""Characters of what the caller said, from its end, in which the words of a reply are looked for, 20 min of speech."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"\S+\s*")


class ScriptedLLM(llm.LLM[Any]):
    """Gives the first reply of `script` that matches the caller's last words, else `script.otherwise`.

    A reply with a tool becomes a function call; once its output is in the chat, the reply's `say` is spoken, or the
    output itself when there is none or the tool failed. A reply whose tool the agent has not got is passed over for the
    next that matches; where there is none it is an `APIError`, not retryable, unless it is for another agent.
    """

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    @property
    def script(self) -> Script:
        """What it answers from."""
        return self._script

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
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        """Answer the last user message of `chat_ctx`, or the tool output behind it."""
        return _ScriptedStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _ScriptedStream(llm.LLMStream):
    """One answer, word by word."""

    def __init__(
        self,
        model: ScriptedLLM,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(model, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._script = model.script

    async def _run(self) -> None:
        identity = shortuuid("script_")
        for delta in self._deltas():
            self._event_ch.send_nowait(llm.ChatChunk(id=identity, delta=delta))

    def _deltas(self) -> Iterator[llm.ChoiceDelta]:
        said, after = _last_turn(self.chat_ctx)
        reply, groups = _choose(self._script, said, self.tools)
        latest = _latest_of_agent(after)
        if reply is None or isinstance(latest, llm.ChatMessage):
            yield from _spoken(self._script.otherwise)
        elif latest is not None:
            yield from _spoken(_after_tool(reply, groups, latest))
        elif reply.tool is None:
            yield from _spoken(_filled(reply.say or "", groups))
        else:
            yield _call(reply.tool, _arguments(reply, groups), self.tools)


def _last_turn(chat_ctx: llm.ChatContext) -> tuple[str, list[llm.ChatItem]]:
    """Return what the caller said last, and the items of the chat behind it."""
    items = chat_ctx.items
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        if isinstance(item, llm.ChatMessage) and item.role == "user":
            return item.text_content or "", items[index + 1 :]
    return "", []


def _latest_of_agent(items: list[llm.ChatItem]) -> llm.ChatMessage | llm.FunctionCallOutput | None:
    """Return the agent's own words, or the tool output that still wants some; None before either."""
    for item in reversed(items):
        if isinstance(item, llm.FunctionCallOutput) or (isinstance(item, llm.ChatMessage) and item.role == "assistant"):
            return item
    return None


def _choose(script: Script, said: str, tools: list[llm.Tool]) -> tuple[Reply | None, Mapping[str, str]]:
    known = llm.ToolContext(tools).function_tools
    offered = [reply for reply in script.replies if reply.tool is None or reply.tool in known]
    for replies in [offered] if script.of_several else [offered, script.replies]:
        if (found := find_any((reply.when for reply in replies), said[-LONGEST_HEARD:])) is not None:
            return replies[found[0]], found[1].groups
    return None, {}


def _arguments(reply: Reply, groups: Mapping[str, str]) -> dict[str, Any]:
    return {name: _filled(value, groups) if isinstance(value, str) else value for name, value in reply.args.items()}


def _call(name: str, arguments: Mapping[str, Any], tools: list[llm.Tool]) -> llm.ChoiceDelta:
    known = llm.ToolContext(tools).function_tools
    if name not in known:
        offered = ", ".join(sorted(known)) or "none"
        raise APIError(f"the script calls the tool '{name}', the agent has: {offered}", retryable=False)
    call = llm.FunctionToolCall(name=name, arguments=json.dumps(arguments), call_id=shortuuid("call_"))
    return llm.ChoiceDelta(role="assistant", tool_calls=[call])


def _after_tool(reply: Reply, groups: Mapping[str, str], output: llm.FunctionCallOutput) -> str:
    if reply.say is None or output.is_error:
        return output.output
    return _filled(reply.say, {**groups, **_arguments(reply, groups), "result": output.output})


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return _PLACEHOLDER.sub(lambda field: str(values.get(field[1], field[0])), template)


def _spoken(text: str) -> Iterator[llm.ChoiceDelta]:
    for word in _WORD.findall(text):
        yield llm.ChoiceDelta(role="assistant", content=word)

"""Who has answered a call, told by words alone: what livekit-agents' machine detection asks where there is no model."""

import json
import re
from typing import Any, Literal

from livekit.agents import llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr
from livekit.agents.utils import shortuuid

Category = Literal["human", "machine-ivr", "machine-vm", "machine-unavailable"]
"""The categories of `livekit.agents.AMDCategory` that words can tell; no words tell that it is uncertain."""

TOOL = "save_prediction"
"""The tool with which the detection takes an answer."""

_PHRASES: tuple[tuple[Category, str], ...] = (
    (
        "machine-unavailable",
        r"(mailbox|voice ?mail) (is|has) (full|not|been full)|hasn't been set up|not (been )?set up"
        r"|no longer in service|not in service|cannot be completed as dialed"
        r"|not accepting (messages|calls)|cannot accept (any )?messages"
        r"|nicht vergeben|zurzeit nicht erreichbar|derzeit nicht erreichbar",
    ),
    (
        "machine-ivr",
        r"\b(press|dial|push) (\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|the)\b"
        r"|\b(state|say|record) your name and|who('s| is) calling|(reason|why) (for your call|you'?re calling)"
        r"|your call may be recorded|listen carefully|main menu|dr(ü|ue)cken sie",
    ),
    (
        "machine-vm",
        r"leave (me |us )?(a|your) (\w+ )?(message|name|number)|leave your|after the (tone|beep)|at the (tone|beep)"
        r"|record your|voice ?mail|mailbox|(can't|cannot|can not|unable to) (come|get|take|answer)"
        r"|(away from|not at) my (desk|phone)|get back to you|nachricht|nach dem (ton|signalton|piep)|anrufbeantworter",
    ),
)
_COMPILED = tuple((category, re.compile(pattern, re.IGNORECASE)) for category, pattern in _PHRASES)


def category_of(transcript: str) -> Category:
    """Who says such a thing. Words that no machine is known for are a person's."""
    words = " ".join(transcript.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    return next((category for category, phrases in _COMPILED if phrases.search(words)), "human")


class GreetingLLM(llm.LLM[Any]):
    """An LLM for `AMD(session, llm=…)` that needs no model and no network: English and German phrases."""

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
        """Answers with one tool call."""
        return _Verdict(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Verdict(llm.LLMStream):
    async def _run(self) -> None:
        heard = [item.text_content or "" for item in self.chat_ctx.messages() if item.role == "user"]
        arguments = json.dumps({"label": category_of(heard[-1] if heard else "")})
        call = llm.FunctionToolCall(name=TOOL, arguments=arguments, call_id=shortuuid("call_"))
        delta = llm.ChoiceDelta(role="assistant", tool_calls=[call])
        self._event_ch.send_nowait(llm.ChatChunk(id=shortuuid("greeting_"), delta=delta))

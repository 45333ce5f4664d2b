"""What an agent that gets the call knows of the conversation before it: all of it, a summary, or nothing."""

import asyncio
import logging
from typing import Any, Final, Literal

from livekit.agents import Agent, APIError
from livekit.agents.llm import LLM, ChatContext, ChatItem, ChatMessage

from callagent.agent.untrusted_text import NOTICE, conversation, quoted
from callagent.providers.local.scripted_llm import ScriptedLLM

_log = logging.getLogger("callagent.agent")

SUMMARY_S: Final = 4.0
"""Seconds that the model has for a summary, while the caller waits; a long pause on the telephone, but one a caller
bears once. After that the whole conversation is handed over."""

LONGEST_SUMMARY: Final = 2_000
"""Characters of a summary that are handed over; some 300 words."""

_MARK: Final = "callagent.handed_over"
"""Marks what is written for an agent and is not its instructions, in a message's `extra`."""

_SUMMARISE: Final = (
    "A telephone call is handed over to a colleague of yours. Tell them in at most a hundred words what they have to "
    "know: who the caller is, what they want, what was found out and agreed, and what is open. Leave out greetings. "
    "Make nothing up, and write nothing but that."
)
_SUMMARY: Final = "What was talked about before you got the call, in short."

Context = Literal["carried", "summarised", "fresh"]


async def history_for(context: Context, before: Agent, model: Any) -> ChatContext:
    """Return what the next agent is to know of the conversation that `before` has had.

    Args:
        model: makes the summary. Where it is none that can, or takes too long, all of the conversation is carried.
    """
    if context == "fresh":
        return ChatContext.empty()
    items = _carried(before)
    can = isinstance(model, LLM) and not isinstance(_inner(model), ScriptedLLM)
    summary = await _summary(ChatContext(items), model) if context == "summarised" and can else ""
    if not summary:
        return ChatContext(items)
    return ChatContext([_told(f"{_SUMMARY}\n{NOTICE}\n{quoted(summary)}"), *_last_turn(items)])


async def tell(agent: Agent, text: str) -> None:
    """Write something into an agent's context that is handed on with it."""
    context = agent.chat_ctx.copy()
    context.insert(_told(text))
    await agent.update_chat_ctx(context, exclude_invalid_function_calls=False)


def _told(text: str) -> ChatMessage:
    return ChatMessage(role="system", content=[text], extra={_MARK: True})


def _carried(agent: Agent) -> list[ChatItem]:
    """Return an agent's conversation, without its instructions and whatever else is its own."""
    kept = agent.chat_ctx.copy(exclude_handoff=True, exclude_config_update=True, exclude_empty_message=True)
    return [item for item in kept.items if not _is_instructions(item)]


def _is_instructions(item: ChatItem) -> bool:
    return isinstance(item, ChatMessage) and item.role in ("system", "developer") and _MARK not in item.extra


def _last_turn(items: list[ChatItem]) -> list[ChatItem]:
    """Return the caller's last turn and what came after it: what the agent has to answer."""
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        if isinstance(item, ChatMessage) and item.role == "user":
            return items[index:]
    return []


def _inner(model: Any) -> Any:
    return getattr(model, "inner", model)


async def _summary(history: ChatContext, model: LLM[Any]) -> str:
    """Return what the model makes of the conversation; empty where it makes nothing in time."""
    said = conversation(history).messages()
    lines = [f"{'Caller' if each.role == 'user' else 'Agent'}: {each.text_content}" for each in said]
    if not lines:
        return ""
    request = ChatContext.empty()
    request.add_message(role="system", content=f"{_SUMMARISE}\n{NOTICE}")
    request.add_message(role="user", content="\n".join(lines))
    text = ""
    try:
        async with asyncio.timeout(SUMMARY_S), model.chat(chat_ctx=request) as stream:
            async for chunk in stream:
                text += (chunk.delta.content or "") if chunk.delta else ""
                if len(text) >= LONGEST_SUMMARY:
                    break
    except (TimeoutError, APIError) as error:
        _log.warning("no summary, the conversation is handed over whole", extra={"error": type(error).__name__})
        return ""
    return text.strip()[:LONGEST_SUMMARY]

import json
import time
from typing import Any

import pytest
from livekit.agents import APIError, APIStatusError, llm
from livekit.agents.types import APIConnectOptions

from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM

SCRIPT = Script(
    (
        Reply("opening hours", "We are open from nine to six."),
        Reply("/book.*(?P<day>friday|tuesday)/", "Done: {day}. {result}", "book", {"day": "{day}", "people": 2}),
        Reply("price", None, "look_up", {"what": "price"}),
        Reply("hours", "Never reached with opening."),
        Reply("braces", "A {brace} stays."),
    ),
    otherwise="Pardon?",
)
AT_ONCE = APIConnectOptions(max_retry=0)


@llm.function_tool
async def book(day: str, people: int) -> str:
    """Book a table."""
    return f"{day} for {people}"


@llm.function_tool
async def look_up(what: str) -> str:
    """Look something up."""
    return what


def heard(*said: str) -> llm.ChatContext:
    context = llm.ChatContext.empty()
    for text in said:
        context.add_message(role="user", content=text)
    return context


async def answer(context: llm.ChatContext, tools: list[llm.Tool] | None = None) -> llm.CollectedResponse:
    return await ScriptedLLM(SCRIPT).chat(chat_ctx=context, tools=tools, conn_options=AT_ONCE).collect()


def with_output(context: llm.ChatContext, call: llm.FunctionToolCall, output: str, *, failed: bool = False) -> None:
    context.items.append(llm.FunctionCall(call_id=call.call_id, name=call.name, arguments=call.arguments))
    context.items.append(llm.FunctionCallOutput(call_id=call.call_id, name=call.name, output=output, is_error=failed))


async def test_first_reply_that_matches_the_last_words_wins() -> None:
    assert (await answer(heard("prices", "Your opening hours?"))).text == "We are open from nine to six."


async def test_otherwise_when_nothing_matches_or_nothing_was_said() -> None:
    assert (await answer(heard("Blue elephants"))).text == "Pardon?"
    assert (await answer(llm.ChatContext.empty())).text == "Pardon?"


async def test_text_comes_in_small_chunks() -> None:
    chunks = [chunk async for chunk in ScriptedLLM(SCRIPT).chat(chat_ctx=heard("opening hours"))]
    assert [chunk.delta.content for chunk in chunks if chunk.delta][:2] == ["We ", "are "]


async def test_tool_is_called_with_its_arguments() -> None:
    response = await answer(heard("Please book it for Friday"), [book])
    (call,) = response.tool_calls
    assert (call.name, json.loads(call.arguments), response.text) == ("book", {"day": "Friday", "people": 2}, "")


async def test_reply_follows_the_tools_output() -> None:
    context = heard("Please book it for Friday")
    (call,) = (await answer(context, [book])).tool_calls
    with_output(context, call, "Table four.")
    response = await answer(context, [book])
    assert (response.text, response.tool_calls) == ("Done: Friday. Table four.", [])


@pytest.mark.parametrize(("said", "failed"), [("price", False), ("book friday", True)])
async def test_output_itself_is_spoken_without_say_and_after_a_failure(said: str, failed: bool) -> None:
    context = heard(said)
    (call,) = (await answer(context, [book, look_up])).tool_calls
    with_output(context, call, "That day is full.", failed=failed)
    assert (await answer(context, [book, look_up])).text == "That day is full."


async def test_what_was_answered_already_is_not_done_again() -> None:
    context = heard("book friday")
    (call,) = (await answer(context, [book])).tool_calls
    with_output(context, call, "Table four.")
    context.add_message(role="assistant", content="Done.")
    response = await answer(context, [book])
    assert (response.text, response.tool_calls) == ("Pardon?", [])


async def test_unknown_placeholder_stays_as_it_is() -> None:
    assert (await answer(heard("braces"))).text == "A {brace} stays."


async def test_tool_the_agent_has_not_got_is_an_llm_error() -> None:
    model: llm.LLM[Any] = ScriptedLLM(SCRIPT)
    errors: list[llm.LLMError] = []
    model.on("error", errors.append)
    with pytest.raises(APIError, match="the script calls the tool 'book', the agent has: look_up") as caught:
        await model.chat(chat_ctx=heard("book friday"), tools=[look_up]).collect()
    assert not isinstance(caught.value, APIStatusError)
    assert [error.recoverable for error in errors] == [False]


async def test_an_expression_that_takes_too_long_does_not_match() -> None:
    script = Script((Reply("/(a|aa)+$/", "Slow."), Reply("end", "Found.")))
    model = ScriptedLLM(script)
    said = heard("a" * 5_000 + " the end.")
    assert (await model.chat(chat_ctx=said, conn_options=AT_ONCE).collect()).text == "Found."


async def test_of_endless_words_the_last_are_looked_at() -> None:
    said = heard("blue " * 1_000_000 + "opening hours")
    began = time.process_time()
    assert (await answer(said)).text == "We are open from nine to six."
    assert time.process_time() - began < 0.5

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from callagent.interactive import TypedCall
from callagent.interactive.typed import Transcript
from callagent.journal import (
    AgentWords,
    CallEnded,
    GateDecided,
    PlayoutEnded,
    ToolCalled,
    ToolReturned,
    Trouble,
    TurnAdded,
)
from callagent.profile import Profile, load_profile
from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from tests.support.virtual import virtually

pytestmark = pytest.mark.text

LONG = "We are open on weekdays from nine to six, and on Saturdays from ten to two, but never on Sundays."
SCRIPT = Script(
    (
        Reply("hours", LONG),
        Reply("book", "It is {result}.", "book", {"day": "friday"}),
        Reply("bye", "Goodbye.", "hang_up"),
        Reply("broken", None, "unknown"),
    ),
    "Pardon?",
)


def agent() -> Profile:
    tools = {"book": {"description": "Book", "parameters": {"day": {"type": "string"}}, "returns": "done on {day}"}}
    base = load_profile("en-US", env={}).model_dump(mode="json", by_alias=True, exclude_none=True)
    return Profile.model_validate({**base, "greeting": "Hello.", "replies": [], "tools": {**tools, "hang_up": {}}})


def talk(body: Callable[[TypedCall], Awaitable[None]]) -> TypedCall:
    async def call() -> TypedCall:
        made = TypedCall(agent(), ScriptedLLM(SCRIPT))
        await made.start()
        await made.settled()
        try:
            await body(made)
        finally:
            await made.aclose()
        return made

    return virtually(call)


def turns(call: TypedCall) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in call.log.of(TurnAdded)]


def test_what_is_typed_while_the_agent_listens_is_a_turn_at_once() -> None:
    async def body(call: TypedCall) -> None:
        call.say("Something else")
        await call.settled()

    call = talk(body)
    assert turns(call) == [("assistant", "Hello."), ("user", "Something else"), ("assistant", "Pardon?")]
    assert call.log.of(GateDecided) == []


def test_the_agent_speaks_at_the_pace_of_speech() -> None:
    async def body(call: TypedCall) -> None:
        call.say("hours")
        await call.settled()

    words = talk(body).log.of(AgentWords)
    assert 5.0 < words[-1].at - words[1].at < 8.0


@pytest.mark.parametrize(("words", "decision", "whole"), [("Okay.", "drop", True), ("Stop.", "interrupt", False)])
def test_the_gate_decides_what_becomes_of_words_over_the_agents(words: str, decision: str, whole: bool) -> None:
    async def body(call: TypedCall) -> None:
        call.say("hours")
        assert await call.spoken_for(1.0)
        call.say(words)
        await call.settled()

    call = talk(body)
    assert [entry.decision for entry in call.log.of(GateDecided)] == [decision]
    said = [text for role, text in turns(call) if role == "assistant"]
    assert (said[1] == LONG) is whole
    assert any(ended.interrupted for ended in call.log.of(PlayoutEnded)) is not whole
    assert (("user", "Stop.") in turns(call)) is not whole


def test_a_tool_is_told_with_arguments_and_result() -> None:
    async def body(call: TypedCall) -> None:
        call.say("Please book")
        await call.settled()

    call = talk(body)
    assert [(tool.name, tool.arguments) for tool in call.log.of(ToolCalled)] == [("book", {"day": "friday"})]
    assert [(tool.text, tool.failed) for tool in call.log.of(ToolReturned)] == [("done on friday", False)]
    assert turns(call)[-1] == ("assistant", "It is done on friday.")


def test_the_agent_can_hang_up() -> None:
    async def body(call: TypedCall) -> None:
        call.say("bye")
        await call.settled()
        assert call.over

    assert [ended.reason for ended in talk(body).log.of(CallEnded)] == ["agent hung up"]


def test_keys_are_a_turn() -> None:
    async def body(call: TypedCall) -> None:
        await call.press_keys("12#")
        await call.settled()

    assert ("user", "12") in turns(talk(body))


def test_what_is_no_key_is_refused() -> None:
    async def body(call: TypedCall) -> None:
        with pytest.raises(ValueError, match="not a key of a telephone: X"):
            await call.press_keys("1x")

    talk(body)


def test_a_model_that_fails_leaves_trouble_and_no_hang() -> None:
    async def body(call: TypedCall) -> None:
        call.say("broken")
        await call.settled()

    assert "unknown" in talk(body).log.of(Trouble)[0].message


def test_the_greeting_can_be_broken_off_by_hanging_up() -> None:
    async def call() -> TypedCall:
        made = TypedCall(agent(), ScriptedLLM(SCRIPT))
        await made.start()
        await asyncio.sleep(0.3)
        await made.aclose()
        await made.aclose()
        return made

    assert [ended.reason for ended in virtually(call).log.of(CallEnded)] == ["caller hung up"]


def test_the_transcript_tells_what_happened_in_order() -> None:
    transcript = Transcript()

    async def body(call: TypedCall) -> None:
        call.log.listen(transcript.observed)
        call.say("Please book")
        await call.settled()
        assert "It is done on friday." in transcript.text

    talk(body)
    assert [line.split(maxsplit=1)[1] for line in transcript.text.splitlines()] == [
        "caller  Please book",
        "tool    book(day=friday)",
        "tool    returned: done on friday",
        "agent   It is done on friday.",
        "call    ended: caller hung up",
    ]

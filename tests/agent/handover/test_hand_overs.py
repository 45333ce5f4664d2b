"""Several agents of a profile in one call: who has it, who gets it, what they know, and when it stays where it is."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from livekit.agents import Agent, RunContext, function_tool
from livekit.agents.llm import LLM, ChatChunk, ChatContext, ChoiceDelta, FunctionToolCall, LLMStream

import callagent
from callagent.audio import CallClock
from callagent.journal import HandedOver, ObservationLog
from callagent.journal.observer import SessionObserver
from callagent.profile import Profile
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

AGENTS: dict[str, Any] = {
    "reception": {
        "instructions": "You are the reception.",
        "hands_over": {"orders": "The caller wants to order.", "complaints": "The caller complains."},
    },
    "orders": {
        "instructions": "You take orders.",
        "greeting": "Orders. What can I get you?",
        "tools": ["stock"],
        "hands_over": {"reception": "The caller wants anything else."},
    },
    "complaints": {"instructions": "You listen.", "hands_over": {"reception": "The caller is content."}},
}
REPLIES = [
    {"when": "order", "call": "to_orders"},
    {"when": "bad", "call": "to_complaints"},
    {"when": "back", "call": "to_reception"},
    {"when": "rye", "call": "stock", "with": {"item": "rye"}},
    {"agent": "complaints", "when": "bad", "say": "I am sorry to hear that."},
    {"agent": "reception", "when": "back", "say": "Here is the reception again."},
    {"when": "hours", "say": "From nine to six."},
]
TOOLS = {
    "stock": {"description": "Look it up.", "parameters": {"item": {}}, "returns": "We have {item}."},
    "hours": {"description": "Tell the hours.", "returns": "Nine to six."},
}


def bakery(**fields: Any) -> Profile:
    given = {"agents": AGENTS, "start": "reception", "tools": TOOLS, "replies": REPLIES, "greeting": "Good morning."}
    return a_profile(**{**given, "otherwise": "Pardon?", **fields})


class Watched(VirtualCall):
    """A call whose hand-overs are noted, each as who had the call and who has it then."""

    def __init__(self, profile: Profile, **parts: Any) -> None:
        super().__init__(profile, **parts)
        self.log = ObservationLog(self.clock.now)
        SessionObserver(self.call.session, None, self.log, CallClock(), self.call.name_of)

    @property
    def handed_over(self) -> list[tuple[str, str]]:
        return [(entry.before, entry.agent) for entry in self.log.of(HandedOver)]

    @property
    def tools(self) -> set[str]:
        """What the model may call now."""
        return {*callagent_tools(self.call.session.current_agent, self.call.session.tools)}


def callagent_tools(agent: Agent, of_session: list[Any]) -> list[str]:
    from livekit.agents.llm import ToolContext

    return list(ToolContext([*of_session, *agent.tools]).function_tools)


def talk(profile: Profile, *said: str, then: Callable[[Watched], Coroutine[Any, Any, Any]] | None = None) -> Watched:
    """A call in which the caller says this, one after the other."""

    async def body() -> Watched:
        async with Watched(profile) as call:
            for text in said:
                await call.say(text)
                await asyncio.sleep(2.0)
                await call.idle()
            if then is not None:
                await then(call)
        return call

    return virtually(body)


def test_the_one_that_starts_greets_and_the_next_one_says_its_own() -> None:
    call = talk(bakery(), "I would like to order.", "Do you have rye bread?")
    assert call.said == [
        "agent: Good morning.",
        "caller: I would like to order.",
        "agent: Orders. What can I get you?",
        "caller: Do you have rye bread?",
        "agent: We have rye.",
    ]
    assert call.handed_over == [("", "reception"), ("reception", "orders")]


def test_an_agent_has_its_tools_while_it_has_the_call_and_all_where_it_names_none() -> None:
    offered: list[set[str]] = []

    async def body() -> None:
        async with Watched(bakery()) as call:
            offered.append(call.tools)
            await call.say("I would like to order.")
            await call.hears("What can I get you?")
            offered.append(call.tools)
            await call.say("And back, please.")
            await call.hears("Here is the reception again.")
            offered.append(call.tools)

    virtually(body)
    at_reception = {"stock", "hours", "to_orders", "to_complaints"}
    assert offered == [at_reception, {"stock", "to_reception"}, at_reception]


def test_an_agent_without_a_greeting_goes_on_by_its_model() -> None:
    call = talk(bakery(), "The bread was bad.")
    assert call.said[-1] == "agent: I am sorry to hear that."


def what_is_known(context: str, **parts: Any) -> str:
    """What the next agent's model is told of the conversation."""
    agents = {**AGENTS, "orders": {**AGENTS["orders"], "context": context}}
    known: list[str] = []

    async def body() -> None:
        async with Watched(bakery(agents=agents), **parts) as call:
            await call.say("What are your hours?")
            await call.hears("nine to six")
            await call.say("I would like to order.")
            await call.hears("What can I get you?")
            items = call.call.session.current_agent.chat_ctx.messages()
            known.extend(f"{item.role}: {item.text_content}" for item in items)

    virtually(body)
    return "\n".join(known)


def test_the_conversation_is_carried_along_but_not_the_instructions_of_the_one_before() -> None:
    known = what_is_known("carried")
    assert "user: What are your hours?" in known and "assistant: From nine to six." in known
    assert "You take orders." in known and "You are the reception." not in known


def test_an_agent_may_begin_afresh() -> None:
    known = what_is_known("fresh")
    assert "hours" not in known and "You take orders." in known


class Summariser(LLM[Any]):
    """Answers each request with a text, after a while."""

    def __init__(self, text: str, delay: float = 0.5) -> None:
        super().__init__()
        self.text, self.delay = text, delay
        self.asked = ""

    def chat(self, *, chat_ctx: ChatContext, tools: Any = None, **options: Any) -> LLMStream:
        self.asked = "\n".join(item.text_content or "" for item in chat_ctx.messages())
        return _Said(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=callagent_options())


def callagent_options() -> Any:
    from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

    return DEFAULT_API_CONNECT_OPTIONS


class _Said(LLMStream):
    async def _run(self) -> None:
        model = self._llm
        assert isinstance(model, Summariser)
        await asyncio.sleep(model.delay)
        self._event_ch.send_nowait(ChatChunk(id="1", delta=ChoiceDelta(role="assistant", content=model.text)))


def test_a_summary_of_the_sessions_model_takes_the_place_of_the_conversation() -> None:
    model = Summariser("They asked for the hours.")
    known = what_is_known("summarised", llm=model)
    assert "They asked for the hours." in known and "assistant: From nine to six." not in known
    assert "user: I would like to order." in known, "what they said last is to be answered"
    assert "What are your hours?" in model.asked


@pytest.mark.parametrize(
    "model", [Summariser("Too late.", 60.0), Summariser("  "), None], ids=["slow", "none", "script"]
)
def test_without_a_summary_in_time_the_conversation_is_carried(model: Any) -> None:
    known = what_is_known("summarised", **({"llm": model} if model else {}))
    assert "assistant: From nine to six." in known and "Too late." not in known


PING_PONG = {
    "ping": {"hands_over": {"pong": "Always."}},
    "pong": {"hands_over": {"ping": "Always."}},
}


@pytest.mark.parametrize("phrase", ["I will help you myself.", ""])
def test_hand_overs_in_a_circle_end_after_some_and_the_call_goes_on(phrase: str) -> None:
    profile = bakery(
        agents=PING_PONG,
        start="ping",
        replies=[
            {"when": "hello", "call": "to_pong"},
            {"when": "hello", "call": "to_ping"},
            {"when": "hours", "say": "Nine to six."},
        ],
        flow={"hand_overs": 3},
        phrases={"not_handed_over": phrase},
    )
    call = talk(profile, "Hello.", "What are your hours?")
    assert [who for _, who in call.handed_over] == ["ping", "pong", "ping", "pong"]
    assert "agent: Nine to six." in call.said
    assert (f"agent: {phrase}" in call.said) is bool(phrase)


def test_a_turn_of_the_caller_begins_the_count_anew() -> None:
    profile = bakery(flow={"hand_overs": 1})
    call = talk(profile, "I would like to order.", "And back, please.", "And order again.")
    assert [who for _, who in call.handed_over] == ["reception", "orders", "reception", "orders"]


class Calling(LLM[Any]):
    """Calls these tools at its first request, and says something at each other."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        self.outputs: list[str] = []

    def chat(self, *, chat_ctx: ChatContext, tools: Any = None, **options: Any) -> LLMStream:
        self.outputs = [item.output for item in chat_ctx.items if item.type == "function_call_output"]
        return _Called(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=callagent_options())


class _Called(LLMStream):
    async def _run(self) -> None:
        model = self._llm
        assert isinstance(model, Calling)
        names, model.names = model.names, ()
        calls = [FunctionToolCall(name=name, arguments="{}", call_id=f"call_{name}") for name in names]
        delta = ChoiceDelta(role="assistant", tool_calls=calls) if calls else ChoiceDelta(content="Let me help you.")
        self._event_ch.send_nowait(ChatChunk(id="1", delta=delta))


def with_model(model: LLM[Any], *said: str) -> Watched:
    async def body() -> Watched:
        async with Watched(bakery(), agents={"reception": {"llm": model}}) as call:
            for text in said:
                await call.say(text)
                await asyncio.sleep(2.0)
                await call.idle()
        return call

    return virtually(body)


def test_a_hand_over_to_nobody_is_told_to_the_model_and_the_call_goes_on() -> None:
    model = Calling("to_nowhere")
    call = with_model(model, "Hello.")
    assert call.said[-1] == "agent: Let me help you."
    assert "to_nowhere" in model.outputs[0] and "to_orders" in model.outputs[0]
    assert call.handed_over == [("", "reception")]


def test_a_tool_that_the_agent_has_not_got_is_not_run() -> None:
    model = Calling("to_reception")
    assert with_model(model, "Hello.").handed_over == [("", "reception")]
    assert "to_reception" in model.outputs[0]


def test_of_two_hand_overs_at_once_the_first_one_counts() -> None:
    call = with_model(Calling("to_orders", "to_complaints"), "Hello.")
    assert call.handed_over == [("", "reception"), ("reception", "orders")]
    assert call.said[-1] == "agent: Orders. What can I get you?"


class Bakery(Agent):
    """An author's agent that hands over by a tool of its own."""

    def __init__(self) -> None:
        super().__init__(instructions="Sell.")

    async def on_enter(self) -> None:
        self.session.say("The bakery.")

    @function_tool
    async def to_whom(self, context: RunContext[callagent.Call], whom: str) -> Agent:
        """Hand over to somebody."""
        return await context.userdata.agent(whom)


def broken(call: Any) -> Agent:
    raise RuntimeError("not today")


def of_authors(target: str, **fields: Any) -> Profile:
    agents = {
        **AGENTS,
        "reception": {"hands_over": {"bakery": "They want bread."}},
        "bakery": {"agent": f"{__name__}:{target}", "tools": ["hours"], "hands_over": {"reception": "They are done."}},
    }
    replies = [
        {"when": "bread", "call": "to_bakery"},
        {"when": "done", "call": "to_reception"},
        {"when": "nobody", "call": "to_whom", "with": {"whom": "nobody"}},
        {"when": "order", "call": "to_whom", "with": {"whom": "orders"}},
    ]
    return bakery(agents=agents, replies=replies, **fields)


def test_an_authors_agent_is_one_of_them_by_its_name_with_its_tools() -> None:
    profile = of_authors("Bakery")
    offered: list[set[str]] = []

    async def look(call: Watched) -> None:
        offered.append(call.tools)

    assert talk(profile, "Bread, please.", then=look).said[-1] == "agent: The bakery."
    assert offered == [{"hours", "to_whom", "to_reception"}]
    call = talk(profile, "Bread, please.", "I am done.")
    assert call.handed_over == [("", "reception"), ("reception", "bakery"), ("bakery", "reception")]


def test_an_authors_tool_hands_over_to_an_agent_of_the_profile() -> None:
    call = talk(of_authors("Bakery"), "Bread, please.", "Let me order.")
    assert call.handed_over[-1] == ("bakery", "orders")
    assert call.said[-1] == "agent: Orders. What can I get you?"


def test_an_agent_that_is_not_there_is_an_error_of_the_authors_tool_and_the_call_goes_on() -> None:
    call = talk(of_authors("Bakery"), "Bread, please.", "Is nobody there?", "Then I am done.")
    assert call.handed_over[-1] == ("bakery", "reception")


def test_where_an_authors_agent_cannot_be_made_the_profiles_takes_its_place() -> None:
    call = talk(of_authors("broken"), "Bread, please.", "I am done.")
    assert call.handed_over == [("", "reception"), ("reception", "bakery"), ("bakery", "reception")]

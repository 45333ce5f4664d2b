"""More of what livekit offers an author, in a session with the gate: see test_native_members.py."""

import asyncio
import sys
from typing import Any

import pytest
from livekit.agents import (
    Agent,
    RunContext,
    RunResult,
    UserTranscriptionTimeoutEvent,
    UserTurnExceededEvent,
    function_tool,
    llm,
    telemetry,
)
from livekit.agents.llm.async_toolset import AsyncToolset
from livekit.agents.llm.mcp import MCPServerStdio, MCPToolset
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider

from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.script.caller import Sound
from tests.agent.test_native_members import MODEL_S, doer, in_a_session, nothing
from tests.agent.tools.test_inline import Name
from tests.support import customer_server
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually
from tests.support.virtual_call import a_profile


def test_an_agent_cuts_in_on_a_caller_who_talks_on() -> None:
    exceeded: list[str] = []

    class Brisk(Agent):
        async def on_user_turn_exceeded(self, event: UserTurnExceededEvent) -> None:
            exceeded.append(event.accumulated_transcript)
            self.session.say("Let me stop you there.", allow_interruptions=False)

    async def body(call: PlainSession) -> None:
        for _ in range(6):
            await call.interject("And then I said to her that this could not be true at all.")
            await asyncio.sleep(0.6)
        await asyncio.sleep(10.0)

    endpointing = {"min_delay": "1 s", "max_delay": "1 s", "max_turn": "10 s"}
    call = in_a_session(Brisk(instructions="Act."), body, profile=a_profile(endpointing=endpointing))
    assert "agent: Let me stop you there." in call.said
    assert exceeded[0].startswith("And then I said to her")


def test_a_task_that_is_cancelled_gives_the_call_back() -> None:
    results: list[str] = []

    async def act(context: RunContext[Any]) -> str:
        task = Name()
        asyncio.get_running_loop().call_later(2.0, task.cancel)
        try:
            await task
        except llm.ToolError as error:
            results.append(error.message)
        return "Never mind."

    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await asyncio.sleep(MODEL_S + 6.0)

    assert "agent: Never mind." in in_a_session(doer(act), body).said
    assert results and results[0].endswith("is cancelled")


def test_a_turn_that_a_test_of_the_authors_runs_is_told_by_its_events() -> None:
    async def body(call: PlainSession) -> None:
        await call.idle()
        result: RunResult[Any] = await call.session.run(user_input="Please.")
        result.expect.next_event().is_function_call(name="act")
        result.expect.next_event().is_function_call_output(output="Nothing.")
        result.expect.next_event().is_message(role="assistant")
        result.expect.no_more_events()

    in_a_session(doer(nothing), body)


@pytest.mark.parametrize("own", [True, False], ids=["of the agent", "of the session"])
def test_an_answer_comes_later_where_turns_may_last_longer(own: bool) -> None:
    waited: list[float] = []

    async def body(call: PlainSession) -> None:
        if not own:
            call.session.update_options(endpointing_opts={"min_delay": 4.0, "max_delay": 4.0})
        await call.say("Please.")
        ended = call.clock.now()
        await asyncio.sleep(MODEL_S + 5.0)
        waited.append(call.spoke_at[-1] - ended)

    longer: dict[str, Any] = {"turn_handling": {"endpointing": {"min_delay": 4.0, "max_delay": 4.0}}} if own else {}
    in_a_session(Agent(instructions="Act.", tools=doer(nothing).tools, **longer), body)
    assert waited[0] > 3.5


def test_what_nobody_could_recognise_is_told() -> None:
    told: list[UserTranscriptionTimeoutEvent] = []

    async def body(call: PlainSession) -> None:
        await call.idle()
        call.session.on("user_transcription_timeout", told.append)
        await call.caller.speak(Sound("cough")).ended
        await asyncio.sleep(5.0)

    in_a_session(doer(nothing), body, transcription_timeout=1.0)
    assert len(told) == 1 and told[0].speech_duration > 0.0


def test_a_turn_that_the_program_commits_is_answered() -> None:
    async def body(call: PlainSession) -> None:
        await call.idle()
        await call.interject("Please.")
        await asyncio.sleep(1.0)
        call.session.commit_user_turn()
        await asyncio.sleep(MODEL_S)
        assert "agent: Nothing." in call.said

    in_a_session(doer(nothing), body, profile=a_profile(endpointing={"by": "manual"}))


def test_a_speech_can_be_waited_for_and_knows_where_it_comes_from() -> None:
    async def body(call: PlainSession) -> None:
        speech = call.session.generate_reply(user_input="Please.", input_modality="text")
        await speech.wait_for_playout()
        assert (speech.done(), speech.input_details.modality, speech.exception()) == (True, "text", None)

    in_a_session(doer(nothing), body)


class Other(Agent):
    """Takes the call over."""

    def __init__(self) -> None:
        super().__init__(instructions="Act otherwise.")


def searching() -> AsyncToolset:
    """A toolset whose tool tells of its progress, and is not begun twice."""

    @function_tool(on_duplicate="reject")
    async def search(context: RunContext[Any]) -> str:
        """Search."""
        await context.update("It will take a while.")
        await asyncio.sleep(8.0)
        return "Found."

    @function_tool
    async def hand_over() -> Agent:
        """Hand over."""
        return Other()

    return AsyncToolset(id="searching", tools=[search, hand_over])


SEARCH = ScriptedLLM(
    Script((Reply(when="search", tool="search"), Reply(when="somebody", tool="hand_over")), otherwise="Pardon?")
)


def test_a_toolset_of_a_session_works_on_while_the_caller_talks_and_after_a_hand_over() -> None:
    results: list[str] = []

    async def run() -> PlainSession:
        async with PlainSession(lambda _: doer(nothing), llm=SEARCH, tools=[searching()]) as call:
            await call.say("Please search.")
            await asyncio.sleep(3.0)
            await call.interject("Search again.")
            await asyncio.sleep(2.0)
            await call.interject("Somebody else, please.")
            await asyncio.sleep(20.0)
            assert isinstance(call.session.current_agent, Other)
            items = call.session.current_agent.chat_ctx.items
            results.extend(item.output for item in items if item.type == "function_call_output")
        return call

    call = virtually(run)
    assert any("It will take a while." in line for line in call.said)
    assert any("Same tool `search` is already running" in line for line in call.said)
    assert sum("Found." in result for result in results) == 1


@pytest.mark.blocks_loop(reason="a program is started, and livekit reads its package data")
async def test_a_toolset_of_an_mcp_server_on_an_agent_of_the_authors_own() -> None:
    toolset = MCPToolset(id="crm", mcp_server=MCPServerStdio(sys.executable, [customer_server.__file__]))
    model = ScriptedLLM(Script((Reply(when="know me", tool="find_customer", args={"name": "Ann"}),)))
    agent = Agent(instructions="Act.", tools=[toolset])
    async with asyncio.timeout(30.0), PlainSession(lambda _: agent, llm=model) as call:
        await call.session.generate_reply(user_input="Do you know me?")
        assert any("Ann is an old customer" in line for line in call.said)


def test_the_traces_of_a_call_go_to_the_exporter_of_its_author() -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.set_tracer_provider(provider)

    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await asyncio.sleep(MODEL_S)

    try:
        in_a_session(doer(nothing), body)
    finally:
        telemetry.set_tracer_provider(NoOpTracerProvider())
    names = {span.name for span in exporter.get_finished_spans()}
    assert names >= {"agent_session", "user_turn", "agent_turn", "llm_node", "tts_node", "function_tool"}

"""What livekit's Agent, AgentSession, AgentTask, RunContext, SpeechHandle and events offer an author, one by one, in a
session with the gate: each does what livekit says, and afterwards the gate still holds.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from livekit.agents import (
    Agent,
    AgentStateChangedEvent,
    CloseEvent,
    RunContext,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
    function_tool,
    llm,
    tts,
)
from livekit.agents.llm import FunctionTool
from livekit.agents.types import TimedString
from livekit.agents.voice import SpeechHandle

from callagent.providers import Reply, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.agent.test_gate_everywhere import SPEECH
from tests.agent.tools.test_inline import Name
from tests.support.plain_session import PlainSession
from tests.support.virtual import virtually
from tests.support.virtual_call import a_profile

Act = Callable[[RunContext[Any]], Awaitable[Any]]
ACTS = ScriptedLLM(Script((Reply(when="please", tool="act"),), otherwise="Pardon?"))
PATIENCE_S = 5.0
PATIENT = a_profile(endpointing={"min_delay": f"{PATIENCE_S} s", "max_delay": f"{PATIENCE_S} s"})
MODEL_S = 3.0
"""More than the scripted model and voice need for a short answer."""


def doer(act: Act) -> Agent:
    """An agent whose tool `act` the model calls when the caller says please."""

    @function_tool(name="act", description="Act.")
    async def tool(context: RunContext[Any]) -> Any:
        return await act(context)

    return Agent(instructions="Act.", tools=[tool])


async def nothing(_: RunContext[Any]) -> str:
    return "Nothing."


async def holds(call: PlainSession) -> None:
    """An acknowledgement over a long speech does not stop it, and a command does."""
    await call.idle()
    call.session.say(SPEECH)
    await call.speaks(1.5)
    before = len(call.silent_at)
    await call.interject("Yeah, okay.")
    await asyncio.sleep(0.5)
    assert len(call.silent_at) == before
    began = await call.interject("No, stop.")
    await asyncio.sleep(0.5)
    assert len(call.silent_at) == before + 1
    assert call.silent_at[-1] - began < 0.6
    await call.idle()


def in_a_session(agent: Agent, body: Callable[[PlainSession], Awaitable[None]], **options: Any) -> PlainSession:
    """A session in which `body` happens and the gate holds afterwards."""

    async def run() -> PlainSession:
        async with PlainSession(lambda _: agent, **{"llm": ACTS, **options}) as call:
            await body(call)
            await holds(call)
        return call

    return virtually(run)


def acted(act: Act) -> PlainSession:
    """A session whose caller has had the tool `act` called, and heard what came of it."""

    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await asyncio.sleep(MODEL_S)

    return in_a_session(doer(act), body)


def names(tools: list[llm.Tool | llm.Toolset]) -> list[str]:
    return [tool.info.name for tool in tools if isinstance(tool, FunctionTool)]


# RunContext


def test_the_context_of_a_tool_knows_its_session_its_call_and_its_speech() -> None:
    seen: list[object] = []

    async def act(context: RunContext[Any]) -> str:
        seen.extend([context.function_call.name, context.speech_handle is context.session.current_speech])
        return "Seen."

    assert "agent: Seen." in acted(act).said
    assert seen == ["act", True]


def test_a_tool_that_must_not_be_interrupted_is_not() -> None:
    stopped: list[float] = []

    async def act(context: RunContext[Any]) -> str:
        context.disallow_interruptions()
        return SPEECH

    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await call.speaks()
        await call.interject("No, stop.")
        stopped.extend(call.silent_at)
        await call.idle()

    call = in_a_session(doer(act), body)
    assert stopped == []
    assert f"agent: {SPEECH}" in call.said


def test_a_tool_that_waits_for_what_was_said_before_it_goes_on() -> None:
    async def act(context: RunContext[Any]) -> str:
        await context.wait_for_playout()
        return "It is done."

    assert "agent: It is done." in acted(act).said


def test_a_filler_is_said_while_a_tool_works() -> None:
    async def act(context: RunContext[Any]) -> str:
        async with context.with_filler("One moment.", delay=0.5):
            await asyncio.sleep(5.0)
        return "It is done."

    said = acted_for(act, 8.0).said
    assert said.index("agent: One moment.") < said.index("agent: It is done.")


def acted_for(act: Act, seconds: float) -> PlainSession:
    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await asyncio.sleep(seconds)

    return in_a_session(doer(act), body)


def test_a_tool_holds_the_floor_while_it_talks() -> None:
    async def act(context: RunContext[Any]) -> str:
        async with context.foreground():
            await context.session.say("First this.")
        return "Then that."

    said = acted_for(act, 8.0).said
    assert said.index("agent: First this.") < said.index("agent: Then that.")


def test_a_tool_tells_of_its_progress_and_then_of_its_end() -> None:
    async def act(context: RunContext[Any]) -> str:
        await context.update("Half of it.")
        await asyncio.sleep(5.0)
        return "All of it."

    said = " ".join(acted_for(act, 15.0).said)
    assert 0 < said.index("Half of it.") < said.index("All of it.")


# SpeechHandle


def test_a_speech_tells_of_its_end_and_what_became_of_it() -> None:
    done: list[str] = []

    async def body(call: PlainSession) -> None:
        def first(speech: SpeechHandle) -> None:
            done.append("first")

        def removed(speech: SpeechHandle) -> None:
            done.append("removed")

        speech = call.session.say("Good morning.")
        speech.add_done_callback(first)
        speech.add_done_callback(removed)
        speech.remove_done_callback(removed)
        assert speech.id and not speech.done() and speech.allow_interruptions
        await speech
        assert (speech.done(), speech.interrupted, speech.exception()) == (True, False, None)
        assert [item.text_content for item in speech.chat_items if isinstance(item, llm.ChatMessage)] == [
            "Good morning."
        ]
        assert speech.num_steps == 1

    in_a_session(doer(nothing), body)
    assert done == ["first"]


def test_a_wait_that_ends_with_the_interruption_of_its_speech() -> None:
    waited: list[object] = []

    async def body(call: PlainSession) -> None:
        speech = call.session.say(SPEECH)
        forever = asyncio.ensure_future(asyncio.sleep(3600.0))
        waiting = asyncio.ensure_future(speech.wait_if_not_interrupted([forever]))
        await call.speaks()
        await call.interject("No, stop.")
        await waiting
        waited.append(speech.interrupted)
        forever.cancel()

    in_a_session(doer(nothing), body)
    assert waited == [True]


def test_what_is_more_urgent_is_said_next() -> None:
    async def body(call: PlainSession) -> None:
        call.session.say("First.")
        call.session.generate_reply(user_input="please")
        await asyncio.sleep(8.0)

    said = in_a_session(doer(nothing), body).said
    assert said.index("agent: First.") < said.index("agent: Nothing.")


def test_an_interruption_by_the_program_ends_a_speech_and_what_is_queued() -> None:
    async def body(call: PlainSession) -> None:
        first, second = call.session.say(SPEECH), call.session.say("And this.")
        await call.speaks()
        await call.session.interrupt()
        await call.idle()
        assert first.interrupted and second.interrupted

    assert "agent: And this." not in in_a_session(doer(nothing), body).said


# Agent


def test_instructions_tools_and_conversation_of_an_agent_can_be_changed() -> None:
    agent = doer(nothing)

    @function_tool(name="act", description="Act otherwise.")
    async def other() -> str:
        """Act otherwise."""
        return "Otherwise."

    async def body(call: PlainSession) -> None:
        await agent.update_instructions("Act otherwise.")
        await agent.update_tools([other])
        changed = agent.chat_ctx.copy()
        changed.add_message(role="user", content="I am Ann.")
        await agent.update_chat_ctx(changed)
        assert agent.instructions == "Act otherwise."
        assert names(agent.tools) == ["act"]
        assert any(item.text_content == "I am Ann." for item in agent.chat_ctx.messages())
        await call.say("Please.")
        await asyncio.sleep(MODEL_S)

    assert "agent: Otherwise." in in_a_session(agent, body).said


def test_a_voice_of_its_own_is_taken_from_the_next_speech_on() -> None:
    class Voice(ScriptedTTS):
        def __init__(self) -> None:
            super().__init__()
            self.said: list[str] = []

        def synthesize(self, text: str, **rest: Any) -> Any:
            self.said.append(text)
            return super().synthesize(text, **rest)

        def stream(self, **rest: Any) -> Any:
            self.said.append("a stream")
            return super().stream(**rest)

    voice, agent = Voice(), doer(nothing)

    async def body(call: PlainSession) -> None:
        await call.session.say("With the old one.")
        assert voice.said == []
        agent.update_options(tts=voice)
        await call.session.say("With the new one.")
        assert voice.said

    in_a_session(agent, body)


class Stage(ScriptedTTS):
    """A voice that takes how something is to be said from tags in the text, of which a model is told."""

    class Markup(tts.TTS.Markup):
        def _provider_key(self) -> str:  # as livekit's plugins say it
            return "cartesia"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def synthesize(self, text: str, **rest: Any) -> Any:
        self.told.append(text)
        return super().synthesize(text, **rest)


class Reading(ScriptedLLM):
    """Answers as it is scripted, and keeps what it was told."""

    told = ""

    def chat(self, **request: Any) -> Any:
        self.told = "\n".join(message.text_content or "" for message in request["chat_ctx"].messages())
        return super().chat(**request)


@pytest.mark.parametrize("expressive", [True, False])
def test_a_model_says_how_something_is_to_be_said_where_the_voice_can_be_told(expressive: bool) -> None:
    voice, model = Stage(), Reading(Script((), otherwise='<expr type="expression" label="happy"/> Good morning.'))

    async def body(call: PlainSession) -> None:
        await call.say("Hello?")
        await asyncio.sleep(MODEL_S)

    call = in_a_session(Agent(instructions="Act.", expressive=expressive), body, llm=model, tts=voice)
    assert ("<expr" in model.told) is expressive
    assert any('<emotion value="happy"/>' in text for text in voice.told) is expressive
    assert "agent: Good morning." in call.said


def test_the_transcript_of_an_agent_has_the_times_of_its_voice() -> None:
    pieces: list[object] = []

    class Reader(Agent):
        async def transcription_node(self, text: AsyncIterable[Any], model_settings: Any) -> AsyncIterator[Any]:
            async for piece in text:
                pieces.append(piece)
                yield piece

    async def body(call: PlainSession) -> None:
        await call.session.say("Good morning. We are open.")

    call = in_a_session(Reader(instructions="Act.", use_tts_aligned_transcript=True), body)
    assert "agent: Good morning. We are open." in call.said
    assert [type(piece) for piece in pieces[:2]] == [TimedString, TimedString]


def test_two_speeches_are_as_far_apart_as_an_agent_says() -> None:
    apart: list[float] = []

    async def body(call: PlainSession) -> None:
        call.session.say("One.")
        await call.session.say("Two.")
        apart.append(call.spoke_at[1] - call.silent_at[0])

    in_a_session(Agent(instructions="Act.", min_consecutive_speech_delay=4.0), body)
    assert apart[0] > 3.5


# AgentTask


def test_a_task_gives_its_result_and_one_that_is_called_off_an_error() -> None:
    results: list[object] = []

    async def act(context: RunContext[Any]) -> str:
        results.append(await Name())
        refused = Name()
        asyncio.get_running_loop().call_later(1.0, refused.complete, llm.ToolError("not today"))
        try:
            await refused
        except llm.ToolError as error:
            results.append(error.message)
        return "Thank you."

    async def body(call: PlainSession) -> None:
        await call.say("Please.")
        await asyncio.sleep(MODEL_S)
        await call.interject("It is Ann.")
        await asyncio.sleep(15.0)

    assert "agent: Thank you." in in_a_session(doer(act), body).said
    assert results == ["It is Ann.", "not today"]


# AgentSession


def test_the_session_tells_who_talks_and_what_has_been_said() -> None:
    second = doer(nothing)

    async def body(call: PlainSession) -> None:
        session = call.session
        states: list[str] = []
        session.on("agent_state_changed", lambda event: states.append(event.new_state))
        session.update_agent(second)
        await asyncio.sleep(0.5)
        assert session.current_agent is second
        speech = session.say("Good morning.")
        await asyncio.sleep(0.5)
        assert session.current_speech is speech
        assert session.agent_state == "speaking"
        assert session.user_state == "listening"
        await speech
        assert states == ["speaking", "listening"]
        assert [item.text_content for item in session.history.messages()][-1] == "Good morning."
        assert session.stt is not None and session.vad is not None

    in_a_session(doer(nothing), body)


def test_a_turn_that_the_program_clears_is_not_answered() -> None:
    async def body(call: PlainSession) -> None:
        await call.idle()
        await call.interject("Please.")
        await asyncio.sleep(1.0)
        call.session.clear_user_turn()
        await asyncio.sleep(PATIENCE_S + MODEL_S)
        assert not any(line.startswith("agent: ") for line in call.said)

    in_a_session(doer(nothing), body, profile=PATIENT)


def test_every_event_of_a_session_comes() -> None:
    events: dict[str, list[Any]] = {}
    wanted = (
        "user_state_changed",
        "agent_state_changed",
        "user_input_transcribed",
        "conversation_item_added",
        "function_tools_executed",
        "tool_execution_updated",
        "speech_created",
        "session_usage_updated",
        "close",
    )

    def note(name: str) -> Callable[[Any], None]:
        def listener(event: Any) -> None:
            events.setdefault(name, []).append(event)

        return listener

    async def body(call: PlainSession) -> None:
        for name in wanted:
            call.session.on(name, note(name))  # type: ignore[arg-type]  # its names are a Literal
        await call.say("Please.")
        await asyncio.sleep(MODEL_S)

    in_a_session(doer(nothing), body)
    assert sorted(events) == sorted(wanted)
    assert {type(each) for each in events["user_state_changed"]} == {UserStateChangedEvent}
    assert {type(each) for each in events["agent_state_changed"]} == {AgentStateChangedEvent}
    finals = [each.transcript for each in events["user_input_transcribed"] if each.is_final]
    assert finals == ["Please.", "No, stop."]
    assert isinstance(events["user_input_transcribed"][0], UserInputTranscribedEvent)
    assert [type(each) for each in events["close"]] == [CloseEvent]


def test_a_session_that_is_shut_down_says_what_is_under_way_where_it_is_drained() -> None:
    lasted: dict[bool, float] = {}
    for drain in (True, False):

        async def run(drain: bool = drain) -> float:
            async with PlainSession(lambda _: doer(nothing), llm=ACTS) as call:
                closed = asyncio.Event()
                call.session.on("close", lambda _: closed.set())
                call.session.say(SPEECH)
                await call.speaks(0.5)
                call.session.shutdown(drain=drain)
                await closed.wait()
                return call.clock.now()

        lasted[drain] = virtually(run)
    assert lasted[False] < 3.0 < spoken_length(SPEECH) < lasted[True]


@pytest.mark.parametrize("name", ["llm_node", "tts_node", "transcription_node"])
def test_a_hook_that_raises_ends_one_answer_and_not_the_call(name: str) -> None:
    class Broken(Agent):
        broken = True

    async def hook(self: Agent, *arguments: Any) -> AsyncIterator[Any]:
        default = getattr(Agent.default, name)
        if type(self).broken:  # type: ignore[attr-defined]  # that of Broken
            type(self).broken = False  # type: ignore[attr-defined]  # that of Broken
            raise LookupError("broken on purpose")
        async for each in default(self, *arguments):
            yield each

    setattr(Broken, name, hook)
    agent = Broken(instructions="Act.")

    async def body(call: PlainSession) -> None:
        await call.say("Hello?")
        await asyncio.sleep(10.0)
        await call.say("Are you there?")
        await asyncio.sleep(MODEL_S)

    assert "agent: Pardon?" in in_a_session(agent, body).said

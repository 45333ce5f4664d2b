"""What an author holds of a call: say, reply, interrupt, close, the utterances, the state."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from livekit.agents import Agent, function_tool

import callagent
from callagent.agent.utterance import Utterance
from callagent.profile import Profile
from tests.agent.test_gate_everywhere import SPEECH, recorded
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

PROFILE = a_profile(greeting="Hello.", replies=[{"when": "/^$/", "say": SPEECH}], otherwise=SPEECH)
Body = Callable[[VirtualCall, callagent.Call], Coroutine[Any, Any, Any]]


def in_a_call(body: Body, profile: Profile = PROFILE) -> VirtualCall:
    """A call whose agent has greeted."""

    async def call() -> VirtualCall:
        async with VirtualCall(profile) as call:
            await call.idle()
            assert isinstance(call.call.session.userdata, callagent.Call)
            await body(call, call.call.session.userdata)
        return call

    return virtually(call)


def test_what_is_said_ends_what_is_being_said() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        first = own.say(SPEECH)
        assert (first.text, first.done, first.interrupted) == (SPEECH, False, False)
        await asyncio.sleep(1.0)
        second = own.say("One moment.")
        await second.wait()
        assert first.interrupted and first.done
        assert second.done and not second.interrupted
        assert own.utterance is None

    assert in_a_call(body).said == ["agent: Hello.", f"agent: {SPEECH}", "agent: One moment."]


def test_what_must_not_be_interrupted_is_said_to_its_end_first() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        first = own.say("This call is recorded.", interruptible=False)
        await asyncio.sleep(0.5)
        second = own.say("One moment.")
        first.interrupt()
        own.interrupt()
        await first.wait()
        assert not first.interrupted
        await second.wait()
        assert second.done

    said = in_a_call(body).said
    assert said[1] == "agent: This call is recorded."


def test_a_recording_is_played_with_its_text() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await own.say("As recorded.", audio=recorded()).wait()

    assert in_a_call(body).said == ["agent: Hello.", "agent: As recorded."]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_said_at_once_and_ends_nothing(text: str) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        speaking = own.say(SPEECH)
        await asyncio.sleep(1.0)
        for nothing in (own.say(text), own.reply(text)):
            assert nothing.done and not nothing.interrupted and nothing.id == ""
            await nothing.wait()
        assert not speaking.done and own.utterance is speaking

    in_a_call(body)


def test_a_reply_ends_what_is_being_said_and_a_second_one_is_the_first() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        said = own.say(SPEECH)
        await asyncio.sleep(1.0)
        reply = own.reply("Say hello to them.")
        assert own.reply() is reply and own.reply("Something else.") is reply
        await reply.wait()
        assert said.interrupted and reply.text == SPEECH
        assert own.reply() is not reply

    in_a_call(body)


def test_a_reply_may_wait_for_what_is_being_said() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        said = own.say(SPEECH)
        await asyncio.sleep(1.0)
        reply = own.reply(wait_for_playback=True)
        await reply.wait()
        assert said.done and not said.interrupted

    assert in_a_call(body).said == ["agent: Hello.", f"agent: {SPEECH}", f"agent: {SPEECH}"]


def test_an_utterance_tells_when_it_is_over_also_who_asks_late() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        over: list[Utterance] = []
        said = own.say("One moment.")
        assert said.id
        said.on_done(over.append)
        assert over == []
        await said.wait()
        await asyncio.sleep(0)
        said.on_done(over.append)
        assert over == [said, said]

    in_a_call(body)


def test_who_stops_waiting_for_an_utterance_does_not_end_it() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        said = own.say(SPEECH)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(said.wait(), 1.0)
        assert not said.interrupted
        await said.wait()

    in_a_call(body)


def test_interrupting_stops_the_agent_and_nothing_else() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.interrupt()
        said, queued = own.say(SPEECH), call.call.session.say("And more.")
        await asyncio.sleep(1.0)
        own.interrupt()
        await asyncio.sleep(0.5)
        assert said.interrupted and queued.interrupted and own.utterance is None
        await call.say("Go on.")
        await asyncio.sleep(20.0)

    assert in_a_call(body).said[-2:] == ["caller: Go on.", f"agent: {SPEECH}"]


def test_a_call_is_closed_once_however_often_it_is_asked_for() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.say(SPEECH)
        await asyncio.sleep(1.0)
        own.close()
        own.close()
        assert await asyncio.wait_for(call.ended, 2.0)
        own.close()
        assert own.say("Still there?").done and own.reply().done and own.greet().done

    in_a_call(body)


def test_the_gate_holds_for_what_a_call_says() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        said = own.say(SPEECH)
        await asyncio.sleep(2.0)
        await call.interject("Yeah, okay.")
        await asyncio.sleep(0.7)
        assert not said.interrupted
        await call.interject("No, stop.")
        await asyncio.sleep(0.5)
        assert said.interrupted

    in_a_call(body)


# -- agents and states of an author's own


class Order:
    """What a call is about."""

    def __init__(self) -> None:
        self.loaves = 0


class Baker(Agent):
    """An agent of an author's own."""

    def __init__(self, greeting: str = "") -> None:
        super().__init__(instructions="Sell bread.")
        self.greeting = greeting

    async def on_enter(self) -> None:
        call: callagent.Call = self.session.userdata
        call.state.loaves += 1
        call.greet() if not self.greeting else call.say(self.greeting)

    @function_tool
    async def bake(self) -> str:
        """Bake."""
        return "baked"


def baker_of(call: callagent.Call) -> Agent:
    assert isinstance(call.state, Order)
    return Baker(f"This is {call.profile.name}.")


def broken() -> Agent:
    raise LookupError("broken on purpose")


def giving_up() -> Agent:
    raise SystemExit(1)


def no_agent() -> object:
    return object()


def own(agent: str, **fields: Any) -> Profile:
    return a_profile(agent=f"{__name__}:{agent}", state=f"{__name__}:Order", greeting="Good morning.", **fields)


@pytest.mark.parametrize(("agent", "said"), [("Baker", "Good morning."), ("baker_of", "This is en-US.")])
def test_an_agent_of_ones_own_takes_the_call_with_its_state_and_the_tools_of_the_profile(agent: str, said: str) -> None:
    tools = {"price": {"description": "A price.", "returns": "Four dollars."}}
    profile = own(agent, tools=tools, replies=[{"when": "much", "call": "price"}])

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        assert own.state.loaves == 1
        await call.say("How much is it?")
        await asyncio.sleep(10.0)

    call = in_a_call(body, profile)
    assert type(call.call.agent) is Baker
    assert call.said == [f"agent: {said}", "caller: How much is it?", "agent: Four dollars."]


def test_the_notice_of_a_profile_is_what_greet_says_first() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None: ...

    profile = own("Baker", flow={"notice": "This call is recorded."})
    assert in_a_call(body, profile).said == ["agent: This call is recorded.", "agent: Good morning."]


class Silent(Agent):
    """Says nothing by itself."""

    def __init__(self) -> None:
        super().__init__(instructions="Sell bread.")


class Talkative(Silent):
    """Speaks in livekit's own way, and has the model speak."""

    async def on_enter(self) -> None:
        self.session.say("Bread?")
        self.session.generate_reply()


class Hasty(Silent):
    """Hands over at once."""

    async def on_enter(self) -> None:
        self.session.update_agent(Talkative())


class Twice(Silent):
    """Greets twice."""

    async def on_enter(self) -> None:
        call: callagent.Call = self.session.userdata
        call.say_notice()
        call.greet()
        call.greet()


class Failing(Silent):
    """Fails at once."""

    async def on_enter(self) -> None:
        raise LookupError("broken on purpose")


NOTICE = "agent: This call is recorded."


@pytest.mark.parametrize(
    ("agent", "then"),
    [
        ("Silent", []),
        ("Talkative", ["agent: Bread?", f"agent: {SPEECH}"]),
        ("Hasty", ["agent: Bread?", f"agent: {SPEECH}"]),
        ("Twice", ["agent: Good morning.", "agent: Good morning."]),
        ("Failing", []),
    ],
)
def test_the_notice_is_said_once_and_first_whatever_an_agent_does(agent: str, then: list[str]) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await asyncio.sleep(20.0)
        await call.idle()

    replies = [{"when": "/^$/", "say": SPEECH}]
    profile = own(agent, flow={"notice": "This call is recorded."}, replies=replies)
    assert in_a_call(body, profile).said == [NOTICE, *then]


def test_nobody_can_stop_the_notice_of_an_agent_that_does_not_know_of_it() -> None:
    async def call() -> VirtualCall:
        async with VirtualCall(own("Talkative", flow={"notice": SPEECH})) as call:
            await asyncio.sleep(1.0)
            call.call.call.interrupt()
            await call.interject("No, stop.")
            await call.idle()
        return call

    assert virtually(call).said[0] == f"agent: {SPEECH}"


def test_the_texts_of_a_profile_are_those_of_the_call() -> None:
    profile = a_profile(
        greeting="Hello {caller.number}.",
        instructions="You talk with {call.metadata.name}.",
        flow={"notice": "Recorded on {date}."},
    )
    context = callagent.CallContext(number="+12025550123", metadata={"name": "Ada"})

    async def call() -> VirtualCall:
        async with VirtualCall(profile, context=context) as call:
            await call.idle()
        return call

    call_ = virtually(call)
    assert call_.said == ["agent: Recorded on Monday, January 12, 1970.", "agent: Hello +12025550123."]
    assert str(call_.call.agent.instructions).startswith('You talk with "Ada".')


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("broken", "`agent` of the profile failed"),
        ("giving_up", "`agent` of the profile failed"),
        ("no_agent", "no livekit"),
    ],
)
def test_an_agent_that_cannot_be_made_leaves_the_call_to_that_of_the_profile(
    agent: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None: ...

    assert in_a_call(body, own(agent)).said == ["agent: Good morning."]
    assert any(told in record.message for record in caplog.records)


def test_a_profile_without_a_state_has_a_dict() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        assert own.state == {} and own.profile is PROFILE

    in_a_call(body)

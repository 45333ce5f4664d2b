"""What an author does with the line: as the built-in tools do, from wherever the author's code runs."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import Agent
from livekit.agents.llm import ChatContext

import callagent
from callagent.agent import ControlError, NotAllowed
from callagent.agent.tools.confirmation import ASK
from callagent.profile import Profile
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

TRANSFER: dict[str, Any] = {
    "destinations": {"front_desk": {"to": "+12025550101"}, "shop": {"to": "+12025550102,,7#"}},
    "trunk": "ST_1",
}
PROFILE = a_profile(greeting="Hello.", transfer=TRANSFER)
Body = Callable[[VirtualCall, callagent.Call], Coroutine[Any, Any, None]]


def in_a_call(body: Body, control: NotedControl | None = None, profile: Profile = PROFILE) -> VirtualCall:
    """A call whose agent has greeted."""

    async def call() -> VirtualCall:
        async with VirtualCall(profile, control) as call:
            await call.idle()
            await body(call, call.call.call)
            await asyncio.sleep(1)
        return call

    return virtually(call)


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        (lambda own: own.transfer("front_desk"), ["transfer +12025550101"]),
        (lambda own: own.warm_transfer("shop"), ["consult +12025550102,,7#"]),
        (lambda own: own.send_dtmf("1 2#a"), ["keys 12#A"]),
        (lambda own: own.do_not_call(), ["do not call"]),
    ],
)
def test_the_telephone_does_what_it_does_for_the_tools(
    act: Callable[[callagent.Call], Coroutine[Any, Any, None]], asked: list[str]
) -> None:
    control = NotedControl()

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await act(own)

    call = in_a_call(body, control)
    assert control.asked == asked
    announced = "agent: One moment, please. I am putting you through." in call.said
    assert announced == asked[0].startswith(("transfer", "consult"))


@pytest.mark.parametrize(
    "act",
    [
        lambda own: own.transfer("front_desk"),
        lambda own: own.warm_transfer("front_desk"),
        lambda own: own.send_dtmf("1"),
        lambda own: own.do_not_call(),
    ],
)
def test_what_the_network_refuses_is_one_exception_that_says_why_and_the_call_goes_on(
    act: Callable[[callagent.Call], Coroutine[Any, Any, None]],
) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ControlError, match="603 Decline"):
            await act(own)
        await call.say("Are you still there?")
        await call.hears("Could you say that again")

    in_a_call(body, NotedControl("603 Decline"))


def test_a_call_without_signalling_says_so() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ControlError, match="cannot be transferred"):
            await own.transfer("front_desk")

    in_a_call(body)


def test_a_warm_transfer_without_a_trunk_says_so_before_the_caller_is_told_anything() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ControlError, match=re.escape("transfer.trunk")):
            await own.warm_transfer("front_desk")

    transfer = {"destinations": TRANSFER["destinations"]}
    assert in_a_call(body, NotedControl(), a_profile(greeting="Hello.", transfer=transfer)).said == ["agent: Hello."]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("frontdesk", "no destination 'frontdesk'. Did you mean 'front_desk'?"),
        ("+19005550100", "no destination '+19005550100'. There are: front_desk"),
        ("shop", "'shop' has keys behind it, which no transfer can press; warm_transfer does"),
    ],
)
def test_a_destination_is_one_of_the_profile_by_its_name(name: str, problem: str) -> None:
    control = NotedControl()

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ValueError, match=re.escape(problem)):
            await own.transfer(name)

    assert in_a_call(body, control).said == ["agent: Hello."]
    assert control.asked == []


def test_a_profile_without_destinations_says_where_they_stand() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ValueError, match=re.escape("There are: none; transfer.destinations")):
            await own.transfer("desk")

    in_a_call(body, NotedControl(), a_profile(greeting="Hello."))


@pytest.mark.parametrize(
    ("keys", "problem"), [("12x", "not keys"), ("", "not keys"), ("1" * 41, "41 keys are too many: 40 at most")]
)
def test_what_is_no_key_is_the_authors_mistake(keys: str, problem: str) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(ValueError, match=problem):
            await own.send_dtmf(keys)

    in_a_call(body, NotedControl())


def test_the_limits_of_a_call_are_those_of_the_tools_and_counted_together() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await call.say("Please do it.")
        await call.hears("putting you through")
        await call.idle()
        for _ in range(4):
            await own.transfer("front_desk")
        with pytest.raises(NotAllowed, match="This was done 5 times in this call"):
            await own.transfer("front_desk")

    reply = {"when": "please", "call": "transfer_call", "with": {"destination": "front_desk"}}
    transfer = {"destinations": {"front_desk": {"to": "+12025550101"}}}
    control = NotedControl()
    in_a_call(
        body, control, a_profile(greeting="Hello.", tools={"transfer_call": {}}, replies=[reply], transfer=transfer)
    )
    assert len(control.asked) == 5


def test_two_things_at_once_are_refused_and_the_first_goes_on() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        holding = asyncio.create_task(own.hold())
        await call.hears("I will wait")
        with pytest.raises(NotAllowed, match="Something else is being done"):
            await own.send_dtmf("1")
        await asyncio.sleep(5)
        call.call.keypad.press("5")
        assert await holding == "key"

    control = NotedControl()
    in_a_call(body, control)
    assert control.asked == ["music", "no music"]


def test_what_needs_the_callers_word_as_a_tool_needs_it_here_too() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        for _ in range(2):
            with pytest.raises(NotAllowed, match=re.escape(ASK[:30])):
                await own.transfer("front_desk")
        await call.say("Yes, please.")
        await call.hears("Could you say that again")
        await own.transfer("front_desk")

    control = NotedControl()
    transfer = {"destinations": {"front_desk": {"to": "+12025550101"}}}
    tools: dict[str, Any] = {"transfer_call": {"confirm": True}}
    in_a_call(body, control, a_profile(greeting="Hello.", transfer=transfer, tools=tools))
    assert control.asked == ["transfer +12025550101"]


def test_hold_tells_how_it_ended() -> None:
    ends: list[str] = []

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        ends.append(await own.hold())
        holding = asyncio.create_task(own.hold())
        await asyncio.sleep(20)
        await call.interject("Here I am again.")
        ends.append(await holding)
        await call.hears("Could you say that again")

    in_a_call(body, NotedControl())
    assert ends == ["time", "spoken"]


@pytest.mark.parametrize(
    ("pressed", "keys", "complete"), [("1234", "1234", True), ("12#", "12", True), ("12", "12", False), ("#", "", True)]
)
def test_digits_are_collected(pressed: str, keys: str, complete: bool) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        collecting = asyncio.create_task(own.collect_dtmf("Your number, please.", 4))
        await call.hears("Your number")
        call.call.keypad.press(pressed)
        entered = await collecting
        assert (entered.keys, entered.complete, entered.spoken) == (keys, complete, False)
        assert not keys or keys not in repr(entered)

    in_a_call(body)


def test_who_speaks_or_presses_nothing_has_keyed_in_nothing() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        entered = await own.collect_dtmf("Your number, please.", 4)
        assert (entered.keys, entered.complete, entered.spoken) == ("", False, False)
        collecting = asyncio.create_task(own.collect_dtmf("Your number, please.", 4))
        await asyncio.sleep(4)
        await call.interject("I do not have it with me.")
        entered = await collecting
        assert (entered.keys, entered.complete, entered.spoken) == ("", False, True)
        for count in (0, 41):
            with pytest.raises(ValueError, match="from 1 to 40"):
                await own.collect_dtmf("Your number, please.", count)

    in_a_call(body)


def test_a_call_is_hung_up_on_after_what_is_being_said() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        goodbye = own.say("Thank you for calling us today. Goodbye.")
        own.hang_up()
        await goodbye.wait()
        assert not goodbye.interrupted
        await asyncio.wait_for(call.ended, 2)

    assert in_a_call(body).said[-1] == "agent: Thank you for calling us today. Goodbye."


def test_a_call_in_which_nothing_is_said_is_hung_up_on_at_once() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        began = call.clock.now()
        own.hang_up()
        assert await asyncio.wait_for(call.ended, 2) - began < 1

    in_a_call(body)


SHOP = """
import callagent
from livekit.agents import Agent, RunContext

async def connect(context: RunContext[callagent.Call]) -> str:
    await context.userdata.transfer("front_desk")
    context.userdata.state["interrupted"] = context.speech_handle.interrupted
    return "put through"

async def finish(context: RunContext[callagent.Call]) -> str:
    context.userdata.hang_up()
    return "say goodbye"
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    (tmp_path / "line_shop.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(tmp_path))
    return a_profile(
        greeting="Hello.",
        fillers=[],
        transfer=TRANSFER,
        tools={name: {"run": f"line_shop:{name}", "description": "Does it."} for name in ("connect", "finish")},
        replies=[
            {"when": "connect", "call": "connect", "say": "You are {result}."},
            {"when": "finish", "call": "finish", "say": "Goodbye and thank you."},
        ],
    )


def test_a_tool_of_the_authors_transfers_and_is_not_interrupted_meanwhile(shop: Profile) -> None:
    class Slow(NotedControl):
        async def transfer(self, to: str) -> None:
            await asyncio.sleep(5)
            await super().transfer(to)

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await call.say("Please connect me.")
        await call.hears("putting you through")
        await asyncio.sleep(1)
        await call.interject("Stop, please stop now.")
        assert control.asked == []
        await call.hears("Could you say that again")
        assert control.asked == ["transfer +12025550101"]
        assert own.state == {"interrupted": False}

    control = Slow()
    in_a_call(body, control, shop)
    assert control.asked == ["transfer +12025550101"]


def test_a_tool_of_the_authors_hangs_up_after_the_reply_that_follows_it(shop: Profile) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await call.say("Please finish.")
        await asyncio.wait_for(call.ended, 30)

    assert in_a_call(body, NotedControl(), shop).said[-1] == "agent: Goodbye and thank you."


def test_an_agent_of_the_authors_puts_the_caller_through_as_it_enters() -> None:
    control = NotedControl()

    class Porter(Agent):
        def __init__(self) -> None:
            super().__init__(instructions="You connect.")

        async def on_enter(self) -> None:
            await self.session.userdata.warm_transfer("front_desk")

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        call.call.session.update_agent(Porter())
        await call.hears("putting you through")
        await asyncio.sleep(5)

    in_a_call(body, control)
    assert control.asked == ["consult +12025550101"]


def test_keys_of_a_caller_who_waits_for_somebody_are_no_turns() -> None:
    class Slow(NotedControl):
        async def consult(self, to: str, history: ChatContext) -> None:
            await asyncio.sleep(10)
            await super().consult(to, history)

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        transferring = asyncio.create_task(own.warm_transfer("front_desk"))
        await asyncio.sleep(8)
        call.call.keypad.press("12#")
        await transferring

    assert "caller: 12" not in in_a_call(body, Slow()).said


def test_a_caller_who_waits_for_somebody_hears_no_background_and_is_not_asked_whether_they_are_there() -> None:
    heard: list[tuple[str, bool]] = []

    class Slow(NotedControl):
        async def consult(self, to: str, history: ChatContext) -> None:
            heard.clear()
            await asyncio.sleep(60)
            assert heard == []
            raise ControlError("nobody is there")

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        call.call.background.watch(lambda _, sound, playing: heard.append((sound, playing)))
        with pytest.raises(ControlError, match="nobody is there"):
            await own.warm_transfer("front_desk")
        await asyncio.sleep(0.1)
        assert heard == [("office", True)]

    profile = a_profile(greeting="Hello.", transfer=TRANSFER, background={"ambient": "office"}, flow={"idle": "10 s"})
    assert "agent: Are you still there?" not in in_a_call(body, Slow(), profile).said

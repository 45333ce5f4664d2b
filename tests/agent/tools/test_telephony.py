import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents.llm import ChatContext, ToolError

from callagent.agent.tools.confirmation import LIMITS
from callagent.agent.tools.telephony import Telephone
from callagent.profile import Profile
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

CONTEXT: Any = SimpleNamespace(session=None, speech_handle=None)
TRANSFER = {"destinations": {"desk": {"to": "+12025550101", "description": "the front desk"}}, "trunk": "ST_1"}


def profile_that(call: str, say: str | None = None, **arguments: Any) -> Profile:
    """Calls a built-in tool when the caller says "please"."""
    reply = {"when": "please", "call": call, "with": arguments, **({"say": say} if say else {})}
    return a_profile(tools={call: {}}, replies=[reply], transfer=TRANSFER, greeting="Hello.")


def played(
    profile: Profile, control: NotedControl, then: Callable[[VirtualCall], Awaitable[None]] | None = None
) -> VirtualCall:
    async def body() -> VirtualCall:
        async with VirtualCall(profile, control) as call:
            await call.say("Please do it.")
            if then is not None:
                await then(call)
            await asyncio.sleep(5)
            await call.idle()
        return call

    return virtually(body)


def test_a_transfer_is_announced_and_then_made() -> None:
    control = NotedControl()
    call = played(profile_that("transfer_call", destination="desk"), control)
    assert control.asked == ["transfer +12025550101"]
    assert call.said[-1] == "agent: One moment, please. I am putting you through."


@pytest.mark.parametrize("tool", ["transfer_call", "warm_transfer"])
def test_a_refused_transfer_is_spoken_and_the_call_goes_on(tool: str) -> None:
    async def ask_again(call: VirtualCall) -> None:
        await call.hears("could not put you through")
        await call.say("Never mind.")

    control = NotedControl(refusal="603 Decline")
    call = played(profile_that(tool, destination="desk"), control, ask_again)
    assert len(control.asked) == 1
    assert call.failures == ["I am sorry, I could not put you through. Is there anything else that I can do for you?"]
    assert call.said[-2:] == ["caller: Never mind.", "agent: Could you say that again, please?"]


def test_keys_of_a_caller_who_waits_for_somebody_are_no_turns() -> None:
    class Slow(NotedControl):
        async def consult(self, to: str, history: ChatContext) -> None:
            await asyncio.sleep(10)
            await super().consult(to, history)

    async def press(call: VirtualCall) -> None:
        await call.hears("putting you through")
        await asyncio.sleep(5)
        call.call.keypad.press("12#")

    control = Slow()
    call = played(profile_that("warm_transfer", destination="desk"), control, press)
    assert control.asked == ["consult +12025550101"]
    assert "caller: 12" not in call.said


def test_a_transfer_leads_to_destinations_of_the_profile_alone() -> None:
    control = NotedControl()
    call = played(profile_that("transfer_call", destination="+19005550100"), control)
    assert control.asked == []
    assert call.failures == ["There is no destination '+19005550100'. There are: desk."]


def test_a_cold_transfer_does_not_lead_where_keys_have_to_be_pressed() -> None:
    control = NotedControl()
    keyed = {**TRANSFER, "destinations": {"desk": {"to": "+12025550101"}, "shop": {"to": "+12025550102,,7#"}}}
    for tool in ("transfer_call", "warm_transfer"):
        reply = {"when": "please", "call": tool, "with": {"destination": "shop"}}
        tools: dict[str, Any] = {"transfer_call": {}, "warm_transfer": {}}
        call = played(a_profile(tools=tools, replies=[reply], transfer=keyed, greeting="Hello."), control)
        assert call.failures == (
            ["There is no destination 'shop'. There are: desk."] if tool == "transfer_call" else []
        )
    assert control.asked == ["consult +12025550102,,7#"]


def test_keys_are_sent() -> None:
    control = NotedControl()
    played(profile_that("send_dtmf", keys="1 2#"), control)
    assert control.asked == ["keys 12#"]


def test_what_is_no_key_is_not_sent() -> None:
    control = NotedControl()
    call = played(profile_that("send_dtmf", keys="12x"), control)
    assert (control.asked, len(call.failures)) == ([], 1)


@pytest.mark.parametrize(("count", "sent"), [(40, ["keys " + "1" * 40]), (41, []), (2_000, [])])
def test_an_agent_presses_forty_keys_at_most(count: int, sent: list[str]) -> None:
    control = NotedControl()
    call = played(profile_that("send_dtmf", keys="1" * count), control)
    assert control.asked == sent
    assert call.failures == ([] if sent else [f"{count} keys are too many: 40 at most at a time."])


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("transfer_call", {"destination": "desk"}),
        ("warm_transfer", {"destination": "desk"}),
        ("send_dtmf", {"keys": "1"}),
        ("collect_dtmf", {"prompt": "Your number?", "count": 4}),
        ("hold_call", {}),
    ],
)
def test_what_occupies_the_telephone_waits_for_what_does(tool: str, arguments: dict[str, Any]) -> None:
    async def body() -> None:
        telephone = Telephone(profile_that(tool, **arguments))
        with telephone.allowance.use("transfer"):
            await telephone.tool(tool)(CONTEXT, **arguments)  # type: ignore[operator]  # a function tool

    with pytest.raises(ToolError, match="Something else is being done"):
        virtually(body)


def test_a_number_is_asked_for_so_often_and_no_more() -> None:
    question: dict[str, Any] = {"prompt": "Your number?", "count": 4}

    async def body() -> None:
        telephone = Telephone(profile_that("collect_dtmf", **question))
        for _ in range(LIMITS["entry"]):
            with telephone.allowance.use("entry"):
                pass
        await telephone.tool("collect_dtmf")(CONTEXT, **question)  # type: ignore[operator]  # a function tool

    with pytest.raises(ToolError, match="This was done 30 times in this call"):
        virtually(body)


def test_a_number_that_is_not_to_be_called_again_is_listed() -> None:
    control = NotedControl()
    call = played(profile_that("do_not_call", say="We will not call again. Goodbye."), control)
    assert control.asked == ["do not call"]
    assert call.said[-1] == "agent: We will not call again. Goodbye."


def test_digits_are_collected_and_no_turn_besides() -> None:
    async def key_in(call: VirtualCall) -> None:
        await asyncio.sleep(4)
        call.call.keypad.press("12")
        await asyncio.sleep(1)
        call.call.keypad.press("34")

    profile = profile_that("collect_dtmf", "Your number is {result}.", prompt="Please key in your number.", count=4)
    call = played(profile, NotedControl(), key_in)
    assert call.said[-2:] == ["agent: Please key in your number.", "agent: Your number is 1234."]


@pytest.mark.parametrize(
    ("keys", "entry"),
    [("7#", "7"), ("78", "Only 2 of 4 keys came: 78"), ("123456", "1234"), ("#", "The caller has only pressed #")],
)
def test_an_entry_is_complete_with_a_hash_or_its_last_key_and_incomplete_after_a_pause(keys: str, entry: str) -> None:
    async def key_in(call: VirtualCall) -> None:
        await asyncio.sleep(4)
        call.call.keypad.press(keys)
        await call.hears("You keyed in")

    profile = profile_that("collect_dtmf", "You keyed in {result}.", prompt="Your number?", count=4)
    assert f"agent: You keyed in {entry}." in played(profile, NotedControl(), key_in).said


def test_the_first_key_stops_the_question() -> None:
    answered: list[float] = []

    async def key_in(call: VirtualCall) -> None:
        await asyncio.sleep(3)
        asked = call.clock.now()
        call.call.keypad.press("7#")
        await call.hears("You keyed")
        answered.append(call.clock.now() - asked)

    question = "Please key in your customer number, which you find at the top of every letter that we have sent you."
    profile = profile_that("collect_dtmf", "You keyed in {result}.", prompt=question, count=4)
    played(profile, NotedControl(), key_in)
    assert answered[0] < 3  # the question takes 7 s


def test_who_presses_no_key_is_told_so_and_who_speaks_is_answered() -> None:
    async def wait(call: VirtualCall) -> None:
        await call.hears("has not pressed")

    async def speak(call: VirtualCall) -> None:
        await asyncio.sleep(3)
        await call.interject("I do not have it with me.")
        await call.hears("Could you say that again")

    profile = profile_that("collect_dtmf", prompt="Your number?", count=4)
    assert played(profile, NotedControl(), wait).failures == []
    assert not any("has not pressed" in turn for turn in played(profile, NotedControl(), speak).said)


def test_a_caller_on_hold_hears_music_until_they_speak() -> None:
    async def come_back(call: VirtualCall) -> None:
        await asyncio.sleep(60)
        await call.interject("Here I am again.")
        await call.hears("Could you say that again")

    control = NotedControl()
    call = played(profile_that("hold_call"), control, come_back)
    assert control.asked == ["music", "no music"]
    assert call.said[-3:] == [
        "agent: Of course, take your time. I will wait.",
        "caller: Here I am again.",
        "agent: Could you say that again, please?",
    ]


def test_hold_ends_with_a_key_and_after_its_longest_time() -> None:
    async def press(call: VirtualCall) -> None:
        await asyncio.sleep(10)
        call.call.keypad.press("1")
        await call.hears("is back")

    async def stay_away(call: VirtualCall) -> None:
        await call.hears("has not come back")

    played(profile_that("hold_call"), NotedControl(), press)
    call = played(profile_that("hold_call"), NotedControl(), stay_away)
    assert call.said[-1].startswith("agent: The caller has not come back.")


def test_the_line_is_cut_after_the_last_word() -> None:
    async def body() -> tuple[list[str], float]:
        async with VirtualCall(profile_that("hang_up", say="Thank you for calling. Goodbye."), NotedControl()) as call:
            await call.say("Please, that is all.")
            asked = call.clock.now()
            return call.said, await call.ended - asked

    said, seconds = virtually(body)
    assert said[-1] == "agent: Thank you for calling. Goodbye."
    assert seconds > 2.5

"""What an order from the console does to a call, and what whoever gave it is told."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from callagent.agent.operator.operator_desk import MOST_AT_ONCE, OperatorDesk
from callagent.agent.operator.taken_over import BACK, TakenOver
from callagent.journal.operator.operator_events import OperatorOrder
from callagent.operator_orders import new_order
from callagent.profile import Profile
from callagent.worker.call.console_orders import OperatorLog
from tests.agent.test_gate_everywhere import SPEECH
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

DESTINATIONS = {"sales": {"to": "+12025550111"}, "menu": {"to": "+12025550112,,3"}}
PROFILE = a_profile(
    greeting="Hello.",
    replies=[{"when": "/appointment/", "say": "Monday is free."}],
    otherwise=SPEECH,
    transfer={"destinations": DESTINATIONS},
)

ON_THE_LINE = ("operator-1", "operator-2")

Body = Callable[[VirtualCall, OperatorDesk], Coroutine[Any, Any, Any]]


async def comes(identity: str) -> None:
    """Somebody is on the line a second later, or never."""
    await asyncio.sleep(1 if identity in ON_THE_LINE else 1000)


def order(desk: OperatorDesk, act: str, text: str = "", **more: Any) -> str:
    given = new_order(act, "console", text=text, **more)
    desk.take(given)
    return given.id


def told(call: VirtualCall, id_: str | None = None) -> list[tuple[str, str, str]]:
    """Act, state and result of each line about an order, or about that one."""
    lines = call.record.log.of(OperatorOrder)
    return [(each.act, each.state, each.result) for each in lines if id_ in (None, each.order)]


async def over(call: VirtualCall, id_: str) -> tuple[str, str]:
    """How an order has come out."""
    async with asyncio.timeout(300):
        while (last := told(call, id_)[-1])[1] == "begun":  # noqa: ASYNC110 - in virtual time, which is for nothing
            await asyncio.sleep(0.1)
    return last[1:]


def in_a_call(body: Body, profile: Profile = PROFILE, control: NotedControl | None = None) -> VirtualCall:
    """A call whose agent has greeted, with a desk."""

    async def call() -> VirtualCall:
        async with VirtualCall(profile, control) as call:
            await call.idle()
            taken_over = TakenOver(call.call.call, call.call.away, comes)
            desk = OperatorDesk(call.call.call, call.call.flow, OperatorLog(call.record.log), taken_over)
            await body(call, desk)
            await desk.aclose()
        return call

    return virtually(call)


def test_a_sentence_is_said_as_it_stands_instead_of_what_is_being_said() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        call.call.call.say(SPEECH)
        await asyncio.sleep(1)
        id_ = order(desk, "say", "There is a 10% discount today.")
        assert told(call) == [("say", "begun", "")]
        assert await over(call, id_) == ("done", "")

    call = in_a_call(body)
    assert call.said[-1] == "agent: There is a 10% discount today."
    (begun, done) = call.record.log.of(OperatorOrder)
    assert (begun.by, begun.text, done.order) == ("console", "There is a 10% discount today.", begun.order)


def test_what_the_caller_cuts_off_is_told() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        id_ = order(desk, "say", SPEECH)
        await asyncio.sleep(1)
        await call.interject("No, wait, that is wrong.")
        assert await over(call, id_) == ("done", "cut off before its end")

    in_a_call(body)


def test_a_whisper_is_known_to_the_model_and_not_heard() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        id_ = order(desk, "whisper", "offer them the discount")
        assert await over(call, id_) == ("done", "the agent knows it from its next answer on")
        agent = call.call.session.current_agent
        (message,) = [each for each in agent.chat_ctx.messages() if "discount" in (each.text_content or "")]
        assert message.role == "system" and "does not hear" in (message.text_content or "")

    assert in_a_call(body).said == ["agent: Hello."]


def test_a_whisper_may_be_answered_at_once() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        id_ = order(desk, "whisper", "offer them the discount", now=True)
        assert await over(call, id_) == ("done", "")

    call = in_a_call(body)
    assert len(call.said) == 2 and not any("colleague" in each for each in call.said)


def test_the_call_is_hung_up_on_after_a_last_sentence() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        call.call.call.say(SPEECH, interruptible=False)
        await asyncio.sleep(1)
        order(desk, "hang up", "We have to end here. Goodbye.")
        await call.ended
        assert call.call.flow.ending is not None and call.call.flow.ending.why == "operator"

    call = in_a_call(body)
    assert call.said[-1] == "agent: We have to end here. Goodbye."
    assert told(call)[-1] == ("hang up", "done", "")


def test_the_call_is_hung_up_on_at_once_without_one() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        call.call.call.say(SPEECH)
        await asyncio.sleep(1)
        before = call.clock.now()
        order(desk, "hang up")
        assert await call.ended - before < 1

    in_a_call(body)


def test_a_transfer_goes_to_a_destination_of_the_profile() -> None:
    control = NotedControl()

    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        assert await over(call, order(desk, "transfer", destination="sales")) == ("done", "the caller was handed over")

    in_a_call(body, control=control)
    assert control.asked == ["transfer +12025550111"]


def test_a_transfer_to_anywhere_else_is_refused_with_what_there_is() -> None:
    control = NotedControl()

    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        for place in ("+19005550123", "sip:anyone@example.com", "tel:112", "menu"):
            state, result = await over(call, order(desk, "transfer", destination=place))
            assert state == "failed" and ("There is no destination" in result or "warm_transfer does" in result)
        assert "There are: sales" in (await over(call, order(desk, "transfer", destination="sale")))[1]

    in_a_call(body, control=control)
    assert control.asked == []


def test_a_transfer_that_is_refused_is_told_and_the_call_goes_on() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        state, result = await over(call, order(desk, "transfer", destination="sales"))
        assert (state, result) == ("failed", "486 busy")
        assert await over(call, order(desk, "say", "I am still here.")) == ("done", "")

    in_a_call(body, control=NotedControl("486 busy"))


def test_a_transfer_that_needs_the_callers_word_needs_it_for_the_operator_too() -> None:
    profile = a_profile(
        greeting="Hello.",
        transfer={"destinations": {"sales": DESTINATIONS["sales"]}},
        tools={"transfer_call": {"confirm": True}},
    )
    control = NotedControl()

    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        state, _ = await over(call, order(desk, "transfer", destination="sales"))
        assert state == "failed"

    in_a_call(body, profile, control)
    assert control.asked == []


def test_a_warm_transfer_needs_a_trunk() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        state, result = await over(call, order(desk, "warm transfer", destination="sales"))
        assert state == "failed" and "transfer.trunk" in result

    in_a_call(body)


def test_that_somebody_listens_is_in_the_journal() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        assert await over(call, order(desk, "listen")) == ("done", "")
        assert await over(call, order(desk, "stop listening")) == ("done", "")

    assert [state for _, state, _ in told(in_a_call(body))] == ["begun", "done"] * 2


def test_after_the_end_nothing_is_said() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        call.call.call.close()
        await call.ended
        for act in ("say", "whisper"):
            assert (await over(call, order(desk, act, "Hello")))[0] == "failed"

    in_a_call(body)


def test_what_was_not_done_when_the_call_ends_has_failed() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        id_ = order(desk, "say", SPEECH)
        await asyncio.sleep(1)
        await desk.aclose()
        assert told(call, id_)[-1] == ("say", "failed", "the call was over before")

    in_a_call(body)


def test_too_many_orders_at_once_are_refused() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        for _ in range(MOST_AT_ONCE):
            order(desk, "say", SPEECH)
        id_ = order(desk, "say", "One more.")
        assert told(call, id_) == [("say", "failed", "too many orders are being carried out")]

    in_a_call(body)


def test_while_somebody_else_has_the_call_the_agent_says_and_hears_nothing() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        call.call.call.say(SPEECH, interruptible=False)
        await asyncio.sleep(1)
        assert await over(call, order(desk, "take over", identity="operator-1")) == ("done", "the agent is silent")
        assert call.call.session.agent_state != "speaking"
        said = [*call.said]
        await call.interject("Do you have an appointment for me?")
        call.call.keypad.press("1")
        call.call.call.say("This is not heard.")
        await asyncio.sleep(120)
        assert not any(each.startswith("agent: ") for each in call.said[len(said) :]) and not call.ended.done()
        for act in ("say", "transfer"):
            state, result = await over(call, order(desk, act, "Hello", destination="sales"))
            assert state == "failed" and "hand back first" in result
        assert await over(call, order(desk, "whisper", "be brief", now=True)) == (
            "done",
            "the agent knows it from its next answer on",
        )
        assert await over(call, order(desk, "hand back")) == ("done", "the agent has the call")
        assert any(each.text_content == BACK for each in call.call.session.current_agent.chat_ctx.messages())
        await call.say("And do you have an appointment for me now?")
        await call.hears("Monday is free.")

    in_a_call(body)


def test_the_agent_is_back_when_whoever_had_the_call_has_gone() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        await over(call, order(desk, "take over", identity="operator-1"))
        desk.left("somebody else")
        assert len(told(call)) == 2
        desk.left("operator-1")
        await asyncio.sleep(1)
        assert told(call)[-1] == ("hand back", "done", "the agent has the call")
        desk.left("operator-1")
        assert await over(call, order(desk, "say", "I am back.")) == ("done", "")

    in_a_call(body)


def test_nobody_takes_over_who_is_not_there_and_no_second_one() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        state, result = await over(call, order(desk, "take over", identity="nobody"))
        assert (state, result) == ("failed", "whoever takes over is not in the room of the call")
        await over(call, order(desk, "take over", identity="operator-1"))
        state, result = await over(call, order(desk, "take over", identity="operator-2"))
        assert (state, result) == ("failed", "somebody at a console has the call already")
        desk.left("operator-2")
        assert (await over(call, order(desk, "hand back")))[0] == "done"
        assert (await over(call, order(desk, "hand back"))) == ("failed", "the agent has the call already")

    in_a_call(body)


def test_a_call_that_is_taken_over_can_be_hung_up_on() -> None:
    async def body(call: VirtualCall, desk: OperatorDesk) -> None:
        await over(call, order(desk, "take over", identity="operator-1"))
        order(desk, "hang up", "Goodbye.")
        await call.ended

    in_a_call(body)

"""What an agent asks the caller for: answers in `call.state`, refusals, second thoughts, another agent, what fails."""

import asyncio
import logging
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callagent.agent.handover.collecting import into, told_of
from callagent.call_context import CallContext, load_zones
from callagent.journal.codec import written
from callagent.profile import Profile
from callagent.profile.sections.agent_settings import TASK_TOOLS
from tests.agent.handover.test_hand_overs import Watched, bakery
from tests.support.virtual import virtually

NAME = "/my name is (?P<first>\\w+) (?P<last>\\w+)/"
NUMBER = "/my number is (?P<number>[0-9 ]+)/"
REPLIES: list[dict[str, Any]] = [
    {"when": "order", "call": "to_orders"},
    {"when": "back", "call": "to_reception"},
    {
        "when": NAME,
        "call": "update_name",
        "with": {"first_name": "{first}", "last_name": "{last}"},
        "say": "Is it {first}?",
    },
    {"when": "yes", "call": "confirm_name"},
    {"when": NUMBER, "call": "update_phone_number", "with": {"phone_number": "{number}"}, "say": "Is that right?"},
    {"when": "right", "call": "confirm_phone_number"},
    {"when": "rather not", "call": "decline_phone_number_capture", "with": {"reason": "privacy"}},
    {"when": "friday", "call": "update_date", "with": {"year": 2026, "month": 5, "day": 8}, "say": "On Friday?"},
    {"when": "exactly", "call": "confirm_date"},
    {"when": "another name", "call": "change_answer", "with": {"what": "name"}},
    {"agent": "reception", "when": "/exactly|right|not/", "say": "All noted."},
]
COLLECT: dict[str, Any] = {
    "name": {"what": "name", "ask": "What is your name?"},
    "phone": {"what": "phone_number", "ask": "What is your number?"},
}


def shop(collect: dict[str, Any] | None = None, done: str | None = "reception", **fields: Any) -> Profile:
    orders = {"collect": collect or COLLECT, "hands_over": {"reception": "They want to go back."}}
    agents = {
        "reception": {"hands_over": {"orders": "They want to order."}},
        "orders": {**orders, **({"done": done} if done else {})},
    }
    known = {tool for spec in (collect or COLLECT).values() for tool in TASK_TOOLS[spec["what"]]}
    known |= {"to_orders", "to_reception", *(["change_answer"] if len(collect or COLLECT) > 1 else [])}
    replies = [reply for reply in fields.pop("replies", REPLIES) if reply.get("call") in {None, *known}]
    return bakery(agents=agents, replies=replies, **fields)


def talk(profile: Profile, *said: str) -> Watched:
    async def body() -> Watched:
        async with Watched(profile) as call:
            for text in said:
                await call.interject(text)
                await asyncio.sleep(8.0)
        return call

    return virtually(body)


def state_of(call: Watched) -> Any:
    return call.call.call.state


def test_the_answers_are_in_the_state_and_the_next_agent_has_the_call() -> None:
    call = talk(shop(), "", "I want to order.", "My name is Jane Doe.", "Yes.", "My number is 202 555 0123.", "Right.")
    assert state_of(call) == {"name": "Jane Doe", "phone": "+12025550123"}
    assert [who for _, who in call.handed_over] == [
        *("reception", "orders", "name_task", "orders", "phone_number_task", "orders", "reception"),
    ]
    assert "agent: What is your name?" in call.said and "agent: What is your number?" in call.said
    assert call.said[-1] == "agent: All noted."


def test_the_agent_that_goes_on_knows_what_was_collected() -> None:
    known: list[str] = []

    async def body() -> None:
        async with Watched(shop({"phone": COLLECT["phone"]})) as call:
            for text in ("", "I want to order.", "My number is 202 555 0123.", "Right."):
                await call.interject(text)
                await asyncio.sleep(8.0)
            known.extend(item.text_content or "" for item in call.call.session.current_agent.chat_ctx.messages())

    virtually(body)
    assert any('"phone": "+12025550123"' in text for text in known), known


def test_without_a_next_agent_the_one_that_has_asked_goes_on() -> None:
    replies = [*REPLIES, {"agent": "orders", "when": "right", "say": "What else?"}]
    call = talk(
        shop({"phone": COLLECT["phone"]}, done=None, replies=replies),
        "",
        "Order.",
        "My number is 202 555 0123.",
        "Right.",
    )
    assert call.handed_over[-1] == ("phone_number_task", "orders")
    assert call.said[-1] == "agent: What else?"


def test_what_the_caller_would_rather_not_say_is_left_out_and_the_rest_is_asked_for() -> None:
    collect = {"phone": COLLECT["phone"], "when": {"what": "date", "ask": "When?"}}
    call = talk(shop(collect), "", "I want to order.", "I would rather not say.", "On Friday.", "Exactly.")
    assert state_of(call) == {"when": "2026-05-08"}
    assert call.handed_over[-1] == ("orders", "reception")


REQUIRED = {"phone": {**COLLECT["phone"], "required": True}, "when": {"what": "date", "ask": "When?"}}


def test_what_is_required_is_asked_for_again() -> None:
    refusal = "I would rather not say."
    told = talk(
        shop(REQUIRED), "", "Order.", refusal, refusal, "My number is 202 555 0123.", "Right.", "Friday.", "Exactly."
    )
    assert told.said.count("agent: What is your number?") == 3
    assert state_of(told) == {"phone": "+12025550123", "when": "2026-05-08"}
    assert told.handed_over[-1] == ("orders", "reception")


def test_without_what_is_required_the_next_agent_does_not_get_the_call() -> None:
    replies = [*REPLIES, {"agent": "orders", "when": "exactly", "say": "I cannot take your order then."}]
    call = talk(shop(REQUIRED, replies=replies), "", "Order.", *["I would rather not say."] * 3, "Friday.", "Exactly.")
    assert call.said.count("agent: What is your number?") == 3
    assert state_of(call) == {"when": "2026-05-08"}
    assert call.handed_over[-1] == ("date_task", "orders")
    assert call.said[-1] == "agent: I cannot take your order then."


@pytest.mark.parametrize("zone", ["Etc/GMT-14", "Etc/GMT+12"])  # always on two different days
def test_a_date_counts_from_the_day_where_the_call_is(zone: str) -> None:
    load_zones(CallContext(), zone)

    async def body() -> None:
        async with Watched(shop({"when": REQUIRED["when"]}, time_zone=zone)) as call:
            for text in ("", "I want to order."):
                await call.interject(text)
                await asyncio.sleep(8.0)
            told = call.call.session.current_agent.instructions
            assert f"Today is {datetime.now(ZoneInfo(zone)):%A, %Y-%m-%d}." in str(told)

    virtually(body)


def test_a_number_that_does_not_exist_is_asked_for_again() -> None:
    collect = {"phone": COLLECT["phone"]}
    call = talk(shop(collect), "", "Order.", "My number is 12.", "My number is 202 555 0123.", "Right.")
    assert state_of(call) == {"phone": "+12025550123"}
    assert any("no telephone number" in (failure or "") for failure in call.failures)


def test_an_answer_can_be_changed_later() -> None:
    said = ("", "Order.", "My name is Jane Doe.", "Yes.", "Sorry, another name.", "My name is Ann Roe.", "Yes.")
    call = talk(shop(), *said, "My number is 202 555 0123.", "Right.")
    assert state_of(call) == {"name": "Ann Roe", "phone": "+12025550123"}
    assert call.handed_over[-1] == ("orders", "reception")


def test_a_caller_who_wants_somebody_else_in_the_middle_of_it_gets_them() -> None:
    call = talk(shop(done=None), "", "Order.", "My name is Jane Doe.", "Yes.", "I want to go back.")
    assert state_of(call) == {"name": "Jane Doe"}
    assert [who for _, who in call.handed_over][-2:] == ["orders", "reception"]


def test_a_caller_who_hangs_up_in_the_middle_of_it_leaves_what_they_have_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    call = talk(shop(), "", "Order.", "My name is Jane Doe.", "Yes.")
    assert state_of(call) == {"name": "Jane Doe"}
    assert ("orders", "phone_number_task") in call.handed_over
    assert ("orders", "reception") not in call.handed_over
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_keys_are_taken_for_the_digits_that_are_asked_for() -> None:
    collect = {"customer": {"what": "dtmf", "digits": 4, "ask": "Your number, please."}}

    async def body() -> Watched:
        async with Watched(shop(collect)) as call:
            await call.say("I want to order.")
            await asyncio.sleep(4.0)
            for key in "12":
                call.call.keypad.press(key)
            await asyncio.sleep(20.0)
            for key in "1234":
                call.call.keypad.press(key)
            await asyncio.sleep(5.0)
        return call

    call = virtually(body)
    assert state_of(call) == {"customer": "1234"}
    assert call.handed_over[-1] == ("orders", "reception")


class Slotted:
    __slots__ = ("given_name",)


@pytest.mark.parametrize("state", [{}, SimpleNamespace()])
def test_an_answer_is_an_item_or_an_attribute(state: Any) -> None:
    into(state, "name", "Jane")
    assert state == ({"name": "Jane"} if isinstance(state, dict) else SimpleNamespace(name="Jane"))


def test_a_state_that_takes_no_answer_does_not_end_the_call(caplog: pytest.LogCaptureFixture) -> None:
    into(Slotted(), "phone", "+12025550123")
    assert "does not take" in caplog.text and "2025550123" not in caplog.text


@pytest.mark.parametrize(
    ("value", "told"),
    [("Jane", "Jane"), (None, "not given"), ({"card_number": "4111111111111111"}, "given, a card that ends in 1111")],
)
def test_the_agent_is_told_of_answers_but_not_of_a_card(value: Any, told: str) -> None:
    assert told_of("x", value) == told


CARD = [
    {"when": "order", "call": "to_orders"},
    {"when": "/([0-9 ]{19})/", "call": "update_card_number", "with": {"card_number": "4111111111111111"}},
    {
        "when": "thirty",
        "call": "update_expiration_date",
        "with": {"expiration_month": 4, "expiration_year": 90},
    },
    {"when": "one two three", "call": "update_security_code", "with": {"security_code": "123"}},
    {"when": "jane", "call": "update_name", "with": {"first_name": "Jane", "last_name": "Doe"}},
    {"when": "rather not", "call": "decline_card_capture", "with": {"reason": "privacy"}},
]
SAID = ("", "Order.", "It is 4111 1111 1111 1111.", "In thirty.", "One two three.", "Jane Doe.")


def test_a_card_is_in_the_state_and_in_nothing_that_is_kept() -> None:
    call = talk(shop({"card": {"what": "credit_card", "confirm": False}}, replies=CARD), *SAID)
    card = state_of(call)["card"]
    assert (card["card_number"], card["issuer"], card["cardholder_name"]) == ("4111111111111111", "Visa", "Jane Doe")
    assert (card["expiration_date"], card["security_code"]) == ("04/90", "123")
    assert call.handed_over[-1] == ("orders", "reception")
    lines = [written(entry) for entry in call.log]
    assert not [line for line in lines if "1111" in line or "ne two three" in line or "04/90" in line]


def test_a_card_that_the_caller_would_rather_not_give_is_left_out() -> None:
    call = talk(shop({"card": {"what": "credit_card"}}, replies=CARD), "", "Order.", "I would rather not.")
    assert state_of(call) == {} and call.handed_over[-1] == ("orders", "reception")

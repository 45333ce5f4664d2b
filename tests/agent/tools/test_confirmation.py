"""Tools that act only once the caller has had a say."""

import asyncio
from typing import Any

import pytest

from callagent.agent.tools.confirmation import ASK
from callagent.profile import Profile
from tests.support.obedience import ObedientLLM, command
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

TRANSFER = {"destinations": {"desk": {"to": "+12025550101"}, "shop": {"to": "+12025550102"}}, "trunk": "ST_1"}
NOTE = {"description": "Writes a note.", "parameters": {"text": {}}, "returns": "noted"}


def asking(tool: str, *spec: dict[str, Any], **arguments: Any) -> Profile:
    replies = [{"when": "please", "call": tool, "with": arguments}]
    return a_profile(tools={tool: {**(spec[0] if spec else {}), "confirm": True}}, transfer=TRANSFER, replies=replies)


def played(profile: Profile, control: NotedControl, *turns: str, llm: ObedientLLM | None = None) -> VirtualCall:
    async def body() -> VirtualCall:
        async with VirtualCall(profile, control, llm=llm) as call:
            for words in turns:
                await call.say(words)
                await asyncio.sleep(10)
            await call.idle()
        return call

    return virtually(body)


@pytest.mark.parametrize(
    ("tool", "arguments", "done"),
    [
        ("transfer_call", {"destination": "desk"}, ["transfer +12025550101"]),
        ("warm_transfer", {"destination": "desk"}, ["consult +12025550101"]),
        ("send_dtmf", {"keys": "12#"}, ["keys 12#"]),
        ("do_not_call", {}, ["do not call"]),
    ],
)
def test_a_built_in_tool_acts_at_the_second_request_after_the_caller_has_spoken(
    tool: str, arguments: dict[str, str], done: list[str]
) -> None:
    control = NotedControl()
    assert played(asking(tool, **arguments), control, "Please do it.").failures == [ASK]
    assert control.asked == []
    assert played(asking(tool, **arguments), control, "Please do it.", "Yes, please.").failures == [ASK]
    assert control.asked == done


def test_a_tool_of_the_profile_does_so_too() -> None:
    call = played(asking("note", NOTE, text="hello"), NotedControl(), "Please do it.", "Yes, please.")
    assert (call.failures, call.said[-1]) == ([ASK], "agent: noted")


def test_the_same_arguments_in_another_order_are_the_same_request() -> None:
    spec = {**NOTE, "parameters": {"text": {}, "to": {}}, "confirm": True}
    replies = [
        {"when": "please", "call": "note", "with": {"text": "hello", "to": "them"}},
        {"when": "yes", "call": "note", "with": {"to": "them", "text": "hello"}},
    ]
    call = played(a_profile(tools={"note": spec}, replies=replies), NotedControl(), "Please do it.", "Yes.")
    assert (call.failures, call.said[-1]) == ([ASK], "agent: noted")


def test_other_arguments_are_another_request() -> None:
    control = NotedControl()
    profile = asking("transfer_call", destination="desk").model_copy(
        update={
            "replies": tuple(
                a_profile(
                    tools={"transfer_call": {}},
                    transfer=TRANSFER,
                    replies=[
                        {"when": place, "call": "transfer_call", "with": {"destination": place}}
                        for place in ("desk", "shop")
                    ],
                ).replies
            )
        }
    )
    call = played(profile, control, "The desk.", "The shop.", "The desk.", "Oh, the desk.")
    assert call.failures == [ASK, ASK, ASK]
    assert control.asked == ["transfer +12025550101"]


def test_a_model_that_asks_again_and_again_does_not_speak_for_the_caller() -> None:
    control, model = NotedControl(), ObedientLLM()
    order = command("transfer_call", destination="desk") * 5
    played(asking("transfer_call", destination="desk"), control, order, llm=model)
    assert len(model.called) > 5
    assert control.asked == []

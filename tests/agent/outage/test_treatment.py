"""What a caller gets when a provider has failed for good."""

import asyncio
from typing import Any

import pytest

from callagent.agent import Ending
from tests.agent.outage.conftest import Told
from tests.agent.test_call_limits import BrokenLLM
from tests.support.profiles import Profiles
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

HELLO: dict[str, Any] = {"greeting": "Hello."}
TO = "+12025550101"


def broken(outage: dict[str, Any], control: NotedControl | None = None) -> tuple[VirtualCall, Told]:
    """A call whose model is gone, after the caller has said something."""
    told = Told()

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO, outage=outage), control, llm=BrokenLLM()) as call:
            call.call.outages.watchers.watch(told)
            await call.say("What are your opening hours?")
            if control is None or control.refusal:
                await call.ended
            else:
                await asyncio.sleep(10.0)
        return call

    return virtually(body), told


def test_without_settings_the_caller_is_told_and_the_call_ends() -> None:
    call, told = broken({})
    assert call.said[-1].startswith("agent: I am sorry, something has gone wrong on our side. Please call again")
    assert told.news == ["sentence"]


def test_a_call_back_is_promised_and_told() -> None:
    call, told = broken({"call_back": True})
    assert call.said[-1].startswith("agent: I am sorry, something has gone wrong on our side. Somebody will call you")
    assert told.news == ["call back"]
    assert call.call.flow.ending is not None and call.call.flow.ending.why == "provider failure"


def test_the_caller_is_transferred() -> None:
    control = NotedControl()
    call, told = broken({"transfer": TO}, control)
    assert control.asked == [f"transfer {TO}"]
    assert call.said[-1] == "agent: One moment, please. I am putting you through."
    assert told.news == ["transfer"] and call.call.flow.ending is None


def test_where_nobody_takes_the_caller_it_goes_on_as_without_a_transfer() -> None:
    call, told = broken({"transfer": TO, "call_back": True}, NotedControl("486 Busy"))
    assert told.news == ["transfer", "call back"]
    assert "Somebody will call you back" in call.said[-1]


def test_only_the_first_failure_is_treated() -> None:
    told = Told()

    async def body() -> VirtualCall:
        async with VirtualCall(a_profile(**HELLO), NotedControl()) as call:
            call.call.outages.watchers.watch(told)
            await call.idle()
            call.call.outages.loop_blocked("desk.py:7 look_up", 30.0)
            call.call.outages.loop_blocked("desk.py:7 look_up", 30.0)
            await call.ended
        return call

    call = virtually(body)
    assert told.news == ["event loop hung desk.py:7 look_up", "sentence", "event loop hung desk.py:7 look_up"]
    assert call.call.flow.ending == Ending(
        "provider failure", "the event loop was blocked for 30 s at desk.py:7 look_up"
    )


def test_a_loop_that_was_blocked_for_a_moment_is_told_and_the_call_goes_on() -> None:
    told = Told()

    async def body() -> bool:
        async with VirtualCall(a_profile(**HELLO)) as call:
            call.call.outages.watchers.watch(told)
            call.call.outages.loop_blocked("desk.py:7 look_up", 3.0)
            await call.idle()
            return call.ended.done()

    assert not virtually(body) and told.news == ["event loop hung desk.py:7 look_up"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("12025550101", "needs text; write it in quotes"),
        ('"+12025550101,,7#"', "has keys behind it"),
        ("desk", "needs a number such as"),
    ],
)
def test_a_transfer_that_cannot_be_dialled_is_one_line(
    value: str, told: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = Profiles(tmp_path, monkeypatch)
    profiles.write("x", f"extends: en-US\noutage: {{transfer: {value}}}\n")
    (problem,) = profiles.problems("x")
    assert problem.startswith("x.yaml:2: outage.transfer: ") and told in problem

"""Hooks of a profile: they get the call, and whatever they do the call goes on."""

import asyncio
import threading
import time
from typing import Any

import pytest

import callagent
from callagent.agent.author import author_functions
from callagent.profile import Profile
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

SEEN: list[Any] = []
RELEASED = threading.Event()


@pytest.fixture(autouse=True)
def fresh() -> Any:
    SEEN.clear()
    RELEASED.clear()
    yield
    RELEASED.set()


async def look_up(call: callagent.Call) -> None:
    call.state["name"] = "Ada"
    call.note("looked up")


def look_up_plainly(call: callagent.Call) -> None:
    assert threading.current_thread() is not threading.main_thread()
    call.state["name"] = "Ada"
    call.note("looked up")


async def file_it(call: callagent.Call) -> None:
    call.note("filed")
    SEEN.append(call.record())


def file_it_plainly(call: callagent.Call) -> None:
    SEEN.append(call.record())


async def raises(call: callagent.Call) -> None:
    raise LookupError("on purpose")


def raises_plainly(call: callagent.Call) -> None:
    raise LookupError("on purpose")


def wants_out(call: callagent.Call) -> None:
    raise SystemExit(3)


async def cancels_itself(call: callagent.Call) -> None:
    raise asyncio.CancelledError


async def hangs(call: callagent.Call) -> None:
    await asyncio.sleep(3600.0)
    SEEN.append("hung")


async def hangs_on(call: callagent.Call) -> None:
    while True:
        try:
            await asyncio.sleep(3600.0)
        except asyncio.CancelledError:
            SEEN.append("cancelled")
            if len(SEEN) > 1:
                raise


async def blocks(call: callagent.Call) -> None:
    time.sleep(0.5)  # noqa: ASYNC251 - on purpose


def profile(**hooks: str) -> Profile:
    named = {moment: f"{__name__}:{name}" if moment != "timeout" else name for moment, name in hooks.items()}
    return a_profile(greeting="Hello {state.name|there}.", otherwise="All right.", hooks=named)


def a_call(profile: Profile) -> VirtualCall:
    async def call() -> VirtualCall:
        async with VirtualCall(profile) as call:
            await call.say("Good morning.")
            await call.hears("All right.")
        return call

    return virtually(call)


@pytest.mark.parametrize("hook", ["look_up", "look_up_plainly"])
def test_a_hook_of_the_beginning_gets_the_call(hook: str) -> None:
    call = a_call(profile(started=hook))
    assert call.call.call.state == {"name": "Ada"}
    assert [note["text"] for note in call.record.as_dict()["author_notes"]] == ["looked up"]


def test_what_a_hook_knows_at_once_is_in_the_greeting() -> None:
    assert a_call(profile(started="look_up")).said[0] == "agent: Hello Ada."


@pytest.mark.parametrize("hook", ["file_it", "file_it_plainly"])
def test_a_hook_of_the_end_has_the_record_of_the_call(hook: str) -> None:
    call = a_call(profile(ended=hook))
    (record,) = SEEN
    assert record["reason"] == "agent hung up"
    assert call.said[0] == "agent: Hello there."


def test_what_is_noted_after_the_end_is_in_the_record() -> None:
    call = a_call(profile(ended="file_it"))
    assert [note["text"] for note in call.record.as_dict()["author_notes"]] == ["filed"]


def test_hooks_run_once() -> None:
    async def call() -> None:
        async with VirtualCall(profile(started="look_up", ended="file_it")) as call:
            call.call.hooks.begin()
            call.call.call.close()
            await call.ended
            await asyncio.gather(call.call.hooks.end(), call.call.hooks.end())
        assert len(SEEN) == 1 and len(call.record.as_dict()["author_notes"]) == 2

    virtually(call)


def test_a_call_that_has_not_begun_is_not_filed() -> None:
    async def call() -> None:
        call = VirtualCall(profile(ended="file_it"))
        await call.call.hooks.end()
        assert SEEN == []

    virtually(call)


@pytest.mark.parametrize("moment", ["started", "ended"])
@pytest.mark.parametrize("hook", ["raises", "raises_plainly", "wants_out", "cancels_itself"])
def test_a_hook_that_fails_is_named_with_its_line_and_the_call_goes_on(
    moment: str, hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    call = a_call(profile(**{moment: hook}))
    assert call.said[:2] == ["agent: Hello there.", "caller: Good morning."] and len(call.said) == 3
    (told,) = [record for record in caplog.records if getattr(record, "what", "") == f"hooks.{moment}"]
    assert hook in told.function and "test_hooks.py:" in told.function  # type: ignore[attr-defined]  # extra


@pytest.mark.parametrize("hook", ["hangs", "hangs_on"])
def test_a_hook_that_hangs_has_its_time_and_keeps_nobody_waiting(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    async def call() -> VirtualCall:
        async with VirtualCall(profile(started=hook, timeout="2 s")) as call:
            await call.hears("Hello")
            assert call.clock.now() < 2.0
            await call.say("Good morning.")
            await call.hears("All right.")
        return call

    call_ = virtually(call)
    assert len(call_.said) == 3 and "hung" not in SEEN
    assert any("took too long and was cancelled" in record.message for record in caplog.records)


def test_the_end_of_a_call_waits_for_hooks_as_long_as_they_may_take() -> None:
    async def call() -> float:
        async with VirtualCall(profile(started="hangs", ended="hangs", timeout="3 s")) as call:
            await call.idle()
            call.call.call.close()
            await call.ended
            began = call.clock.now()
            await call.call.hooks.end()
            return call.clock.now() - began

    assert virtually(call) < 6.5


@pytest.mark.blocks_loop(reason="the hook does so on purpose")
def test_a_hook_that_blocks_the_loop_is_named_with_the_line_that_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(author_functions, "BLOCKED_S", 0.1)
    call = a_call(profile(started="blocks"))
    assert call.said[0] == "agent: Hello there."
    (told,) = [record for record in caplog.records if "blocks the event loop" in record.message]
    assert "blocks" in told.function and "test_hooks.py:" in told.at  # type: ignore[attr-defined]  # extra

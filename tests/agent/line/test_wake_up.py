"""A function of the author's that is called when nobody has spoken for a while."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import callagent
from callagent.agent.author import author_functions
from callagent.agent.line import wake_up
from callagent.profile import Profile, load_profile, load_targets
from callagent.yaml_config import ConfigError
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

PROFILE = a_profile(greeting="Hello.", flow={"idle": "10 s"})
STILL_THERE = "agent: Are you still there?"
Body = Callable[[VirtualCall, callagent.Call, list[float]], Coroutine[Any, Any, None]]


def woken(
    body: Body, profile: Profile = PROFILE, control: NotedControl | None = None
) -> tuple[list[float], VirtualCall]:
    """When the function was called, in seconds of the call, which is over when `body` is."""
    times: list[float] = []

    async def call() -> VirtualCall:
        async with VirtualCall(profile, control) as call:
            call.call.call.on_wake_up(lambda own: times.append(call.clock.now()))
            await call.idle()
            times.append(call.clock.now())
            await body(call, call.call.call, times)
        return call

    return times, virtually(call)


def test_it_is_called_after_each_silence_instead_of_the_question_and_the_call_goes_on() -> None:
    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        await asyncio.sleep(35)
        assert not call.ended.done()

    times, call = woken(body)
    assert [round(b - a) for a, b in itertools.pairwise(times)] == [10, 10, 10]
    assert call.said == ["agent: Hello."]


def test_silence_is_counted_anew_after_speech_and_after_keys() -> None:
    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        await asyncio.sleep(8)
        call.call.keypad.press("1")  # no turn: `keys.turns` is off
        await asyncio.sleep(8)
        assert len(times) == 1
        await call.interject("Let me see about that.")
        await call.hears("Could you say that again")
        await call.idle()
        spoke = call.clock.now()
        await asyncio.sleep(8)
        assert len(times) == 1
        await asyncio.sleep(4)
        assert times[1] - spoke == pytest.approx(10, abs=1)

    woken(body, a_profile(greeting="Hello.", flow={"idle": "10 s"}, keys={"turns": False}))


def test_no_silence_counts_while_a_reply_is_spoken() -> None:
    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        await own.say("Let me tell you a story. " * 20).wait()
        assert call.clock.now() - times[0] > 20
        assert len(times) == 1

    woken(body)


def test_no_silence_counts_while_a_tool_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_mill.py").write_text("import asyncio\nasync def grind():\n    await asyncio.sleep(15)\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        await call.say("Please grind it.")
        await asyncio.sleep(14)
        assert len(times) == 1
        await call.hears("It is ground.")

    profile = a_profile(
        greeting="Hello.",
        flow={"idle": "10 s"},
        fillers=[],
        tools={"grind": {"run": "slow_mill:grind", "description": "Grinds."}},
        replies=[{"when": "grind", "call": "grind", "say": "It is ground."}],
    )
    woken(body, profile)


def test_no_silence_counts_on_hold_and_it_begins_anew_afterwards() -> None:
    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        holding = asyncio.create_task(own.hold())
        await asyncio.sleep(50)
        assert len(times) == 1
        call.call.keypad.press("1")
        assert await holding == "key"
        back = call.clock.now()
        await asyncio.sleep(12)
        assert times[1] - back == pytest.approx(10, abs=0.5)

    woken(body, control=NotedControl())


def test_it_is_not_called_any_more_when_the_call_is_over() -> None:
    times: list[int] = []

    async def call() -> None:
        async with VirtualCall(PROFILE) as call:
            call.call.call.on_wake_up(lambda: times.append(1))
            await call.idle()
            await asyncio.sleep(5)
        await asyncio.sleep(60)

    virtually(call)
    assert times == []


def test_an_async_one_is_waited_for_and_no_silence_counts_meanwhile() -> None:
    ends: list[float] = []

    async def call() -> list[str]:
        async with VirtualCall(PROFILE) as call:

            async def ask(own: callagent.Call) -> None:
                await own.say("Take your time.").wait()
                await asyncio.sleep(12)
                ends.append(call.clock.now())

            call.call.call.on_wake_up(ask)
            await call.idle()
            await asyncio.sleep(60)
        return call.said

    assert virtually(call) == ["agent: Hello."] + ["agent: Take your time."] * 3
    assert all(b - a == pytest.approx(24, abs=2) for a, b in itertools.pairwise(ends))


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_one_that_raises_is_named_in_the_log_and_the_question_is_asked(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def plain() -> None:
        raise LookupError("+12025550199 is unknown")

    async def later() -> None:
        raise LookupError("+12025550199 is unknown")

    async def call() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            call.call.call.on_wake_up(plain if kind == "plain" else later)
            await call.idle()
            await asyncio.sleep(15)
        return call.said

    assert virtually(call) == ["agent: Hello.", STILL_THERE]
    (record,) = [each for each in caplog.records if "failed" in each.getMessage()]
    assert "test_wake_up.py:" in str(record.__dict__)
    assert "+1202555" not in record.getMessage()


def test_one_that_hangs_is_given_up_and_the_question_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    async def call() -> list[str]:
        async with VirtualCall(PROFILE) as call:
            call.call.call.on_wake_up(hang)
            await call.idle()
            await asyncio.sleep(10 + wake_up.WAKE_UP_S + 5)
        return call.said

    assert virtually(call) == ["agent: Hello.", STILL_THERE]
    assert any("took too long" in message for message in caplog.messages)


@pytest.mark.blocks_loop(reason="it shows that the log says so")
def test_one_that_holds_up_the_call_is_named(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(author_functions, "BLOCKED_S", 0.05)

    async def call() -> None:
        async with VirtualCall(PROFILE) as call:
            call.call.call.on_wake_up(lambda: time.sleep(1))
            await call.idle()
            await asyncio.sleep(12)

    virtually(call)
    assert any("blocks the event loop" in message for message in caplog.messages)


def test_one_may_end_the_call() -> None:
    async def call() -> float:
        async with VirtualCall(PROFILE) as call:
            call.call.call.on_wake_up(lambda own: own.close())
            return await asyncio.wait_for(call.ended, 60)

    assert virtually(call) < 15


def test_without_one_the_question_is_asked_again() -> None:
    async def body(call: VirtualCall, own: callagent.Call, times: list[float]) -> None:
        own.on_wake_up(None)
        await asyncio.sleep(12)
        assert len(times) == 1

    assert woken(body)[1].said == ["agent: Hello.", STILL_THERE]


def test_it_needs_a_silence_to_be_called_after_and_takes_the_call_or_nothing() -> None:
    async def call() -> None:
        async with VirtualCall(a_profile(greeting="Hello.", flow={})) as call:
            with pytest.raises(ValueError, match="the profile has no flow"):
                call.call.call.on_wake_up(lambda: None)
        async with VirtualCall(PROFILE) as call:
            with pytest.raises(ValueError, match=r"must take call, by position"):
                call.call.call.on_wake_up(lambda one, two: None)

    virtually(call)


def shop(directory: Path, code: str, flow: str) -> Path:
    (directory / f"waking_{directory.name}.py").write_text(code)
    path = directory / "shop.yaml"
    path.write_text(f"extends: locales/en-US\ngreeting: Hello.\nflow: {flow}\n")
    return path


def test_a_profile_names_one_beside_it(tmp_path: Path) -> None:
    code = "async def wake(call):\n    call.say('Shall I wait?')\n"
    path = shop(tmp_path, code, f"{{idle: 10 s, on_wake_up: 'waking_{tmp_path.name}:wake'}}")

    async def call() -> list[str]:
        async with VirtualCall(load_profile(path)) as call:
            await call.hears("Shall I wait?")
        return call.said

    assert virtually(call)[:2] == ["agent: Hello.", "agent: Shall I wait?"]


@pytest.mark.parametrize(
    ("code", "flow", "problem"),
    [
        ("", "{{idle: 10 s, on_wake_up: '{module}:wake'}}", "has no function 'wake'"),
        ("def wakes(call): ...", "{{idle: 10 s, on_wake_up: '{module}:wake'}}", "did you mean 'wakes'?"),
        ("def wake(a, b): ...", "{{idle: 10 s, on_wake_up: '{module}:wake'}}", "must take call, by position"),
        ("def wake():\n    yield", "{{idle: 10 s, on_wake_up: '{module}:wake'}}", "is a generator"),
        ("wake = 3", "{{idle: 10 s, on_wake_up: '{module}:wake'}}", "cannot be called"),
        ("def wake(): ...", "{{idle: null, on_wake_up: '{module}:wake'}}", "is never called: flow.idle"),
    ],
)
def test_one_that_cannot_be_called_is_told_with_its_place(tmp_path: Path, code: str, flow: str, problem: str) -> None:
    path = shop(tmp_path, code, flow.format(module=f"waking_{tmp_path.name}"))
    with pytest.raises(ConfigError) as raised:
        load_targets(load_profile(path))
    (found,) = raised.value.problems
    assert (found.key, found.line) == ("flow.on_wake_up", 3)
    assert problem in str(found)

"""What an author can listen to in a call, and what they note of it."""

import asyncio
import logging
from typing import Any

import pytest
from livekit.agents import Agent

import callagent
from callagent.agent.author import author_notes
from callagent.agent.author.call_events import EVENTS, CallOver, HandedOver, SpeechIn, StateChange, ToolUse, Turn
from callagent.agent.utterance import Utterance
from callagent.call_context import CallContext
from callagent.profile import Profile
from tests.agent.test_call import Body
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

TOOLS = {"price": {"description": "A price.", "returns": "Four dollars.", "parameters": {"of": {"type": "string"}}}}
REPLIES = [{"when": "much", "call": "price", "with": {"of": "rye"}}]
PROFILE = a_profile(greeting="Hello.", tools=TOOLS, replies=REPLIES, otherwise="One moment, I will look for that.")


def listening(body: Body, profile: Profile = PROFILE, *, heard: dict[str, list[Any]] | None = None) -> VirtualCall:
    """A call with a listener for everything, from before it begins until it is over."""

    async def call() -> VirtualCall:
        async with VirtualCall(profile) as call:
            for event in EVENTS:
                call.call.call.on(event, (heard if heard is not None else {}).setdefault(event, []).append)
            await call.idle()
            await body(call, call.call.call)
        return call

    return virtually(call)


async def priced(call: VirtualCall, own: callagent.Call) -> None:
    await call.say("How much is it?")
    await call.hears("Four dollars.")
    call.call.keypad.press("5")
    await call.idle()


def test_listeners_hear_what_happens_in_a_call() -> None:
    heard: dict[str, list[Any]] = {}
    listening(priced, heard=heard)
    assert SpeechIn("How much is it?", final=True) in heard["speech_in"]
    assert StateChange("listening", "speaking") in heard["caller_state"]
    assert any(change.new == "speaking" for change in heard["agent_state"])
    assert Turn("caller", "How much is it?") in heard["turn"] and Turn("agent", "Four dollars.") in heard["turn"]
    called, done = heard["tool"]
    assert (called.name, called.status, called.arguments) == ("price", "called", {"of": "rye"})
    assert done == ToolUse("price", "done", called.id, {"of": "rye"}, "Four dollars.")
    assert heard["key"] == ["5"]
    assert heard["ended"] == [CallOver("agent hung up")]
    assert heard["handed_over"] == []


def test_an_utterance_that_begins_is_that_which_its_author_has() -> None:
    heard: dict[str, list[Utterance]] = {}

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        said = own.say("One moment.")
        await said.wait()
        assert heard["speech_out"][-1] is said

    listening(body, heard=heard)


class Orders(Agent):
    """Takes orders."""

    def __init__(self) -> None:
        super().__init__(instructions="Take orders.")


def test_a_hand_over_is_told_with_both_agents() -> None:
    heard: dict[str, list[HandedOver]] = {}

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.session.update_agent(Orders())
        await asyncio.sleep(1.0)

    listening(body, heard=heard)
    (told,) = heard["handed_over"]
    assert told.new == "orders" and told.old


def test_what_is_personal_is_in_no_repr() -> None:
    for told in (SpeechIn("Ada", True), Turn("caller", "Ada"), ToolUse("t", "done", "1", {"name": "Ada"}, "Ada")):
        assert "Ada" not in repr(told)


@pytest.mark.parametrize(("name", "near"), [("turns", "'turn'"), ("speech in", "'speech_in'"), ("Ended", "'ended'")])
def test_an_event_that_there_is_not_is_refused_with_the_nearest(name: str, near: str) -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        for change in (own.on, own.off):
            with pytest.raises(ValueError, match=f"did you mean {near}"):
                change(name, print)

    listening(body)


def test_what_is_no_function_cannot_listen() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        with pytest.raises(TypeError, match="not str"):
            own.on("turn", "print")  # type: ignore[type-var]  # on purpose

    listening(body)


def raises(_: object) -> None:
    raise LookupError("on purpose")


async def raises_later(_: object) -> None:
    await asyncio.sleep(0.1)
    raise LookupError("on purpose")


def wants_out(_: object) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize("broken", [raises, raises_later, wants_out])
def test_a_listener_that_raises_is_named_with_its_line_and_disturbs_nobody(
    broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Turn] = []

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.on("turn", broken)
        own.on("turn", heard.append)
        await priced(call, own)

    call = listening(body)
    assert "agent: Four dollars." in call.said and Turn("agent", "Four dollars.") in heard
    told = [record for record in caplog.records if "failed; the call goes on" in record.message]
    assert told and all("test_call_events.py:" in record.at for record in told)  # type: ignore[attr-defined]  # extra
    assert broken.__name__ in told[0].function  # type: ignore[attr-defined]  # extra


def test_who_listens_no_longer_hears_no_more() -> None:
    heard: list[Turn] = []

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.off("turn", heard.append)
        own.on("turn", heard.append)
        own.off("turn", heard.append)
        await priced(call, own)

    listening(body)
    assert heard == []


def test_an_asynchronous_listener_of_the_end_is_waited_for_and_one_that_hangs_is_not() -> None:
    done: list[CallOver] = []

    async def files(over: CallOver) -> None:
        await asyncio.sleep(1.0)
        done.append(over)

    async def hangs(_: CallOver) -> None:
        await asyncio.sleep(3600.0)
        done.clear()

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.on("ended", files)
        own.on("ended", hangs)

    listening(body)
    assert done == [CallOver("agent hung up")]


# -- notes, the record, the context


def test_a_note_is_in_the_record_and_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        await asyncio.sleep(1.0)
        own.note("wants rye")
        await asyncio.to_thread(own.note, "from a thread")
        await asyncio.sleep(0)
        assert [note["text"] for note in own.record()["author_notes"]] == ["wants rye", "from a thread"]
        assert own.record()["author_notes"][0]["at"] >= 1.0

    listening(body)
    assert "wants rye" not in caplog.text


def test_notes_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(author_notes, "MOST_NOTES", 3)

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        for _ in range(10):
            own.note("x" * 1_000_000)
        notes = own.record()["author_notes"]
        assert len(notes) == 3 and len(notes[0]["text"]) < 2 * author_notes.LONGEST_NOTE

    listening(body)


def test_a_call_knows_its_context_and_keeps_it_out_of_its_repr() -> None:
    context = CallContext(number="+12025550123")

    async def call() -> None:
        async with VirtualCall(PROFILE, context=context) as call:
            assert call.call.call.context is context
            assert "2025550123" not in repr(call.call.call)

    virtually(call)


def test_from_a_thread_a_call_says_why_it_cannot_speak() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        for act in (lambda: own.say("x"), own.reply, own.greet, own.interrupt, own.close, own.leave):
            with pytest.raises(RuntimeError, match="make it `async def`"):
                await asyncio.to_thread(act)
        assert not call.ended.done()

    listening(body)


# -- leaving


def test_a_call_is_left_once_and_then_closed_by_nobody() -> None:
    heard: dict[str, list[Any]] = {}

    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.say("One moment, please, I will look for that in the book.")
        await asyncio.sleep(0.5)
        own.leave()
        own.leave()
        own.close()
        await asyncio.wait_for(call.ended, 2.0)
        own.leave()
        assert own.left and own.say("Still there?").done

    listening(body, heard=heard)
    assert heard["ended"] == [CallOver("agent left")]


def test_a_call_that_is_closed_is_not_left() -> None:
    async def body(call: VirtualCall, own: callagent.Call) -> None:
        own.close()
        own.leave()
        assert not own.left

    listening(body)

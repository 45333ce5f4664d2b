import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.agent import Keypad
from callagent.agent.dtmf.keys import KeyTurns
from callagent.profile import KeySettings
from tests.support.virtual import virtually


class Session:
    """Takes note of what KeyTurns asks a session to do."""

    def __init__(self) -> None:
        self.current_speech: object | None = SimpleNamespace(allow_interruptions=True)
        self.asked: list[str] = []
        self.closed: Any = None

    def on(self, event: str, callback: Any) -> None:
        self.closed = callback

    def interrupt(self) -> None:
        self.asked.append("interrupt")
        self.current_speech = None

    def generate_reply(self, *, user_input: str) -> None:
        self.asked.append(user_input)


def after(*presses: tuple[float, str], close: bool = False) -> list[str]:
    async def body() -> list[str]:
        keypad, session = Keypad(), Session()
        KeyTurns(keypad, session, KeySettings())  # type: ignore[arg-type]  # only what it uses of a session
        for pause, keys in presses:
            await asyncio.sleep(pause)
            keypad.press(keys)
        if close:
            session.closed(None)
        await asyncio.sleep(10)
        return session.asked

    return virtually(body)


def test_the_first_key_stops_the_agent_and_the_entry_is_a_turn_after_a_pause() -> None:
    assert after((0, "1"), (1.5, "2")) == ["interrupt", "12"]


def test_a_pause_ends_an_entry() -> None:
    assert after((0, "1"), (2.5, "2")) == ["interrupt", "1", "2"]


def test_an_entry_without_end_is_complete_after_forty_keys() -> None:
    assert after((0, "1" * 100), (1, "#")) == ["interrupt", "1" * 40, "1" * 40, "1" * 20]


def test_the_hash_key_ends_an_entry_at_once() -> None:
    assert after((0, "12#34#")) == ["interrupt", "12", "34"]


def test_the_hash_key_alone_is_an_entry() -> None:
    assert after((0, "#")) == ["interrupt", "#"]


def test_nothing_is_entered_after_the_end_of_the_call() -> None:
    assert after((0, "1"), close=True) == ["interrupt"]


def test_whoever_takes_the_keys_gets_them_alone_until_they_are_given_back() -> None:
    keypad, all_keys, taken = Keypad(), list[str](), list[str]()
    keypad.on_key(all_keys.append)
    give_back = keypad.take(taken.append)
    keypad.press("1a")
    give_back()
    keypad.press("2")
    assert (all_keys, taken) == (["2"], ["1", "A"])


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="not a key of a telephone: 'X'"):
        Keypad().press("x")


class Notice:
    """Speech that cannot be interrupted."""

    allow_interruptions = False

    def __init__(self) -> None:
        self.callbacks: list[Any] = []

    def add_done_callback(self, callback: Any) -> None:
        self.callbacks.append(callback)

    def end(self) -> None:
        for callback in self.callbacks:
            callback(self)


def over_a_notice(keys: str, settings: KeySettings) -> tuple[list[str], list[str]]:
    """What was asked of the session before and after the end of a notice that was said all the time."""

    async def body() -> tuple[list[str], list[str]]:
        keypad, session, notice = Keypad(), Session(), Notice()
        session.current_speech = notice
        KeyTurns(keypad, session, settings)  # type: ignore[arg-type]  # only what it uses of a session
        keypad.press(keys)
        await asyncio.sleep(10)
        before, session.asked = session.asked, []
        notice.end()
        return before, session.asked

    return virtually(body)


def test_keys_over_speech_that_must_not_be_stopped_wait_for_its_end_and_replace_what_follows() -> None:
    assert over_a_notice("12", KeySettings()) == ([], ["interrupt", "12"])


def test_several_entries_over_such_speech_are_answered_in_order() -> None:
    assert over_a_notice("1#2#", KeySettings()) == ([], ["interrupt", "1", "2"])


def test_keys_that_do_not_interrupt_wait_for_their_turn() -> None:
    assert over_a_notice("1#", KeySettings(interrupt=False)) == ([], ["1"])


def test_keys_over_the_last_sentence_of_a_session_end_quietly() -> None:
    async def body() -> None:
        keypad, session, notice = Keypad(), Session(), Notice()
        session.current_speech = notice
        session.generate_reply = closing  # type: ignore[method-assign]  # a session that has been shut down
        KeyTurns(keypad, session, KeySettings())  # type: ignore[arg-type]  # only what it uses of a session
        keypad.press("1#")
        notice.end()

    virtually(body)


def closing(*, user_input: str) -> None:
    raise RuntimeError("AgentSession is closing, cannot use generate_reply()")

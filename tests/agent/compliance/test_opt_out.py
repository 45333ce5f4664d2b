"""Somebody does not want to be called again: listed, told so, and the call ends; by words and by a key."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callagent.journal import DoNotCall, OptedOut
from callagent.scripted_calls import CallResult
from tests.support.scripted import failed, run_text
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile


def call(
    directory: Path, steps: str, profile: str = "en-US", settings: str = "", *, honoured: str = "true"
) -> CallResult:
    text = (
        "call: A call\n"
        f"profile: {profile}\n"
        "agent:\n"
        f"  set: {{compliance.opt_out.honoured: {honoured}{settings}}}\n"
        "  greeting: Hello there, here is something long that I would like to tell you about our wonderful offers.\n"
        "  otherwise: Let me tell you more about it.\n"
        f"steps:\n{steps}"
    )
    return run_text(directory, text)


def end(result: CallResult) -> tuple[str, bool, str]:
    (entry,) = result.log.of(OptedOut)
    assert result.log.ended is not None
    return entry.by, entry.listed, result.log.ended.reason


SAID = {
    "en-US": ("Please take me off your list.", "We will not call you again. Goodbye."),
    "de-DE": ("Rufen Sie mich bitte nicht mehr an.", "Wir rufen Sie nicht mehr an."),
    "fr-FR": ("Ne m'appelez plus.", "Nous ne vous appellerons plus."),
    "ja-JP": ("もう電話しないでください。", "今後はお電話を差し上げません。"),
}


@pytest.mark.parametrize("locale", SAID)
def test_who_says_so_is_listed_told_so_and_the_call_ends(tmp_path: Path, locale: str) -> None:
    said, confirmed = SAID[locale]
    steps = f'  - caller: "{said}"\n    when: agent listening\n  - expect: call ends\n    within: 20 s\n'
    result = call(tmp_path, steps, locale)
    assert failed(result) == []
    assert end(result) == ("words", True, "agent hung up")
    assert len(result.log.of(DoNotCall)) == 1
    assert confirmed in result.turns[-1]["text"]


def test_it_holds_over_the_agents_words_and_what_it_was_saying_ends(tmp_path: Path) -> None:
    steps = (
        "  - agent_says: something long\n"
        "  - caller: Take me off your list.\n"
        "    when: agent speaking\n"
        "  - expect: call ends\n"
        "    within: 20 s\n"
    )
    result = call(tmp_path, steps)
    assert failed(result) == []
    assert end(result) == ("words", True, "agent hung up")
    said = [turn["text"] for turn in result.turns if turn["role"] == "assistant"]
    assert "wonderful offers" not in said[0] and "not call you again" in said[-1]


def test_it_holds_at_once_over_what_nobody_else_may_interrupt(tmp_path: Path) -> None:
    steps = (
        "  - agent_says: whole of this\n"
        "  - caller: Take me off your list.\n"
        "    when: agent speaking\n"
        "  - expect: call ends\n"
        "    within: 20 s\n"
    )
    long = " and so on and on" * 20
    result = call(tmp_path, steps, settings=f", flow.notice: You have to hear the whole of this{long}.")
    assert failed(result) == []
    (entry,) = result.log.of(OptedOut)
    assert entry.at < 10.0


def test_it_may_come_in_two_pieces(tmp_path: Path) -> None:
    steps = (
        "  - caller: Okay, take me off\n    when: agent listening\n"
        "  - caller: your list, please.\n    after: 100 ms\n"
        "  - expect: call ends\n    within: 20 s\n"
    )
    assert end(call(tmp_path, steps))[0] == "words"


@pytest.mark.parametrize("keys", ["9", "9#"])
@pytest.mark.parametrize("turns", ["true", "false"])
def test_a_key_by_itself_means_the_same(tmp_path: Path, keys: str, turns: str) -> None:
    steps = f'  - caller: {{dtmf: "{keys}"}}\n    when: agent speaking\n  - expect: call ends\n    within: 20 s\n'
    result = call(tmp_path, steps, settings=f', compliance.opt_out.key: "9", keys.turns: {turns}')
    assert failed(result) == []
    assert end(result) == ("key", True, "agent hung up")


def test_the_key_among_others_is_a_digit(tmp_path: Path) -> None:
    steps = '  - caller: {dtmf: "499"}\n    when: agent listening\n  - agent_says: tell you more\n'
    result = call(tmp_path, steps, settings=', compliance.opt_out.key: "9"')
    assert failed(result) == []
    assert result.log.of(OptedOut) == []


def test_a_profile_that_does_not_honour_it_leaves_it_to_the_agent(tmp_path: Path) -> None:
    steps = "  - caller: Take me off your list.\n    when: agent listening\n  - agent_says: tell you more\n"
    result = call(tmp_path, steps, honoured="false")
    assert failed(result) == []
    assert result.log.of(OptedOut) == []


def test_a_number_that_cannot_be_listed_is_not_said_to_be() -> None:
    compliance: dict[str, Any] = {"opt_out": {"honoured": True, "phrases": ["take me off your list"]}}
    profile = a_profile(greeting="Hello.", compliance=compliance)
    watched: list[tuple[str, bool]] = []

    class Watcher:
        """Notes it."""

        def disclosed(self, kind: str, complete: bool, offset: float) -> None: ...

        def disclosure_missed(self, kind: str, within: float, why: str) -> None: ...

        def opted_out(self, by: str, listed: bool) -> None:
            watched.append((by, listed))

    async def body() -> VirtualCall:
        control = NotedControl("the number is not known")
        async with VirtualCall(profile, control) as call:
            call.call.call.compliance.watch(Watcher())
            await call.say("Take me off your list!")
            async with asyncio.timeout(60.0):
                await call.ended
        assert control.asked == ["do not call"]
        assert call.call.flow.ending is not None and call.call.flow.ending.why == "opted out"
        return call

    call = virtually(body)
    assert watched == [("words", False)]
    assert call.said[-1] == "agent: I have noted that you do not want to be called. Goodbye."

"""What is heard behind the agent, and when: the place, an agent who thinks, sounds of the author's."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import BuiltinAudioClip

import callagent
from callagent.agent.line.sounds import sound_of
from callagent.audio import Playback
from callagent.profile import Profile
from tests.support.virtual import virtually
from tests.support.virtual_call import NotedControl, VirtualCall, a_profile

SLOW = """
import asyncio

async def look_up():
    await asyncio.sleep(5)
    return "found"
"""
WARNING = "there is nothing to hear background sounds with here: they are noted and not played"
Heard = list[tuple[str, str, bool]]
Body = Callable[[VirtualCall, callagent.Call, Heard], Coroutine[Any, Any, None]]


def heard_in(profile: Profile, body: Body, control: NotedControl | None = None) -> Heard:
    """What began (True) and ended in a call, by kind and name."""
    heard: Heard = []

    async def call() -> None:
        made = VirtualCall(profile, control)
        made.call.background.watch(lambda kind, sound, playing: heard.append((kind, sound, playing)))
        async with made as call:
            await call.idle()
            await asyncio.sleep(0.1)
            await body(call, call.call.call, heard)

    virtually(call)
    return heard


def with_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **background: Any) -> Profile:
    (tmp_path / "slow_shop.py").write_text(SLOW)
    monkeypatch.syspath_prepend(str(tmp_path))
    return a_profile(
        greeting="Hello.",
        background=background,
        tools={"look_up": {"run": "slow_shop:look_up", "description": "Looks it up."}},
        replies=[{"when": "look", "call": "look_up", "say": "It is there."}],
        fillers=[],
    )


async def nothing(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
    await asyncio.sleep(60)


def test_the_sound_of_the_place_is_heard_from_the_begin_of_the_call_to_its_end() -> None:
    heard = heard_in(a_profile(greeting="Hello.", background={"ambient": "office"}), nothing)
    assert heard == [("ambient", "office", True), ("ambient", "office", False)]


def test_without_sounds_nothing_is_heard_and_nothing_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert heard_in(a_profile(greeting="Hello."), nothing) == []
    assert WARNING not in caplog.messages


def test_where_there_is_nothing_to_hear_them_with_the_log_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.play_background("city")
        own.start_thinking_sound()

    heard_in(a_profile(greeting="Hello.", background={"ambient": "office"}), body)
    assert caplog.messages.count(WARNING) == 1


def test_an_agent_who_waits_for_a_tool_is_heard_to_think_until_it_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[float] = []

    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        call.call.background.watch(lambda *_: times.append(call.clock.now()))
        await call.say("Please look it up.")
        await call.hears("It is there.")

    heard = heard_in(with_tool(tmp_path, monkeypatch, thinking="keyboard"), body)
    assert set(heard) == {("thinking", "keyboard", True), ("thinking", "keyboard", False)}
    assert [playing for _, _, playing in heard] == [True, False] * (len(heard) // 2)
    assert max(end - begin for begin, end in zip(times[::2], times[1::2], strict=True)) > 4.5


def test_the_sound_of_thinking_pauses_for_one_that_overrides_it_and_goes_on_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        await call.say("Please look it up.")
        await asyncio.sleep(2)
        heard.clear()
        own.play_background("office", loop=True)
        await asyncio.sleep(0.5)
        assert heard == [("thinking", "keyboard", False), ("sound", "office", True)]
        heard.clear()
        own.stop_background()
        await asyncio.sleep(0.1)
        assert heard == [("sound", "office", False), ("thinking", "keyboard", True)]
        heard.clear()
        own.play_background("office", override_thinking=False)
        await asyncio.sleep(0.1)
        assert heard == [("sound", "office", True)]

    heard_in(with_tool(tmp_path, monkeypatch, thinking="keyboard"), body)


def test_a_sound_that_is_over_lets_the_sound_of_thinking_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.start_thinking_sound("city")
        await asyncio.sleep(0.1)
        heard.clear()
        own.play_background(BuiltinAudioClip.KEYBOARD_TYPING2)
        await asyncio.sleep(60)
        assert heard == [
            ("thinking", "city", False),
            ("sound", "keyboard2", True),
            ("sound", "keyboard2", False),
            ("thinking", "city", True),
        ]

    heard_in(a_profile(greeting="Hello.", flow={}), body)


def test_the_sound_of_thinking_is_begun_and_ended_by_the_author_too() -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.start_thinking_sound()
        own.start_thinking_sound()
        await asyncio.sleep(20)
        assert heard == [("thinking", "keyboard", True)]
        own.stop_thinking_sound()
        own.stop_thinking_sound()
        assert heard[1:] == [("thinking", "keyboard", False)]
        own.start_thinking_sound("office")
        await asyncio.sleep(1)
        await own.say("Here I am.").wait()
        assert heard[2:] == [("thinking", "office", True), ("thinking", "office", False)]

    heard_in(a_profile(greeting="Hello.", flow={}), body)


def test_a_sound_of_thinking_that_was_stopped_comes_again_with_the_next_thought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        await call.say("Please look it up.")
        await asyncio.sleep(2)
        own.stop_thinking_sound()
        heard.clear()
        await call.hears("It is there.")
        assert heard == []
        await call.say("Look again, please.")
        await asyncio.sleep(2)
        assert ("thinking", "keyboard", True) in heard

    heard_in(with_tool(tmp_path, monkeypatch, thinking="keyboard"), body)


def test_a_second_sound_replaces_the_first_and_leaves_the_place_alone() -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.play_background("city", loop=True)
        await asyncio.sleep(1)
        own.play_background("forest", loop=True)
        await asyncio.sleep(1)
        own.stop_background()
        own.stop_background()

    assert heard_in(a_profile(greeting="Hello.", background={"ambient": "office"}), body) == [
        ("ambient", "office", True),
        ("sound", "city", True),
        ("sound", "city", False),
        ("sound", "forest", True),
        ("ambient", "office", False),
        ("sound", "forest", False),
    ]


def test_a_caller_on_hold_hears_music_and_nothing_else() -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.play_background("city", loop=True)
        own.start_thinking_sound()
        await asyncio.sleep(0.1)
        holding = asyncio.create_task(own.hold())
        await call.hears("I will wait")
        await asyncio.sleep(10)
        playing = {kind for kind, _, begins in heard if begins} - {kind for kind, _, begins in heard if not begins}
        assert playing == set()
        heard.clear()
        call.call.keypad.press("1")
        assert await holding == "key"
        await asyncio.sleep(0.1)
        assert set(heard) == {("ambient", "office", True), ("sound", "city", True)}

    control = NotedControl()
    heard_in(a_profile(greeting="Hello.", background={"ambient": "office"}), body, control)
    assert control.asked == ["music", "no music"]


def test_a_sound_that_cannot_be_read_is_named_once_and_the_call_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        own.play_background("./not-there.wav", loop=True)
        await asyncio.sleep(5)
        await own.say("All is well.").wait()
        assert heard == []

    heard_in(a_profile(greeting="Hello.", flow={}), body)
    assert caplog.messages.count("a sound cannot be played") == 1


def test_a_loop_that_ends_by_itself_is_not_begun_again_and_again(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[Playback] = []

    class Broken:
        audible = True

        def play(self, playback: Playback) -> None:
            asked.append(playback)
            asyncio.get_running_loop().call_soon(playback.begin)
            asyncio.get_running_loop().call_soon(playback.end)

    async def call() -> None:
        profile = a_profile(greeting="Hello.", background={"ambient": "office"})
        async with VirtualCall(profile, player=Broken()) as call:
            call.call.call.start_thinking_sound()
            await asyncio.sleep(10)

    virtually(call)
    assert [playback.sound.name for playback in asked] == ["office", "keyboard"]


@pytest.mark.parametrize(
    ("sound", "problem"),
    [("ofice", "there is no clip 'ofice'.*did you mean 'office'"), ("", "there is no clip ''")],
)
def test_a_clip_that_is_not_there_is_the_authors_mistake(sound: str, problem: str) -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        for play in (own.play_background, own.start_thinking_sound):
            with pytest.raises(ValueError, match=problem):
                play(sound)
        with pytest.raises(ValueError, match="from 0 to 1, not 3"):
            own.play_background("office", volume=3)
        assert heard == []

    heard_in(a_profile(greeting="Hello.", flow={}), body)


def test_a_thread_that_is_not_that_of_the_call_is_told_so_and_nothing_is_heard() -> None:
    async def body(call: VirtualCall, own: callagent.Call, heard: Heard) -> None:
        acts: list[Callable[[], None]] = [
            lambda: own.play_background("office"),
            own.stop_background,
            own.start_thinking_sound,
            own.stop_thinking_sound,
            own.hang_up,
        ]
        for act in acts:
            with pytest.raises(RuntimeError, match="is for the event loop of the call"):
                await asyncio.to_thread(act)
        await asyncio.sleep(1)
        assert heard == []

    heard_in(a_profile(greeting="Hello.", flow={}), body)


def test_after_the_call_nothing_is_heard() -> None:
    async def call() -> Heard:
        heard: Heard = []
        async with VirtualCall(a_profile(greeting="Hello.")) as call:
            call.call.background.watch(lambda kind, sound, playing: heard.append((kind, sound, playing)))
        call.call.call.play_background("office", loop=True)
        call.call.call.start_thinking_sound()
        await asyncio.sleep(1)
        return heard

    assert virtually(call) == []


def test_every_clip_of_livekit_is_a_file() -> None:
    for clip in BuiltinAudioClip:
        assert sound_of(clip, a_profile(), 1.0).file.is_file()


def test_a_file_is_looked_for_beside_the_profile_and_then_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, here = tmp_path / "profiles", tmp_path / "here"
    for directory in (beside, here):
        directory.mkdir()
    monkeypatch.chdir(here)
    (beside / "shop.yaml").write_text("extends: locales/en-US\nbackground: {ambient: bell.wav}\n")
    profile = callagent.load_profile(beside / "shop.yaml")
    (here / "bell.wav").touch()
    assert sound_of("bell.wav", profile, 1.0).file == here / "bell.wav"
    (beside / "bell.wav").touch()
    assert sound_of("bell.wav", profile, 1.0).file == beside / "bell.wav"
    assert sound_of(here / "bell.wav", profile, 1.0).file == here / "bell.wav"

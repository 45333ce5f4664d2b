"""What is said at once is made before a call, once for all processes of a worker, and not while others greet."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callagent.agent import Sounds
from callagent.profile import Profile
from callagent.worker.process import prompt_cache
from callagent.worker.process.prompt_cache import greeting, let_greet, rehearse, sounds_kept, sounds_of, texts_of
from tests.support.loopback import LOOPBACK, Reply, listening, serving_in_a_thread
from tests.support.virtual_call import a_profile
from tests.support.voice_server import spoken_by, voice_server

QUIET: dict[str, Any] = {"outage": {"filler_after": None}, "phrases": {"not_heard": ""}}
"""Of what is said in an outage only the apology is left."""


def profile_at(port: int, **fields: object) -> Profile:
    """A profile whose voice is a server of this machine, with a notice, a greeting and an apology."""
    others = a_profile().providers.model_dump(mode="json", by_alias=True, exclude_none=True)
    providers = {**others, "tts": spoken_by(port)}
    told = {"greeting": "Hello.", "flow": {"notice": "This call is recorded."}, "providers": providers}
    return a_profile(**{**told, **QUIET, **fields})


def lengths(sounds: Sounds, profile: Profile) -> dict[str, float]:
    """The seconds of each phrase."""
    return {
        text: round(sum(frame.duration for frame in sounds.frames(text)), 1)
        for text in texts_of(profile)
        if text in sounds
    }


def test_phrases_are_made_once_for_all_processes(tmp_path: Path) -> None:
    with voice_server() as (port, asked):
        profile = profile_at(port)
        made = lengths(sounds_of(profile, tmp_path), profile)
        assert lengths(sounds_of(profile, tmp_path), profile) == made
        assert lengths(sounds_kept(profile, tmp_path), profile) == made
        assert len(asked) == 3
    assert made == {"This call is recorded.": 0.1, "Hello.": 0.2, profile.phrases.trouble: 0.3}


def test_a_phrase_that_is_missing_is_made_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    with voice_server() as (port, _):
        sounds_of(profile_at(port), tmp_path)
        greeted = profile_at(port, numbers={"+12025550100": {"greeting": "Good evening."}})
        assert lengths(sounds_of(greeted, tmp_path), greeted)["Good evening."] == 0.4
        assert lengths(sounds_kept(greeted, tmp_path), greeted)["Hello."] == 0.2


def test_where_processes_share_nothing_each_makes_its_own() -> None:
    with voice_server() as (port, asked):
        profile = profile_at(port)
        for _ in range(2):
            assert set(lengths(sounds_of(profile, None), profile)) == set(texts_of(profile))
        assert len(asked) == 6
    assert lengths(sounds_kept(profile, None), profile) == {}


@contextmanager
def broken_voice() -> Iterator[int]:
    """A server that has no voice."""
    with serving_in_a_thread(lambda _: Reply(404, b"no such thing")) as port:
        yield port


@pytest.mark.parametrize("server", [broken_voice, listening], ids=["has no voice", "never answers"])
def test_a_voice_that_cannot_speak_leaves_the_phrases_to_the_call(
    server: Callable[[], AbstractContextManager[int]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if server is listening:
        monkeypatch.setattr(prompt_cache, "PATIENCE_S", 0.3)
    with server() as port:
        profile = profile_at(port)
        assert lengths(sounds_of(profile, tmp_path), profile) == {}
    assert "phrases not made ahead" in caplog.messages
    assert list(tmp_path.glob("*.wav")) == []


@pytest.mark.blocks_loop(reason="what blocks a loop is rehearsed so that no call has to")
def test_a_rehearsal_loads_what_a_call_needs_and_says_nothing() -> None:
    with voice_server() as (port, asked):
        profile = profile_at(port)
        away = {"use": "openai", "base_url": f"http://{LOOPBACK}:{port}", "api_key": "x"}
        providers = {**profile.providers.model_dump(mode="json", exclude_none=True), "stt": away, "llm": away}
        asyncio.run(rehearse(profile_at(port, providers=providers)))
    assert asked == []
    assert {"livekit.plugins.openai", "livekit.plugins.silero"} <= set(sys.modules)


def test_each_text_is_made_once_and_of_many_greetings_the_first_few() -> None:
    numbers = {f"+1202555{index:04}": {"greeting": f"Shop {index}."} for index in range(100, 110)}
    profile = a_profile(greeting="Shop 100.", numbers=numbers, **QUIET)
    greetings = [f"Shop {index}." for index in range(100, 108)]
    assert texts_of(profile) == (*greetings, profile.phrases.trouble)


def test_what_is_said_in_an_outage_is_made_ahead() -> None:
    usual = a_profile(greeting="", fillers=["Let me see.", "Hm.", "Well.", "So."])
    phrases = usual.phrases
    assert texts_of(usual) == (phrases.trouble, "Let me see.", "Hm.", "Well.", phrases.not_heard)
    promised = a_profile(greeting="", fillers=[], outage={"call_back": True, "transfer": "+12025550101"})
    assert texts_of(promised) == (phrases.call_back, phrases.transferring, phrases.one_moment, phrases.not_heard)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """The seconds that a process has waited for others; half a minute after the epoch, whatever it waits."""
    waited: list[float] = []
    clock = SimpleNamespace(time=lambda: 30.0 + sum(waited), sleep=waited.append)
    monkeypatch.setattr(prompt_cache, "time", clock)
    return waited


def answered(directory: Path, at: float) -> None:
    """A call was answered then, in seconds after the epoch."""
    greeting(directory)
    os.utime(directory / "answering", (at, at))


def test_a_process_makes_itself_ready_while_nobody_is_greeted(tmp_path: Path, pauses: list[float]) -> None:
    let_greet(tmp_path)
    answered(tmp_path, 28.0)
    let_greet(tmp_path)
    let_greet(None)
    assert pauses == []


def test_a_process_waits_for_the_greeting_of_another_ones_call(tmp_path: Path, pauses: list[float]) -> None:
    answered(tmp_path, 28.5)
    let_greet(tmp_path)
    assert pauses == [2.0]


def test_a_process_waits_no_longer_than_ten_seconds_while_call_after_call_is_answered(
    tmp_path: Path, pauses: list[float]
) -> None:
    answered(tmp_path, 1000.0)
    let_greet(tmp_path)
    assert pauses == [2.0] * 5


def test_where_processes_share_nothing_nobody_is_told_of_a_call() -> None:
    greeting(None)

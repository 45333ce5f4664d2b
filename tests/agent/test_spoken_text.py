"""Text on its way to the voice: a profile's pronunciations and its author's functions."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from pathlib import Path

import pytest
from livekit.agents import tts

from callagent.agent import Sounds
from callagent.agent.spoken_text import as_spoken, contained, pronouncer
from callagent.profile import TextTransform, load_profile, load_targets
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from callagent.yaml_config import ConfigError
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

WORDS = {
    "IBAN": "eye ban",
    "St": "Saint",
    "nginx": "engine x",
    "New York": "the Big Apple",
    "New": "Neu",
    "2FA": "two FA",
}


async def in_pieces(text: str, size: int) -> AsyncIterator[str]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def spoken(transform: TextTransform, text: str, size: int = 1_000) -> str:
    async def body() -> str:
        return "".join([piece async for piece in transform(in_pieces(text, size))])

    return asyncio.run(body())


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1_000])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your IBAN, please.", "Your eye ban, please."),
        ("IBAN", "eye ban"),
        ("IBANs are not iban, nor is MYIBAN.", "IBANs are not iban, nor is MYIBAN."),
        ("St Mary is the best. St. St", "Saint Mary is the best. Saint. Saint"),
        ("Nginx, NGINX and nginx", "engine x, engine x and engine x"),
        ("New York, New Yorker, New", "the Big Apple, Neu Yorker, Neu"),
        ("2FA or (2FA)? 12FA", "two FA or (two FA)? 12FA"),
        ("", ""),
        (" ", " "),
        ("nothing of that kind, and a good deal of it besides", "nothing of that kind, and a good deal of it besides"),
    ],
)
def test_whole_words_are_pronounced_wherever_the_text_is_cut(text: str, said: str, size: int) -> None:
    assert spoken(pronouncer(WORDS), text, size) == said


@pytest.mark.parametrize("size", [1, 4, 1_000])
def test_words_of_scripts_without_spaces_are_found_among_others(size: int) -> None:
    assert (
        spoken(pronouncer({"今日": "きょう", "AI": "エーアイ"}), "今日はAIです。今日", size)
        == "きょうはエーアイです。きょう"
    )


def test_what_is_said_is_not_looked_at_again() -> None:
    assert spoken(pronouncer({"a": "b", "b": "a"}), "a b") == "b a"


def test_text_goes_on_as_it_comes() -> None:
    async def body() -> str:
        pieces = pronouncer({"IBAN": "eye ban"})(in_pieces("Well then, your IBAN please, and the rest", 1))
        return await anext(aiter(pieces))

    assert len(asyncio.run(body())) == 1


async def shouted(text: AsyncIterable[str]) -> AsyncIterator[str]:
    async for piece in text:
        yield piece.upper()


async def stumbles(text: AsyncIterable[str]) -> AsyncIterator[str]:
    async for piece in text:
        if "b" in piece:
            raise ValueError("broken on purpose")
        yield piece.upper()


def breaks_at_once(text: AsyncIterable[str]) -> AsyncIterator[str]:
    raise ValueError("broken on purpose")


@pytest.mark.parametrize(("transform", "said"), [(shouted, "ABCD"), (stumbles, "Abcd"), (breaks_at_once, "abcd")])
def test_a_function_that_fails_takes_nothing_from_the_text(
    transform: TextTransform, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert spoken(contained(transform), "abcd", 1) == said
    told = [record.__dict__ for record in caplog.records if "transform failed" in record.message]
    assert len(told) == (said != "ABCD")
    assert all(each["error"] == "ValueError" and "test_spoken_text.py:" in each["function"] for each in told)


async def gives_up(text: AsyncIterable[str]) -> AsyncIterator[str]:
    async for piece in text:
        if "b" in piece:
            raise SystemExit(1)
        yield piece.upper()


def test_a_function_that_would_end_the_program_takes_nothing_from_the_text(caplog: pytest.LogCaptureFixture) -> None:
    assert spoken(contained(gives_up), "abcd", 1) == "Abcd"
    told = [record.__dict__ for record in caplog.records if "transform failed" in record.message]
    assert [each["error"] for each in told] == ["SystemExit"] and "test_spoken_text.py:" in told[0]["at"]


class Noting(ScriptedTTS):
    """A voice that notes what it is given to say."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def synthesize(self, text: str, **options: object) -> tts.ChunkedStream:
        self.given.append(text)
        return super().synthesize(text)


def test_a_profiles_words_and_functions_change_what_is_spoken_and_not_what_is_kept() -> None:
    voice = Noting()
    profile = a_profile(
        greeting="Your IBAN is 12345678, or call 2025550123.",
        speech={"pronounce": {"IBAN": "eye ban"}, "transforms": [f"{__name__}:shouted"]},
    )
    load_targets(profile)
    assert asyncio.run(as_spoken("An iban.", profile)) == "AN eye ban."

    async def body() -> list[str]:
        async with VirtualCall(profile, tts=voice) as call:
            await call.idle()
        return call.said

    assert virtually(body) == [f"agent: {profile.greeting}"]
    assert " ".join(voice.given).startswith("YOUR eye ban IS")
    assert "2 0 2, 5 5 5, 0 1 2 3" in " ".join(voice.given)


def test_a_phrase_that_is_made_ahead_is_spoken_in_the_same_way() -> None:
    voice = Noting()
    profile = a_profile(speech={"pronounce": {"IBAN": "eye ban"}})
    virtually(lambda: Sounds().prepare(voice, ["Your IBAN, please."], profile))
    assert voice.given == ["Your eye ban, please."]


Project = Callable[[str, str], Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    def write(transform: str, code: str) -> Path:
        (tmp_path / "voicing.py").write_text(code, encoding="utf-8")
        profile = tmp_path / "shop.yaml"
        profile.write_text(f"extends: locales/en-US\nspeech:\n  transforms:\n    - {transform}\n", encoding="utf-8")
        return profile

    return write


@pytest.mark.parametrize(
    ("transform", "code", "message"),
    [
        ("voicing:shoot", "def shout(text): ...", "did you mean 'shout'?"),
        ("voicing:shout", "async def shout(text): ...", "voicing.py:1) must yield its text"),
        ("voicing:shout", "def shout(text): yield text", "voicing.py:1) must yield its text"),
        ("voicing:shout", "async def shout(a, b): yield a", "voicing.py:1) must take text, by position"),
        ("voicing:shout", "def shout(:", "voicing.py:1"),
        ("voicing:shout", "shout = 'loud'", "cannot be called"),
        ("voicing.shout", "", "must be module:function"),
    ],
)
def test_a_function_that_is_none_is_one_line_with_file_and_line(
    project: Project, transform: str, code: str, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load_targets(load_profile(project(transform, code), env={}))
    (problem,) = refused.value.problems
    line = str(problem)
    assert "shop.yaml:" in line and "speech.transforms" in line and message in line and "\n" not in line


def test_a_function_beside_the_profile_is_found(project: Project) -> None:
    code = "async def shout(text):\n    async for piece in text:\n        yield piece.upper()\n"
    profile = load_profile(project("voicing:shout", code), env={})
    load_targets(profile)
    assert asyncio.run(as_spoken("hello", profile)) == "HELLO"

import asyncio

import pytest
from livekit.agents.voice.io import TimedString

from callagent.providers.outages.spoken_so_far import SpokenSoFar, sentence_ends

TEXT = "We are open on Monday, from nine to six. On Sunday we are closed. Come by!"


def spoken(seconds: float, *words: TimedString) -> SpokenSoFar:
    async def said() -> SpokenSoFar:
        progress = SpokenSoFar()
        progress.add(seconds, words)
        return progress

    return asyncio.run(said())


@pytest.mark.parametrize(
    ("seconds", "rest"),
    [
        (0.5, TEXT),
        (3.5, TEXT),
        (4.0, "On Sunday we are closed. Come by!"),
        (5.5, "On Sunday we are closed. Come by!"),
        (6.2, "Come by!"),
        (60.0, "Come by!"),
    ],
)
def test_a_voice_without_times_goes_on_where_the_sentence_began(seconds: float, rest: str) -> None:
    assert TEXT[spoken(seconds).resume_at(TEXT) :] == rest


def test_a_voice_with_times_goes_on_where_the_clause_began() -> None:
    words = [
        TimedString(f"{word} ", start_time=0.3 * number, end_time=0.3 * (number + 1))
        for number, word in enumerate(TEXT.split())
    ]
    assert TEXT[spoken(1.4, *words).resume_at(TEXT) :] == TEXT
    assert TEXT[spoken(2.0, *words).resume_at(TEXT) :] == "from nine to six. On Sunday we are closed. Come by!"
    assert TEXT[spoken(3.5, *words).resume_at(TEXT) :] == "On Sunday we are closed. Come by!"


def test_japanese_is_slower_by_the_character() -> None:
    text = "申し訳ございません。少々お待ちください。"
    assert spoken(1.0).resume_at(text) == 0
    assert text[spoken(2.1).resume_at(text) :] == "少々お待ちください。"


@pytest.mark.parametrize(
    ("text", "ends"), [("Hello", False), ("Hello.", False), ("Hello. ", True), ("Yes! I", True), ("はい。", True)]
)
def test_a_sentence_ends_where_another_could_begin(text: str, ends: bool) -> None:
    assert sentence_ends(text) is ends

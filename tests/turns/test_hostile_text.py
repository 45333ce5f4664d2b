"""Text without ends, or of nothing but ends: the gate runs on the event loop, and takes no time worth speaking of."""

from functools import cache

import pytest

from callagent.profile import load_profile
from callagent.turns.config import GateConfig
from callagent.turns.gate.agent_speech import AgentSpeech
from tests.support.processor import processor_time

LONGEST_S = 0.1
TEXTS = {
    "one word": "a" * 8_000,
    "hum": "m" * 8_000,
    "no spaces": "営業時間" * 2_000,
    "sentences": "Hi. " * 2_000,
    "Japanese sentences": "はい。" * 2_600,
    "different sentences": "".join(f"a{number}. " for number in range(1_500)),
    "letters of an address": "a." * 4_000,
    "addresses": "a@b.c" * 1_600,
    "paths": "a.b/" * 2_000,
    "signs": "?" * 8_000,
    "marks alone": "a" + "\u0301" * 8_000,
    "long ligatures": "\ufdfa" * 8_000,
}


@cache
def gate(locale: str) -> GateConfig:
    return GateConfig.from_profile(load_profile(locale, env={}))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "hi-IN"])
def test_no_text_of_the_agents_holds_the_loop(locale: str, text: str) -> None:
    speech = AgentSpeech(gate(locale).questions)
    speech.sounding(0.0)
    speech.add(0.0, text)
    assert processor_time(lambda: speech.question_by(1e9)) < LONGEST_S


@pytest.mark.parametrize("text", [text * 12 for text in TEXTS.values()], ids=TEXTS)
@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "hi-IN"])
def test_no_transcript_holds_the_loop(locale: str, text: str) -> None:
    lexicon = gate(locale).lexicon
    assert processor_time(lambda: lexicon.match(text, final=True)) < LONGEST_S

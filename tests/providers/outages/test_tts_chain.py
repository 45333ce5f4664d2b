"""A voice that fails in each way, as the real plugin has it from the wire, and the next one that says the rest."""

import time
from typing import Any

import pytest
from livekit.agents import APIConnectionError

from tests.providers.outages.conftest import SOON_S, Pair
from tests.support.provider_peers import PER_CHARACTER_S, Kind, Trouble

pytestmark = pytest.mark.any_speed

SHORT = "One moment, please."
LONG = "We are open on Monday from nine to six. On Sunday we are closed all day long. Do come by and see us!"
FIRST, SECOND, THIRD = (f"{each}" for each in (LONG[:39], LONG[40:77], LONG[78:]))


async def seconds_of(chain: Any, text: str) -> float:
    async with chain.stream() as stream:
        stream.push_text(text)
        stream.end_input()
        return float(sum([audio.frame.duration async for audio in stream]))


@pytest.mark.parametrize(
    "trouble",
    [
        *(Trouble("refuse", status) for status in (401, 429, 500)),
        *(Trouble(kind) for kind in ("stall", "cut", "garble", "slow")),
    ],
    ids=lambda trouble: f"{trouble.kind} {trouble.status}" if trouble.kind == "refuse" else trouble.kind,
)
async def test_the_next_voice_speaks_within_the_time_of_an_attempt(pair: Pair, trouble: Trouble) -> None:
    pair.first.tts.trouble = trouble
    chain, since = pair.chain("tts"), time.monotonic()
    assert await seconds_of(chain, SHORT) == pytest.approx(len(SHORT) * PER_CHARACTER_S, abs=0.3)
    assert time.monotonic() - since < SOON_S
    assert pair.told.news[0].startswith("tts cartesia failed: ") and "tts fell back to cartesia" in pair.told.news


@pytest.mark.parametrize("kind", ["cut", "stall", "garble"])
async def test_a_speech_that_breaks_off_is_said_from_the_sentence_on(pair: Pair, kind: Kind) -> None:
    pair.first.tts.plan(Trouble(kind, after=4.0))
    chain = pair.chain("tts")
    heard = await seconds_of(chain, LONG)
    said = " ".join(text for text, _ in pair.second.tts.said)
    assert said == f"{SECOND} {THIRD}", "the first sentence had been said, the second one broke off"
    assert heard == pytest.approx(4.0 + len(said) * PER_CHARACTER_S, abs=0.6)


async def test_the_next_answer_is_said_by_a_voice_that_is_well(pair: Pair) -> None:
    pair.first.tts.trouble = Trouble("refuse")
    chain = pair.chain("tts")
    await seconds_of(chain, SHORT)
    asked = pair.first.tts.asked
    await seconds_of(chain, "And this too.")
    assert pair.told.news.count("tts cartesia failed: APIStatusError") == 1, "nobody waits for the first one"
    assert pair.first.tts.asked <= asked + 2, "but for the health check"


async def test_the_first_voice_speaks_again_once_a_health_check_has_passed(pair: Pair) -> None:
    pair.first.tts.plan(Trouble("refuse"))
    chain = pair.chain("tts")
    await seconds_of(chain, SHORT)
    while chain.watch.usable()[0] != 0:
        await seconds_of(chain, SHORT)
    await seconds_of(chain, SHORT)
    assert pair.told.news[-1] == "tts cartesia is back"


async def test_where_no_voice_is_left_it_is_an_error(pair: Pair) -> None:
    pair.first.tts.trouble = pair.second.tts.trouble = Trouble("refuse")
    chain = pair.chain("tts")
    with pytest.raises(APIConnectionError, match="no voice of the chain speaks"):
        await seconds_of(chain, SHORT)

"""A recogniser that fails in each way, as the real plugin has it from the wire; what the caller says is not lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError
from livekit.agents.stt import SpeechEventType

from callagent.concurrency import supervised
from tests.providers.outages.conftest import Pair
from tests.support.eventually import eventually
from tests.support.provider_peers import VOCABULARY, Trouble, tone

pytestmark = pytest.mark.any_speed

RATE_HZ, FRAME_S, FASTER = 8000, 0.05, 4.0
"""The caller speaks four times as fast as in a call."""


class Listening:
    """A stream of a chain; what it has understood, final transcripts only."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.finals: list[str] = []

    async def says(self, words: Sequence[str], *, pause: float = 0.4) -> None:
        samples = tone(words, RATE_HZ, end=pause)
        size = round(FRAME_S * RATE_HZ)
        for at in range(0, len(samples), size):
            piece = samples[at : at + size]
            self._stream.push_frame(rtc.AudioFrame(piece.tobytes(), RATE_HZ, 1, len(piece)))
            await asyncio.sleep(FRAME_S / FASTER)

    async def understood(self, *words: str) -> None:
        await eventually(lambda: " ".join(self.finals) == " ".join(words))

    async def take(self) -> None:
        async for event in self._stream:
            if event.type is SpeechEventType.FINAL_TRANSCRIPT:
                self.finals.append(event.alternatives[0].text)


@asynccontextmanager
async def listening(chain: Any) -> AsyncIterator[Listening]:
    async with chain.stream() as stream:
        caller = Listening(stream)
        async with supervised(caller.take(), name="listening"):
            yield caller


@pytest.mark.parametrize(
    "trouble",
    [
        *(Trouble("refuse", status) for status in (401, 429, 500)),
        Trouble("slow"),
        Trouble("stall"),
        Trouble("cut", after=3),
    ],
    ids=lambda trouble: f"{trouble.kind} {trouble.status}" if trouble.kind == "refuse" else trouble.kind,
)
async def test_what_the_caller_says_is_understood_by_the_next_one(pair: Pair, trouble: Trouble) -> None:
    pair.first.stt.trouble = trouble
    async with listening(pair.chain("stt")) as caller:
        await caller.says(VOCABULARY[:6])
        await caller.understood(*VOCABULARY[:6])
    assert pair.told.news[0].startswith("stt deepgram failed: ") and "stt fell back to deepgram" in pair.told.news


async def test_what_has_a_final_transcript_is_not_heard_twice(pair: Pair) -> None:
    pair.first.stt.trouble = Trouble("cut", after=5)
    async with listening(pair.chain("stt")) as caller:
        await caller.says(VOCABULARY[:3])
        await caller.understood(*VOCABULARY[:3])
        await caller.says(VOCABULARY[3:6])
        await caller.understood(*VOCABULARY[:6])
    assert pair.first.stt.finals[0] == "one two three" and pair.second.stt.finals == ["four five six"]


async def test_one_that_is_doubted_gives_way_to_the_next(pair: Pair) -> None:
    pair.first.stt.trouble = Trouble("garble")
    chain = pair.chain("stt")
    async with listening(chain) as caller:
        await caller.says(VOCABULARY[:2])
        chain.suspect()
        await caller.says(VOCABULARY[2:4])
        await caller.understood(*VOCABULARY[:4])


async def test_the_first_recogniser_hears_again_once_it_is_well(pair: Pair) -> None:
    pair.first.stt.plan(Trouble("cut", after=2))
    chain = pair.chain("stt")
    async with listening(chain) as caller:
        await caller.says(VOCABULARY[:3])
        await caller.understood(*VOCABULARY[:3])
        await eventually(lambda: chain.watch.usable()[0] == 0)
        await caller.says(["four"])
        await caller.understood(*VOCABULARY[:4])
        await caller.says(["five"])
        await caller.understood(*VOCABULARY[:5])
    assert pair.first.stt.finals[-1] == "five" and pair.told.news[-1] == "stt deepgram is back"


async def test_where_nobody_hears_it_is_an_error(pair: Pair) -> None:
    pair.first.stt.trouble = pair.second.stt.trouble = Trouble("refuse")
    chain = pair.chain("stt")
    with pytest.raises(APIConnectionError, match="no recogniser of the chain hears"):
        async with chain.stream() as stream:
            await anext(stream)

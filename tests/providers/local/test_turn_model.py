"""livekit's end-of-turn model, on what a telephone carries of a sentence."""

import asyncio

import numpy as np
import numpy.typing as npt
import pytest
from livekit import rtc

from callagent.providers import speech
from callagent.providers.local.turn_model import KEPT_S, LocalTurnModel, is_installed, load_turn_model
from tests.providers.local.test_models import MISSING

RATE = 8000
FRAME = RATE // 50

pytestmark = pytest.mark.skipif(not is_installed(), reason="livekit-local-inference is not installed")


@pytest.fixture
def model() -> LocalTurnModel:
    load_turn_model()
    return LocalTurnModel("en-US")


def hear(model: LocalTurnModel, samples: npt.NDArray[np.int16], rate: int = RATE, channels: int = 1) -> None:
    step = FRAME * channels
    for start in range(0, samples.size - step + 1, step):
        frame = samples[start : start + step]
        model.hear(rtc.AudioFrame(frame.tobytes(), rate, channels, frame.size // channels))


def silence(seconds: float) -> npt.NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), np.int16)


@pytest.mark.skipif(bool(MISSING), reason="the local voice is not installed")
@pytest.mark.parametrize("waited", [0.2, 0.35, 2.0])
async def test_a_question_is_over_and_a_sentence_that_breaks_off_is_not(model: LocalTurnModel, waited: float) -> None:
    answers = []
    for text in ("What time do you open on Saturdays?", "I would like to book a table for,"):
        model.forget()
        hear(model, np.concatenate([speech(text), silence(waited)]))
        answers.append(await model.probability(waited))
    over, going_on = answers
    assert over > await model.threshold() > going_on


async def test_silence_and_nothing_at_all_are_answered_too(model: LocalTurnModel) -> None:
    assert 0.0 <= await model.probability(0.35) <= 1.0
    hear(model, silence(3.0))
    assert 0.0 <= await model.probability(60.0) <= 1.0


async def test_the_first_of_several_channels_is_heard_at_any_rate(model: LocalTurnModel) -> None:
    stereo = np.zeros(48_000 * 2, np.int16)
    model.hear(rtc.AudioFrame(stereo.tobytes(), 48_000, 2, 48_000))
    assert 0.0 <= await model.probability(0.35) <= 1.0


async def test_no_more_is_kept_than_the_model_can_hear(model: LocalTurnModel) -> None:
    hear(model, silence(10.0))
    assert model.kept_s <= KEPT_S + 0.02
    model.forget()
    assert model.kept_s == 0.0


async def test_every_language_has_a_threshold() -> None:
    load_turn_model()
    assert await LocalTurnModel("de-DE").threshold() != await LocalTurnModel("en-US").threshold()
    assert await LocalTurnModel("sv-SE").threshold() == await LocalTurnModel("en-US").threshold()


async def test_the_loop_goes_on_while_the_model_thinks(model: LocalTurnModel) -> None:
    hear(model, silence(2.0))
    await model.probability(0.2)
    ticks = 0
    answers = [asyncio.create_task(model.probability(0.2)) for _ in range(5)]
    while not all(answer.done() for answer in answers):
        await asyncio.sleep(0.001)
        ticks += 1
    assert ticks > 5

"""A mailbox whose sound is known in advance, in virtual time."""

import asyncio
from typing import cast

import numpy as np
import pytest
from livekit import rtc

from callagent.audio import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples
from callagent.worker.outbound.voicemail import LONGEST_GREETING_S, Mailbox
from tests.support.virtual import virtually

PATIENCE = 3.0


def talk(seconds: float) -> Samples:
    random = np.random.default_rng(3).standard_normal(round(seconds * SAMPLE_RATE))
    return np.asarray(np.clip(random * 3000, -32768, 32767), dtype=np.int16)


def beep(seconds: float = 0.4) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(8000 * np.sin(2 * np.pi * 1000 * time), dtype=np.int16)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def recording_at(*line: Samples, asked: float = 0.0, patience: float = PATIENCE) -> float:
    """When the mailbox records, in seconds, for who asks at `asked`. The line is silent in the end."""

    async def body() -> float:
        mailbox = Mailbox()
        playing = asyncio.create_task(play(mailbox, np.concatenate([*line, quiet(10.0)])))
        await asyncio.sleep(asked)
        await mailbox.recording(patience)
        playing.cancel()
        await asyncio.wait([playing])
        return asyncio.get_running_loop().time()

    return virtually(body)


async def play(mailbox: Mailbox, line: Samples) -> None:
    for frame in line[: line.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES):
        await asyncio.sleep(FRAME_S)
        mailbox.hear(frame)


def test_it_records_from_the_end_of_the_beep_on() -> None:
    assert recording_at(talk(2.0), quiet(0.5), beep()) == pytest.approx(2.9, abs=0.05)


def test_a_beep_that_came_before_anybody_asked_counts() -> None:
    assert recording_at(talk(2.0), quiet(0.5), beep(), asked=4.0) == pytest.approx(4.0, abs=0.05)


def test_a_beep_in_the_middle_of_the_greeting_does_not() -> None:
    line = (talk(1.0), beep(), quiet(0.2), talk(2.0), quiet(0.5), beep())
    assert recording_at(*line, asked=2.0) == pytest.approx(4.5, abs=0.05)


def test_without_a_beep_it_records_after_a_long_silence() -> None:
    assert recording_at(talk(2.0)) == pytest.approx(2.0 + PATIENCE, abs=0.05)


def test_the_silence_counts_from_the_end_of_the_greeting() -> None:
    assert recording_at(talk(2.0), asked=4.5) == pytest.approx(2.0 + PATIENCE, abs=0.05)


def test_no_patience_is_no_wait() -> None:
    assert recording_at(talk(2.0), asked=1.0, patience=0.0) == pytest.approx(1.0, abs=0.05)


def test_a_line_that_carries_nothing_is_silence() -> None:
    async def body() -> float:
        await Mailbox().recording(PATIENCE)
        return asyncio.get_running_loop().time()

    assert virtually(body) == pytest.approx(PATIENCE, abs=0.05)


def test_a_greeting_without_end_is_not_waited_for() -> None:
    assert recording_at(talk(LONGEST_GREETING_S + 20)) == pytest.approx(LONGEST_GREETING_S, abs=0.05)


async def test_a_mailbox_that_cannot_be_heard_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    mailbox, nobody = Mailbox(), cast(rtc.RemoteParticipant, None)
    mailbox.listen(nobody)
    await asyncio.sleep(0)
    await mailbox.aclose()
    (record,) = caplog.records
    assert (record.message, bool(record.exc_info)) == ("the mailbox is no longer listened to", True)

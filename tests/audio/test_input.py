import asyncio

import pytest

from callagent.audio.g711 import FRAME_SAMPLES
from callagent.audio.session_io import MAX_BACKLOG, LineInput
from tests.audio.sounds import tone

FRAME = tone(0.02)


@pytest.fixture
def line_input() -> LineInput:
    line_input = LineInput()
    line_input.on_attached()
    return line_input


async def test_frames_are_20_ms_of_8_khz_mono(line_input: LineInput) -> None:
    line_input.push(FRAME)
    frame = await anext(line_input)
    assert (frame.sample_rate, frame.num_channels, frame.samples_per_channel) == (8000, 1, FRAME_SAMPLES)
    assert bytes(frame.data) == FRAME.tobytes()


async def test_a_reader_waits_for_the_next_frame(line_input: LineInput) -> None:
    reading = asyncio.ensure_future(anext(line_input))
    await asyncio.sleep(0)
    assert not reading.done()
    line_input.push(FRAME)
    assert (await reading).samples_per_channel == FRAME_SAMPLES


async def test_the_stream_ends_when_the_line_closes(line_input: LineInput) -> None:
    line_input.push(FRAME)
    line_input.close()
    assert len([frame async for frame in line_input]) == 1


async def test_closing_wakes_a_waiting_reader(line_input: LineInput) -> None:
    reading = asyncio.ensure_future(anext(line_input, None))
    await asyncio.sleep(0)
    line_input.close()
    assert await reading is None


async def test_only_the_newest_frame_waits_for_a_session_to_attach() -> None:
    line_input = LineInput()
    for seconds in (0.01, 0.02):
        line_input.push(tone(seconds))
    line_input.on_attached()
    line_input.close()
    assert [frame.samples_per_channel async for frame in line_input] == [FRAME_SAMPLES]


async def test_detaching_forgets_the_backlog(line_input: LineInput) -> None:
    line_input.push(FRAME)
    line_input.on_detached()
    line_input.close()
    assert [frame async for frame in line_input] == []


async def test_the_backlog_is_bounded(line_input: LineInput, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(MAX_BACKLOG + 10):
        line_input.push(FRAME)
    line_input.close()
    assert len([frame async for frame in line_input]) == MAX_BACKLOG
    assert [record.message for record in caplog.records] == [
        "the session does not keep up with the caller's audio, the oldest is dropped"
    ]

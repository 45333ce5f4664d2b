import asyncio
from collections.abc import Awaitable, Callable

import pytest
from livekit import rtc
from livekit.agents.voice.io import PlaybackFinishedEvent

from callagent.audio import SAMPLE_RATE
from callagent.scripted_calls.levels.text.silent_line import TextInput, TextOutput
from tests.support.virtual import virtually


def frame(seconds: float) -> rtc.AudioFrame:
    samples = round(seconds * SAMPLE_RATE)
    return rtc.AudioFrame(bytes(2 * samples), SAMPLE_RATE, 1, samples)


def played(body: Callable[[TextOutput], Awaitable[None]]) -> list[tuple[float, str]]:
    """What the output tells, with times, while `body` uses it."""
    told: list[tuple[float, str]] = []

    def note(what: str) -> None:
        told.append((round(asyncio.get_running_loop().time(), 3), what))

    def finished(event: PlaybackFinishedEvent) -> None:
        note(f"played {event.playback_position:.3f}")

    async def run() -> None:
        output = TextOutput(
            on_audible=lambda: note("audible"),
            on_silent=lambda: note("silent"),
            on_ended=lambda cut: note("cut" if cut else "ended"),
        )
        output.on("playback_finished", finished)
        await body(output)
        await asyncio.sleep(20.0)

    virtually(run)
    return told


async def say(output: TextOutput, *lengths: float) -> None:
    for seconds in lengths:
        await output.capture_frame(frame(seconds))
    output.flush()


def test_a_playout_lasts_as_long_as_its_audio() -> None:
    assert played(lambda output: say(output, 1.0, 0.5)) == [
        (0.0, "audible"),
        (1.5, "silent"),
        (1.5, "ended"),
        (1.5, "played 1.500"),
    ]


def test_clearing_cuts_it_off() -> None:
    async def body(output: TextOutput) -> None:
        await say(output, 5.0)
        await asyncio.sleep(1.25)
        output.clear_buffer()

    assert played(body) == [(0.0, "audible"), (1.25, "silent"), (1.25, "cut"), (1.25, "played 1.250")]


def test_a_pause_keeps_what_is_left() -> None:
    async def body(output: TextOutput) -> None:
        await say(output, 2.0)
        await asyncio.sleep(0.5)
        output.pause()
        await asyncio.sleep(1.0)
        output.resume()

    assert played(body) == [
        (0.0, "audible"),
        (0.5, "silent"),
        (1.5, "audible"),
        (3.0, "silent"),
        (3.0, "ended"),
        (3.0, "played 2.000"),
    ]


def test_a_pause_that_is_given_up_is_a_cut() -> None:
    async def body(output: TextOutput) -> None:
        await say(output, 2.0)
        await asyncio.sleep(0.5)
        output.pause()
        await asyncio.sleep(1.0)
        output.clear_buffer()

    assert played(body)[-2:] == [(1.5, "cut"), (1.5, "played 0.500")]


def test_audio_that_comes_late_leaves_a_gap() -> None:
    async def body(output: TextOutput) -> None:
        await output.capture_frame(frame(0.5))
        await asyncio.sleep(0.75)
        await say(output, 0.25)

    assert played(body) == [
        (0.0, "audible"),
        (0.5, "silent"),
        (0.75, "audible"),
        (1.0, "silent"),
        (1.0, "ended"),
        (1.0, "played 0.750"),
    ]


def test_what_comes_after_a_flush_is_played_next() -> None:
    async def body(output: TextOutput) -> None:
        await say(output, 1.0)
        await say(output, 2.0)

    assert [event for event in played(body) if event[1] == "ended"] == [(1.0, "ended"), (3.0, "ended")]


def test_clearing_nothing_does_nothing() -> None:
    async def body(output: TextOutput) -> None:
        output.clear_buffer()

    assert played(body) == []


@pytest.mark.parametrize(("loud", "peak"), [(True, 3000), (False, 0)])
def test_the_input_gives_loudness(loud: bool, peak: int) -> None:
    async def body() -> tuple[float, int]:
        line = TextInput()
        line.push(loud, 0.02)
        heard = await anext(line)
        line.close()
        return heard.duration, max(heard.data)

    assert virtually(body) == (0.02, peak)

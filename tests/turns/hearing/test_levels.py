"""How loud the caller's line is, and what is too faint to be the caller: levels alone, on both sides of each limit."""

from collections.abc import Iterable
from math import inf, nextafter

import numpy as np
import pytest

from callagent.turns.hearing.echo_gate import FaintGuard
from callagent.turns.hearing.energy import Loudness, dbfs

SILENCE_DBFS, ABSOLUTE_DBFS, ABOVE_NOISE_DB, BELOW_PEAK_DB = -90.0, -52.0, 9.0, 26.0
FAINT_DBFS, FAINTEST_DBFS, BELOW_CALLER_DB = -41.0, -55.0, 20.0
HUSH_S, OPEN_S, ECHO_TAIL_S = 0.1, 0.2, 0.3
"""The limits as they were measured, written out once more: one that is changed is changed here too."""

FRAME_S = 0.0625
"""A frame whose multiples are exact."""


def below(value: float) -> float:
    return nextafter(value, -inf)


def above(value: float) -> float:
    return nextafter(value, inf)


def changes(line: Loudness, levels: Iterable[float], seconds: float = FRAME_S) -> list[bool | None]:
    return [line.feed(level, seconds) for level in levels]


def test_a_line_that_becomes_loud_and_quiet_is_told_of_once_each() -> None:
    line = Loudness()
    assert changes(line, [-20, -20, -90, -90, -90, -20]) == [True, None, None, False, None, True]


def test_a_quiet_line_is_told_of_too() -> None:
    assert changes(Loudness(), [-90, -90, -90]) == [None, False, None]


def test_a_line_is_hushed_after_a_stretch_of_quiet() -> None:
    line = Loudness()
    line.feed(-20, HUSH_S)
    assert line.feed(-90, below(HUSH_S)) is None
    assert line.feed(-20, HUSH_S) is None
    assert line.feed(-90, HUSH_S) is False


def test_only_what_is_above_the_absolute_limit_is_loud() -> None:
    assert Loudness().feed(ABSOLUTE_DBFS, FRAME_S) is None
    assert changes(Loudness(), [-90, ABSOLUTE_DBFS]) == [None, False]
    assert changes(Loudness(), [-90, above(ABSOLUTE_DBFS)]) == [None, True]


def test_what_stands_out_from_the_noise_is_loud() -> None:
    noisy = -45.0
    for level, loud in ((noisy + ABOVE_NOISE_DB, None), (noisy + ABOVE_NOISE_DB + 1, True)):
        line = Loudness()
        changes(line, [noisy], 10.0)
        assert line.feed(noisy, 0.0) is None
        assert changes(line, [level], 0.0) == [loud]


@pytest.mark.parametrize(("level", "loud"), [(-50.5, True), (-51.5, None)])
def test_a_line_begins_with_noise_of_sixty_decibels_below(level: float, loud: bool | None) -> None:
    assert Loudness().feed(level, 0.0) is loud


def test_the_noise_floor_rises_slowly_and_falls_at_once() -> None:
    line = Loudness()
    assert changes(line, [-45.0]) == [True], "the floor starts at -60 dBFS"
    assert [line.feed(-45.0, 1.0) for _ in range(5)] == [None, False, None, None, None]
    assert changes(line, [-90.0, -45.0]) == [None, True]


@pytest.mark.parametrize(("seconds", "change"), [(1.9, None), (2.05, False)])
def test_noise_of_fifteen_decibels_more_is_no_longer_loud_after_two_seconds(
    seconds: float, change: bool | None
) -> None:
    line = Loudness()
    assert line.feed(-45.0, 0.0) is True
    assert line.feed(-45.0, seconds) is change


@pytest.mark.parametrize(("seconds", "change"), [(0.195, False), (0.205, None)])
def test_four_decibels_of_the_peak_are_forgotten_in_two_tenths_of_a_second(seconds: float, change: bool | None) -> None:
    line = Loudness()
    assert line.feed(-10.0, 0.0) is True
    assert line.feed(-40.0, seconds) is change


def test_the_tail_of_a_loud_word_is_not_loud() -> None:
    for level, hushed in ((-10 - BELOW_PEAK_DB, False), (-10 - BELOW_PEAK_DB + 1, None)):
        line = Loudness()
        line.feed(-10, 0.0)
        assert line.feed(level, 0.0) is None
        line.feed(-10, 0.0)
        assert line.feed(level, HUSH_S) is (None if level > -38 else hushed)


def test_the_peak_is_forgotten_at_twenty_decibels_a_second() -> None:
    line = Loudness()
    line.feed(-10, 0.0)
    assert line.feed(-40, 0.1) is False, "26 dB and more below the peak"
    assert line.feed(-40, 0.1) is None, "the peak is at -14"
    assert line.feed(-40, 0.1) is True, "the peak is at -16, and something: -40 is less than 26 dB below it"


@pytest.mark.parametrize(
    ("samples", "level"),
    [([], SILENCE_DBFS), ([0] * 160, SILENCE_DBFS), ([32767] * 160, 0.0), ([3277, -3277], -20.0), ([16384], -6.02)],
)
def test_the_level_of_samples(samples: list[int], level: float) -> None:
    assert dbfs(np.array(samples, dtype=np.int16)) == pytest.approx(level, abs=0.01)


def test_the_loudest_sample_is_at_zero() -> None:
    assert dbfs(np.full(160, -32768, dtype=np.int16)) == pytest.approx(0.0, abs=1e-5)


def passes(guard: FaintGuard, level: float, seconds: float = FRAME_S, *, agent: bool = True) -> bool:
    return guard.passes(level, seconds, agent_sounds=agent)


def test_what_is_not_below_the_limit_is_not_faint() -> None:
    assert passes(FaintGuard(), FAINT_DBFS)
    assert not passes(FaintGuard(), below(FAINT_DBFS))


def test_after_something_loud_everything_passes_for_a_moment() -> None:
    guard = FaintGuard()
    assert passes(guard, -20, 1.0)
    assert passes(guard, -90, OPEN_S)
    assert not passes(guard, -90, 0.01)


def test_the_agents_voice_comes_back_for_a_moment_after_it() -> None:
    guard = FaintGuard()
    assert not passes(guard, -60, 1.0)
    assert not passes(guard, -60, ECHO_TAIL_S, agent=False)
    assert passes(guard, -60, 0.01, agent=False)


def test_everything_passes_while_the_agent_is_silent() -> None:
    assert passes(FaintGuard(), -90, agent=False)


@pytest.mark.parametrize(
    ("levels", "limit"),
    [
        ([-10.0], FAINT_DBFS),
        ([-30.0], -30.0 - BELOW_CALLER_DB),
        ([-30.0, -32.0, -40.0], -30.0 - BELOW_CALLER_DB),
        ([-34.0, -30.0], -30.0 - BELOW_CALLER_DB),
        ([-40.0], FAINTEST_DBFS),
    ],
)
def test_a_quiet_caller_lowers_the_limit_by_the_loudest_frame(levels: list[float], limit: float) -> None:
    for level, through in ((limit, True), (below(limit), False)):
        guard = FaintGuard()
        for loudness in levels:
            assert guard.passes(loudness, FRAME_S, agent_sounds=False, caller_speaks=True)
        assert passes(guard, level) is through


def test_only_the_callers_speech_tells_how_loud_the_caller_is() -> None:
    guard = FaintGuard()
    passes(guard, -35.0, agent=False)
    assert not passes(guard, -50.0)


def test_the_agents_own_time_does_not_tell_it() -> None:
    guard = FaintGuard()
    guard.passes(-35.0, FRAME_S, agent_sounds=True, caller_speaks=True)
    assert not passes(guard, -50.0, 1.0)

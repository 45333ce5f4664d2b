"""The agent's echo, 30 dB down, is kept from gate and recogniser; the caller is not."""

import numpy as np
import numpy.typing as npt
import pytest

from callagent.turns.hearing.echo_gate import Ear

FRAME_S = 0.02


def tone(dbfs: float) -> npt.NDArray[np.int16]:
    """20 ms at 8 kHz with the given RMS level."""
    wave = np.sin(2 * np.pi * 400 * np.arange(160) / 8000) * np.sqrt(2) * 10 ** (dbfs / 20)
    return np.asarray(wave * 32767, dtype=np.int16)


def heard(ear: Ear, dbfs: float, seconds: float) -> list[bool]:
    return [ear.hear(tone(dbfs), FRAME_S)[0] for _ in range(round(seconds / FRAME_S))]


def test_faint_sound_is_no_caller_while_the_agent_speaks() -> None:
    ear = Ear()
    ear.agent_sounds = True
    assert not any(heard(ear, -47, 1.0))
    assert all(heard(ear, -25, 0.5))


def test_faint_sound_is_a_hushed_line() -> None:
    ear = Ear()
    ear.agent_sounds = True
    changes = [ear.hear(tone(-47), FRAME_S)[1] for _ in range(20)]
    assert True not in changes
    assert changes.count(False) == 1


def test_faint_sound_is_heard_while_the_agent_is_silent() -> None:
    assert all(heard(Ear(), -47, 1.0))


def test_the_soft_end_of_a_word_passes_and_what_follows_much_later_does_not() -> None:
    ear = Ear()
    ear.agent_sounds = True
    heard(ear, -20, 0.3)
    tail = heard(ear, -50, 1.0)
    assert all(tail[:8])
    assert not any(tail[15:])


def test_the_echo_of_the_last_word_comes_after_it() -> None:
    ear = Ear()
    ear.agent_sounds = True
    heard(ear, -60, 0.5)
    ear.agent_sounds = False
    after = heard(ear, -47, 0.6)
    assert not any(after[:10])
    assert all(after[20:])


@pytest.mark.parametrize(("level", "passes"), [(-36.0, True), (-20.0, False)])
def test_a_quiet_caller_may_be_quiet_over_the_agent_too(level: float, passes: bool) -> None:
    ear = Ear()
    ear.caller_speaks = True
    heard(ear, level, 1.0)
    ear.caller_speaks, ear.agent_sounds = False, True
    assert any(heard(ear, -47, 0.5)) is passes


def test_a_quiet_line_is_no_quiet_caller() -> None:
    ear = Ear()
    heard(ear, -36.0, 1.0)
    ear.agent_sounds = True
    assert not any(heard(ear, -47, 0.5))

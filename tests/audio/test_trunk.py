import numpy as np
import pytest

from callagent.audio import Impairments
from callagent.audio.g711 import SILENCE, level_dbfs
from callagent.audio.phone_line import Trunk
from tests.audio.sounds import tone

FRAME = tone(0.02)


def test_each_side_hears_the_other() -> None:
    at_agent, at_caller = Trunk("pcmu", Impairments()).exchange(FRAME, SILENCE)
    assert level_dbfs(at_agent) == pytest.approx(level_dbfs(FRAME), abs=0.1)
    assert not at_caller.any()


def test_the_echo_goes_to_the_agent_only() -> None:
    trunk = Trunk("pcmu", Impairments(echo=-20))
    heard = [trunk.exchange(SILENCE, FRAME) for _ in range(6)]
    assert [at_agent.any() for at_agent, _ in heard] == [False] * 3 + [True] * 3
    assert len({at_caller.tobytes() for _, at_caller in heard}) == 1


def test_both_directions_lose_packets_independently() -> None:
    trunk = Trunk("pcma", Impairments(loss=0.5))
    heard = [trunk.exchange(FRAME, FRAME) for _ in range(100)]
    whole = np.array([[np.abs(frame).max() > 7000 for frame in pair] for pair in heard])
    assert 20 < np.count_nonzero(whole[:, 0] != whole[:, 1]) < 80


def test_jitter_delays_the_caller_but_not_the_agent() -> None:
    trunk = Trunk("pcmu", Impairments(jitter=0.03))
    heard = [trunk.exchange(FRAME, FRAME) for _ in range(5)]
    assert [at_agent.any() for at_agent, _ in heard] == [False] * 4 + [True]
    assert all(at_caller.any() for _, at_caller in heard)

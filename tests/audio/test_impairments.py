import numpy as np
import pytest

from callagent.audio import Impairments
from callagent.audio.g711 import FRAME_SAMPLES, SILENCE, Samples, level_dbfs
from callagent.audio.impairments import Concealment, Network, Surroundings
from tests.audio.sounds import tone

FRAME = tone(0.02)


def carry(network: Network, packets: int) -> list[bytes | None]:
    return [network.carry(number.to_bytes(2, "big")) for number in range(packets)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("loss", -0.1), ("loss", 1.1), ("jitter", -0.01), ("noise", 1.0), ("echo", 6.0), ("clipping", 1.0)],
)
def test_values_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        Impairments(**{field: value})  # type: ignore[arg-type]  # the field varies


def test_a_clean_network_carries_every_packet_at_once() -> None:
    arrived = carry(Network(loss=0.0, jitter=0.0, seed=(1, 1)), 100)
    assert arrived == [number.to_bytes(2, "big") for number in range(100)]


def test_the_share_of_lost_packets_is_the_loss() -> None:
    arrived = carry(Network(loss=0.1, jitter=0.0, seed=(1, 1)), 5000)
    assert arrived.count(None) == pytest.approx(500, abs=75)


def test_the_jitter_buffer_delays_by_whole_packets() -> None:
    network = Network(loss=0.0, jitter=0.03, seed=(1, 1))
    arrived = carry(network, 1000)
    assert network.delay == pytest.approx(0.08)
    assert arrived[:4] == [None] * 4
    assert all(packet in {None, number.to_bytes(2, "big")} for number, packet in enumerate(arrived[4:]))


def test_few_packets_come_later_than_the_jitter_buffer_waits() -> None:
    late = carry(Network(loss=0.0, jitter=0.03, seed=(1, 1)), 10_000)[4:].count(None)
    assert 10 < late < 200


def test_the_same_seed_loses_the_same_packets() -> None:
    first, again, other = (carry(Network(loss=0.2, jitter=0.02, seed=(seed, 1)), 500) for seed in (1, 1, 2))
    assert first == again != other


def test_a_lost_frame_repeats_the_last_and_fades_out_in_60_ms() -> None:
    concealment = Concealment()
    concealment.fill(FRAME)
    levels = [level_dbfs(concealment.fill(None)) for _ in range(3)]
    assert level_dbfs(FRAME) > levels[0] > levels[1] > levels[2] > -50
    assert np.array_equal(concealment.fill(None), SILENCE)


def test_concealment_starts_anew_with_the_next_good_frame() -> None:
    concealment = Concealment()
    concealment.fill(FRAME)
    concealed = concealment.fill(None)
    for _ in range(5):
        concealment.fill(None)
    assert concealment.fill(FRAME) is FRAME
    assert np.array_equal(concealment.fill(None), concealed)


def test_nothing_is_concealed_before_the_first_packet() -> None:
    assert not Concealment().fill(None).any()


def test_noise_has_the_level_asked_for() -> None:
    surroundings = Surroundings(Impairments(noise=-45))
    heard = np.concatenate([surroundings.pick_up(SILENCE, SILENCE) for _ in range(100)])
    assert level_dbfs(heard) == pytest.approx(-45, abs=0.5)


def test_the_agents_voice_leaks_back_after_60_ms() -> None:
    surroundings = Surroundings(Impairments(echo=-20))
    heard = [surroundings.pick_up(SILENCE, frame) for frame in (FRAME, SILENCE, SILENCE, SILENCE, SILENCE)]
    assert [frame.any() for frame in heard] == [False, False, False, True, False]
    assert level_dbfs(heard[3]) == pytest.approx(level_dbfs(FRAME) - 20, abs=0.1)


def test_a_quiet_room_without_echo_leaves_speech_as_it_is() -> None:
    assert Surroundings(Impairments()).pick_up(FRAME, FRAME) is FRAME


def test_the_same_seed_makes_the_same_noise() -> None:
    def noise(seed: int) -> Samples:
        return Surroundings(Impairments(noise=-30, seed=seed)).pick_up(SILENCE, SILENCE)

    assert noise(1).size == FRAME_SAMPLES
    assert np.array_equal(noise(1), noise(1))
    assert not np.array_equal(noise(1), noise(2))


def test_a_microphone_clips_what_is_too_loud_and_nothing_else() -> None:
    clipped = Surroundings(Impairments(clipping=-20.0)).pick_up(FRAME, SILENCE)
    peak = np.abs(clipped).max()
    assert peak == pytest.approx(3277, abs=1)
    assert np.abs(FRAME).max() > peak
    quiet = np.abs(FRAME) < peak
    assert np.array_equal(clipped[quiet], FRAME[quiet])

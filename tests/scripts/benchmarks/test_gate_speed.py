from callagent.profile import load_profile
from scripts.benchmarks.gate_speed import measure_gate


def test_the_gate_is_quick_and_small() -> None:
    cost = measure_gate(load_profile("en-US", env={}), overlaps=200, runs=1)
    assert cost.events > 2000
    assert cost.mean_us < 200  # loose: the machine is busy with other tests
    assert 0 < cost.bytes_per_call < 100_000

import wave
from pathlib import Path

import pytest

from callagent.journal import CallerHeard
from callagent.journal.latency import TOLERANCE_S
from callagent.scripted_calls import FinishedCall, load_call, make_level, run_calls
from callagent.scripted_calls.report.timeline_json import turn_latencies
from tests.support.patience import patient

pytestmark = [
    pytest.mark.audio,
    pytest.mark.local_models,
    pytest.mark.blocks_loop(
        reason="the models' threads share cores and GIL with the loop: a callback's length says nothing"
    ),
]

GREETING = (
    "Thank you for calling Harbour Dental. We are open on weekdays from nine to six, Saturdays from ten until two."
)
TALKED_THROUGH = """
  - agent_says: Harbour
  - {caller: Okay., when: agent speaking}
  - {expect: agent keeps speaking, max_gap: 900 ms}
"""
STOPPED = """
  - agent_says: Harbour
  - {caller: "No, stop.", when: agent speaking}
  - {expect: agent stops, within: 2 s}
  - {expect: agent replies}
"""


def run(directory: Path, steps: str) -> FinishedCall:
    script = directory / "call.yaml"
    script.write_text(f"call: A call\nprofile: en-US\nagent: {{greeting: {GREETING!r}}}\nsteps:{steps}")
    (finished,) = run_calls(make_level("audio"), [patient(load_call(script))])
    return finished


def test_an_acknowledgement_is_heard_and_talked_through(tmp_path: Path) -> None:
    finished = run(tmp_path, TALKED_THROUGH)
    assert [step for step in finished.result.steps if not step.passed] == []
    assert any("okay" in heard.text.lower() for heard in finished.result.log.of(CallerHeard))
    assert finished.result.panel.acknowledgements == [True]
    assert finished.stage.save_recording(tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
        assert recording.getnframes() / 8000 >= finished.result.seconds - 0.1


def test_a_command_stops_the_agent(tmp_path: Path) -> None:
    finished = run(tmp_path, STOPPED)
    assert [step for step in finished.result.steps if not step.passed] == []
    assert finished.result.decisions[0]["decision"] == "interrupt"
    (latency,) = turn_latencies(finished.result, finished.stage)
    assert abs(latency.rest) <= 2 * TOLERANCE_S  # other tests may run beside it

"""Faults as a session meets them: livekit-agents' own retries, and what the caller hears of it."""

from pathlib import Path

import pytest

from callagent.journal import Trouble
from tests.support.scripted import failed, observed, run_text

pytestmark = pytest.mark.text

CALL = """\
call: A call
agent:
  greeting: Good morning, how can I help you?
  replies: [{{when: hours, say: From nine to six.}}]
  faults: {{{faults}}}
steps:
  - agent_says: help you
  - {{caller: What are your hours?, when: agent listening, after: 400 ms}}
  - {{expect: agent replies, with: nine to six, within: {within}}}
"""


def test_a_request_that_fails_once_is_tried_again(tmp_path: Path) -> None:
    result = run_text(tmp_path, CALL.format(faults="llm: {then: fails, times: 1}", within="1 s"))
    assert failed(result) == []
    assert [entry.message for entry in result.log.of(Trouble)] == [
        "APIConnectionError: the provider is down, as the script says"
    ]


def test_a_slow_model_makes_the_answer_late(tmp_path: Path) -> None:
    result = run_text(tmp_path, CALL.format(faults="llm: {delay: 3 s}", within="5 s"))
    assert observed(result)[2] == "the agent said 'From nine to six.' 3.55 s after the caller's last sample"


def test_a_voice_that_fails_once_is_tried_again(tmp_path: Path) -> None:
    assert failed(run_text(tmp_path, CALL.format(faults="tts: {then: fails, times: 1}", within="1 s"))) == []


def test_a_slow_recogniser_makes_the_answer_late(tmp_path: Path) -> None:
    result = run_text(tmp_path, CALL.format(faults="stt: {delay: 1 s}", within="5 s"))
    assert failed(result) == []
    assert result.panel.response_latency[0] > 1.0


def test_a_recogniser_that_is_down_is_apologised_for(tmp_path: Path) -> None:
    result = run_text(tmp_path, CALL.format(faults="stt: fails", within="30 s"))
    assert "something has gone wrong on our side" in observed(result)[2]
    assert not result.passed


def test_a_fault_is_one_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run_text(tmp_path, CALL.format(faults="llm: fails", within="9 s"))
    assert caplog.records
    assert [record for record in caplog.records if record.exc_info and "as the script says" in caplog.text] == []

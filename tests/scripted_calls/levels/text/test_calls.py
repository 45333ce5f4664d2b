import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from callagent.journal import AgentAudible, CallEnded, CallerAudible, TurnAdded
from callagent.scripted_calls import CallResult, Run, load_call, make_level, plan_call, run_calls
from callagent.scripted_calls.script.call_plan import GateName
from tests.support.scripted import failed

pytestmark = [pytest.mark.text, pytest.mark.timeout(240)]  # one test makes all calls

CALLS = sorted((Path(__file__).resolve().parents[4] / "configs" / "calls").rglob("*.yaml"))
PROFILES = sorted((Path(__file__).resolve().parents[4] / "configs" / "profiles").glob("??-??.yaml"))
GREETING = (
    "Thank you for calling Harbour Dental. We are open on weekdays from nine to six, Saturdays from ten until two."
)


def run(path: Path, gate: GateName = "callagent", sets: Sequence[str] = ()) -> CallResult:
    call = load_call(path)
    (finished,) = run_calls(make_level("text"), [Run(call, plan_call(call, gate=gate, sets=sets, env={}))])
    return finished.result


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "call.yaml"


def write(script: Path, steps: str) -> Path:
    agent = f"agent: {{greeting: {GREETING!r}, replies: [{{when: bye, call: hang_up, say: Bye.}}], otherwise: Pardon?}}"
    script.write_text(f"call: A call\nprofile: en-US\n{agent}\nsteps:\n{dedent(steps)}")
    return script


def observed(result: CallResult) -> list[str]:
    return [step.observed for step in result.steps]


@dataclass(frozen=True)
class Made:
    """A shipped call, made once in a process, and the seconds of the processor that it took."""

    result: CallResult
    seconds: float


@cache
def made(path: Path) -> Made:
    began = time.process_time()
    result = run(path)
    return Made(result, time.process_time() - began)


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_shipped_calls_pass(path: Path) -> None:
    assert failed(made(path).result) == []


def test_forty_calls_take_less_than_fifteen_seconds() -> None:
    assert len(CALLS) >= 40
    assert sum(made(path).seconds for path in CALLS) * 40 / len(CALLS) < 15.0


@pytest.mark.parametrize("path", CALLS[::6], ids=lambda path: path.stem)
def test_a_call_is_the_same_every_time(path: Path) -> None:
    assert run(path).as_dict() == made(path).result.as_dict()


def test_the_library_has_a_call_for_every_locale() -> None:
    named = {load_call(path).script.profile for path in CALLS}
    assert named >= {path.stem for path in PROFILES if path.stem != "base"}


def test_stock_stops_at_an_acknowledgement() -> None:
    result = run(next(path for path in CALLS if path.stem == "soft-acks"), gate="stock")
    assert not result.passed
    assert result.panel.acknowledgements[0] is False
    assert result.decisions == []


def test_times_are_exact_to_the_millisecond(script: Path) -> None:
    result = run(
        write(
            script,
            """
            - {caller: "No, stop.", when: agent speaking, after: 1234 ms}
            - {expect: agent stops, within: 260 ms}
            """,
        )
    )
    assert observed(result) == [
        "said 'No, stop.' from 1.33 s on",
        "the agent stopped 260 ms after the caller's first sample",
    ]
    (began,) = result.log.of(CallerAudible)
    (audible, *_) = result.log.of(AgentAudible)
    assert round(began.at - audible.at, 4) == 1.234


def test_a_long_call_takes_no_time(script: Path) -> None:
    result = run(
        write(
            script,
            """
            - {caller: "Hello?", when: agent listening, after: 9 min}
            - expect: agent replies
            """,
        ),
        sets=["flow.idle=null"],
    )
    assert not result.passed  # it is longer than a call may be
    assert observed(result)[0] == "the call took longer than 180.00 s"
    assert result.log.ended is not None


def test_a_hang_up_cuts_both_sides_off(script: Path) -> None:
    result = run(
        write(
            script,
            """
            - agent_says: Harbour
            - caller: I have a very long story to tell you.
            - {caller: {hangs up: true}, when: agent speaking}
            - {expect: call ends, reason: caller hung up}
            """,
        )
    )
    assert result.passed
    assert result.seconds < 8


def test_the_agent_can_hang_up(script: Path) -> None:
    result = run(
        write(
            script,
            """
            - {caller: "Bye.", when: agent listening}
            - expect: {tool: hang_up}
            - {expect: call ends, reason: agent hung up}
            """,
        )
    )
    assert observed(result)[2].endswith("(agent hung up)")
    assert result.log.of(CallEnded)[0].reason == "agent hung up"


def test_settings_of_the_profile_count(script: Path) -> None:
    steps = """
        - {caller: {sound: cough}, when: agent speaking, after: 1 s}
        - expect: agent keeps speaking
    """
    assert run(write(script, steps)).passed


def test_what_the_caller_said_is_a_turn_with_its_time(script: Path) -> None:
    result = run(
        write(script, "- {caller: 'Where are you?', when: agent listening}\n- {expect: agent replies, with: pardon}")
    )
    (turn,) = [turn for turn in result.log.of(TurnAdded) if turn.role == "user"]
    assert turn.text == "Where are you?"
    assert [turn["role"] for turn in result.turns] == ["assistant", "user", "assistant"]


def test_keys_are_noted(script: Path) -> None:
    assert run(write(script, "- {caller: {dtmf: '12#'}, when: agent listening}")).passed

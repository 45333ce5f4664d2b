from dataclasses import replace

import pytest

from callagent.profile import load_profile
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus import utterances
from scripts.benchmarks.replay.livekit_call import LivekitReplay
from scripts.benchmarks.replay.outcome import Outcome
from scripts.benchmarks.replay.prelude import prelude_of
from scripts.benchmarks.replay.systems import CALLAGENT, LIVEKIT
from scripts.benchmarks.report.scoring import Score, judge
from tests.support.tapes import Said, audio_of, case_of, tape_of

pytestmark = pytest.mark.text

OKAY = tape_of(case_of("acknowledgement", "Okay."), Said("Okay.", 0.0, 0.6))
STOP = tape_of(case_of("command", "Stop it."), Said("Stop", 0.0, 0.3), Said("it.", 0.31, 0.7))
QUESTION, GOES_ON = utterances.QUESTIONS[3]


def replay_of(system: str) -> LivekitReplay:
    return LivekitReplay(load_profile("en-US", env={}), LIVEKIT[system], prelude_of([OKAY, STOP]))


def play(system: str, tape: Tape) -> Outcome:
    return replay_of(system).play(tape, audio_of(tape))


def stopped_at(outcome: Outcome) -> float | None:
    first = outcome.agent[0]
    return round(first.end, 2) if first.cut else None


@pytest.mark.parametrize(
    ("system", "okay", "stop"),
    [
        ("stock", 0.51, 0.51),
        ("stock min_words 2", None, 0.64),
        ("stock min_words 3", None, None),
        ("fixed 350 ms", None, 0.35),
        (CALLAGENT, None, 0.3),
    ],
)
def test_when_each_system_stops(system: str, okay: float | None, stop: float | None) -> None:
    assert stopped_at(play(system, OKAY)) == okay
    assert stopped_at(play(system, STOP)) == stop


def test_the_caller_begins_when_the_case_says() -> None:
    assert play("stock", OKAY).agent[0].start == pytest.approx(-OKAY.case.at, abs=0.001)


def test_an_answer_after_a_question_begins_when_the_case_says() -> None:
    case = case_of("answer", "Yes.", situation="asked", at=-0.2, agent=QUESTION)
    assert play(CALLAGENT, tape_of(case, Said("Yes.", 0.0, 0.4))).agent[0].end == pytest.approx(0.2, abs=0.001)


def test_an_answer_to_a_question_reaches_the_model_though_the_agent_goes_on() -> None:
    case = case_of("answer", "Yes.", situation="asked", at=0.3, agent=QUESTION, goes_on=GOES_ON)
    tape = tape_of(case, Said("Yes.", 0.0, 0.4))
    score = Score()
    assert judge(tape, play(CALLAGENT, tape), score) is None
    assert (score.panel.answered, score.panel.lost_answers) == ([True], 0)


def test_the_gate_hears_the_audio_of_the_tape() -> None:
    cough = tape_of(case_of("tic", "cough"), Said("", 0.0, 0.2))
    quiet = replace(cough, stt=())
    assert stopped_at(play(CALLAGENT, quiet)) is None
    rumble = audio_of(tape_of(case_of("tic", "cough"), Said("", 0.0, 1.5)))
    assert stopped_at(replay_of(CALLAGENT).play(quiet, rumble)) is not None


def test_the_gates_journal_is_kept_with_times_from_the_callers_first_sample() -> None:
    (decision,) = play(CALLAGENT, STOP).decisions
    assert (decision["rule"], decision["at"]) == ("command", 0.3)

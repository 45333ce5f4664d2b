import pytest

from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.outcome import Outcome, Stretch, Turn
from scripts.benchmarks.report.scoring import Score, judge
from tests.support.tapes import Said, case_of, tape_of

OKAY = tape_of(case_of("acknowledgement", "Okay."), Said("Okay.", 0.0, 0.4))
STOP = tape_of(case_of("command", "Stop."), Said("Stop.", 0.0, 0.4))
MIXED = tape_of(case_of("mixed", "Yeah, okay,", "but wait."), Said("Yeah okay", 0.0, 0.6), Said("but wait", 0.7, 1.2))
YES = tape_of(case_of("answer", "Yes.", situation="asked", at=-0.2), Said("Yes.", 0.0, 0.4))
COUGH = tape_of(case_of("tic", "cough", situation="listening", at=1.0), Said("", 0.0, 0.4))


def speaks_on(*, until: float = 5.0) -> Outcome:
    return Outcome((Stretch(-2.0, 5.0),), until, turns=())


def stops(at: float, *more: Stretch, turns: tuple[Turn, ...] = ()) -> Outcome:
    return Outcome((Stretch(-2.0, at, cut=True), *more), 5.0, turns)


def judged(tape: Tape, outcome: Outcome) -> tuple[Score, str | None]:
    score = Score()
    return score, judge(tape, outcome, score)


def test_an_acknowledgement_talked_through_is_right() -> None:
    score, wrong = judged(OKAY, speaks_on())
    assert (score.panel.acknowledgements, score.panel.gaps, wrong) == ([True], [0.0], None)


def test_a_stop_within_a_second_of_an_acknowledgement_is_wrong() -> None:
    score, wrong = judged(OKAY, stops(0.9))
    assert (score.panel.acknowledgements, wrong) == ([False], "stopped at 0.90 s")


def test_a_later_stop_does_not_count_in_the_panel_but_beside_it() -> None:
    score, wrong = judged(OKAY, stops(1.3))
    assert (score.panel.acknowledgements, score.late, wrong) == ([True], 1, "stopped late, at 1.30 s")


def test_a_pause_shorter_than_a_stop_is_a_gap() -> None:
    outcome = Outcome((Stretch(-2.0, 0.5), Stretch(0.6, 5.0)), 5.0, turns=())
    assert judged(OKAY, outcome)[0].panel.gaps == [pytest.approx(0.1)]


def test_an_acknowledgement_that_finds_the_agent_stopped_is_wrong() -> None:
    score, wrong = judged(OKAY, stops(-0.5))
    assert (score.panel.acknowledgements, wrong) == ([False], "stopped before it")


def test_every_acknowledgement_of_several_counts_until_the_agent_stops() -> None:
    tape = tape_of(case_of("acknowledgement", "Okay.", "Yeah."), Said("Okay.", 0.0, 0.4), Said("Yeah.", 1.5, 1.8))
    assert judged(tape, speaks_on())[0].panel.acknowledgements == [True, True]
    assert judged(tape, stops(2.0))[0].panel.acknowledgements == [True, False]
    assert judged(tape, stops(0.5))[0].panel.acknowledgements == [False]


def test_the_latency_of_a_command_is_counted_from_its_first_sample() -> None:
    score, wrong = judged(STOP, stops(0.4, Stretch(1.2, 4.0), turns=(Turn(0.9, "Stop."),)))
    assert score.panel.yield_latency == [pytest.approx(0.4)]
    assert (score.panel.yielded, score.panel.answered, wrong) == ([True], [True], None)


def test_a_command_after_which_the_agent_goes_on_is_wrong() -> None:
    score, wrong = judged(STOP, speaks_on())
    assert (score.panel.yielded, score.panel.yield_latency, wrong) == ([False], [], "did not stop")


def test_a_slow_stop_is_shown() -> None:
    assert judged(STOP, stops(0.8, Stretch(1.5, 4.0), turns=(Turn(0.9, "Stop."),)))[1] == "stopped only after 0.80 s"


def test_the_latency_of_mixed_input_is_counted_from_the_part_that_means_stop() -> None:
    score, _ = judged(MIXED, stops(1.0, Stretch(2.0, 4.0), turns=(Turn(1.5, "yeah okay but wait"),)))
    assert score.panel.yield_latency == [pytest.approx(0.3)]
    assert score.yields["mixed"] == score.panel.yield_latency


def test_mixed_input_that_stops_the_agent_too_early_is_counted_apart() -> None:
    score, wrong = judged(MIXED, stops(0.5))
    assert (score.early, score.panel.yielded, wrong) == (1, [], "stopped 0.20 s before the part that means stop")


def test_an_answer_is_answered_when_the_agent_speaks_after_it_reached_the_model() -> None:
    outcome = Outcome((Stretch(-4.0, 0.2), Stretch(1.0, 4.0)), 5.0, (Turn(0.9, "Yes."),))
    score, wrong = judged(YES, outcome)
    assert score.panel.response_latency == [pytest.approx(0.6)]
    assert (score.panel.answered, score.panel.lost_answers, wrong) == ([True], 0, None)


def test_the_agent_cannot_answer_before_it_has_said_what_it_was_saying() -> None:
    outcome = Outcome((Stretch(-4.0, 2.7), Stretch(3.0, 5.0)), 6.0, (Turn(2.8, "Yes."),))
    assert judged(YES, outcome)[0].panel.response_latency == [pytest.approx(0.3)]


def test_an_answer_that_the_model_never_saw_is_lost() -> None:
    score, wrong = judged(YES, Outcome((Stretch(-4.0, 0.2),), 5.0, ()))
    assert (score.panel.lost_answers, score.panel.answered, wrong) == (1, [False], "never reached the model")


def test_a_reply_to_a_cough_is_wrong() -> None:
    assert judged(COUGH, Outcome((Stretch(-3.0, -1.0),), 5.0, ()))[0].panel.tics == [True]
    assert judged(COUGH, Outcome((Stretch(-3.0, -1.0), Stretch(1.2, 3.0)), 5.0, ()))[1] == "replied to it at 1.20 s"


def test_of_a_system_without_turns_only_interruptions_are_judged() -> None:
    score, wrong = judged(STOP, Outcome((Stretch(-2.0, 0.1, cut=True),), 5.0))
    assert (score.panel.yielded, score.panel.answered, wrong) == ([True], [], None)

from dataclasses import replace

from callagent.turns import Lexicon
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.outcome import Outcome, Stretch
from scripts.benchmarks.report.mistakes import Cause, find_mistakes
from tests.support.tapes import Said, case_of, tape_of

LEXICON = Lexicon(["okay", "yeah"], ["stop", "wait"], tics=["um"])
SPEAKS_ON = Outcome((Stretch(-2.0, 5.0),), 5.0, turns=())


def stopped(at: float) -> Outcome:
    return Outcome((Stretch(-2.0, at, cut=True),), 5.0, turns=())


def cause(tape: Tape, outcome: Outcome) -> Cause:
    (mistake,) = find_mistakes([(tape, outcome)], LEXICON)
    return mistake.cause


def command(heard: str, **report: float) -> Tape:
    return tape_of(case_of("command", "Stop."), Said(heard, 0.0, 0.4, **report))


def acknowledgement(said: str, heard: str, words_after: float = 0.3) -> Tape:
    return tape_of(case_of("acknowledgement", said), Said(heard, 0.0, 0.4, words_after))


def test_what_is_right_is_no_mistake() -> None:
    assert find_mistakes([(acknowledgement("Okay.", "Okay."), SPEAKS_ON)], LEXICON) == []


def test_another_word_is_the_recognisers() -> None:
    assert cause(command("Okay."), SPEAKS_ON) == "recogniser"
    assert cause(acknowledgement("Okay.", "Oh Kay"), stopped(0.4)) == "recogniser"


def test_words_that_come_late_are_the_recognisers_too() -> None:
    assert cause(command("Stop.", words_after=0.9), SPEAKS_ON) == "recogniser slow"
    assert cause(acknowledgement("Okay.", "Okay.", words_after=0.6), stopped(0.4)) == "recogniser slow"


def test_speech_that_was_not_noticed_is_the_vads() -> None:
    assert cause(replace(command("Stop."), vad=()), SPEAKS_ON) == "vad"


def test_a_phrase_that_the_lexicon_does_not_know_is_the_lexicons() -> None:
    assert cause(acknowledgement("Righto.", "Righto."), stopped(0.4)) == "lexicon"


def test_everything_else_is_a_rules() -> None:
    assert cause(command("Stop."), SPEAKS_ON) == "rule"
    assert cause(acknowledgement("Okay.", "Okay."), stopped(0.5)) == "rule"


def test_a_mistake_tells_what_was_heard_and_when() -> None:
    (mistake,) = find_mistakes([(command("Stop it"), SPEAKS_ON)], LEXICON)
    assert mistake.heard == "0.30 “Stop it” (0.80); 0.90 “Stop it” (0.80) final"
    assert mistake.activity == "speech 0.10; end 0.75"
    assert mistake.as_dict()["cause"] == "rule"

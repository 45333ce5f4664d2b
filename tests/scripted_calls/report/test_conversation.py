from callagent.audio import Span
from callagent.scripted_calls.report import Step, Word
from callagent.scripted_calls.report.conversation import conversation, interims, not_met, phrases
from callagent.scripted_calls.report.plot.call_scene import Heard
from tests.support.report_pages import report


def test_everything_comes_in_the_order_in_which_it_happened() -> None:
    entries = conversation(report())
    assert [(entry.at, entry.kind) for entry in entries] == [
        (0.5, "agent"),
        (2, "caller"),
        (2.6, "heard"),
        (2.6, "decision"),
        (4, "caller"),
        (4.5, "decision"),
        (5.4, "heard"),
        (5.5, "tool"),
        (6, "agent"),
        (8.0, "decision"),
        (12.0, "end"),
    ]
    assert entries[0].cut and entries[0].text == "Thank you for"
    assert entries[6].before == ["No"]


def test_words_belong_to_the_phrase_that_is_being_said() -> None:
    words = [Word(0.1, "Early"), Word(0.97, "One"), Word(1.5, " two"), Word(3.1, "Three")]
    said = phrases([Span(1, 2), Span(3, 4)], words)
    assert [(each.start, each.text) for each in said] == [(0.1, "Early"), (1, "One two"), (3, "Three")]


def test_interim_transcripts_that_repeat_the_one_before_are_left_out() -> None:
    heard = [Heard(1, "I", False), Heard(2, "I", False), Heard(3, "I am", False), Heard(4, "I am.", True)]
    assert interims(heard) == [heard[0], heard[2]]


def test_interim_transcripts_that_led_nowhere_are_kept() -> None:
    call = report()
    heard = [Heard(1, "Wh", False), Heard(2, "What", False)]
    scene = type(call.scene)(call.scene.caller, call.scene.agent, heard=heard)
    (entry,) = (each for each in conversation(type(call)("A call", "failed", scene)) if each.kind == "heard")
    assert (entry.at, entry.text, entry.before) == (2, "", ["Wh", "What"])


def test_steps_that_failed_together_have_one_mark() -> None:
    steps = [Step(1, True, "", "", at=1), *(Step(each, False, "", "", at=2) for each in (2, 3)), Step(4, False, "", "")]
    assert not_met(steps) == [(steps[1], 1)]

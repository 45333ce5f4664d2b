"""Tics, asides to somebody else, and taking up after a stop that was for nothing."""

import pytest

from callagent.turns.gate.decisions import Resume
from tests.turns.driver import Driver, final, interim, listening, speaking, starts, stops, thinking

ASIDE = "Hold on, I'm on the phone."


def test_a_tic_neither_stops_the_agent_nor_asks_for_a_reply() -> None:
    over = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Um"), *stops(1.4), final(1.9, 2, "Um."))
    silent = Driver().run(listening(0), *starts(1.0), interim(1.3, 1, "Um"), *stops(1.4), final(1.9, 2, "Um, uh."))
    assert over.told == ["hold 1 soft_ack", "drop 1,2 soft_ack"]
    assert silent.reached_session == []


def test_a_tic_before_words_is_part_of_the_turn() -> None:
    story = Driver().run(listening(0), *starts(1.0), *stops(2.0), final(2.5, 1, "Um, Friday please."))
    assert story.reached_session == [1]


def test_an_aside_that_begins_like_a_command_is_ignored() -> None:
    first = interim(1.3, 1, "Hold on", confidence=0.6)
    story = Driver().run(speaking(0), *starts(1.0), first, interim(1.45, 2, ASIDE), *stops(2.0))
    assert story.told == ["hold 1 command", "drop 1 aside", "hold 2 aside", "drop 2 late"]


def test_hold_on_alone_is_still_a_command_one_interim_later() -> None:
    first, second = (interim(1.3 + 0.15 * n, n + 1, "Hold on", confidence=0.6) for n in range(2))
    story = Driver().run(speaking(0), *starts(1.0), first, second)
    assert [d.at for d in story.interrupts] == [1.45]


def test_hold_on_heard_plainly_stops_the_agent_at_once() -> None:
    story = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Hold on", confidence=0.85))
    assert [d.at for d in story.interrupts] == [1.3]


def test_an_aside_heard_whole_never_stops_the_agent() -> None:
    story = Driver().run(speaking(0), *starts(1.0), interim(1.4, 1, ASIDE), *stops(1.9), final(2.4, 2, ASIDE))
    assert story.told == ["hold 1 aside", "drop 1,2 aside"]


def test_an_aside_in_silence_is_no_turn() -> None:
    story = Driver().run(listening(0), *starts(1.0), *stops(1.9), final(2.4, 1, ASIDE))
    assert story.reached_session == []


def test_standing_by_for_an_aside_until_the_caller_is_back() -> None:
    story = Driver(asides="hold").run(
        *(speaking(0), *starts(1.0), interim(1.4, 1, ASIDE), listening(1.45), *stops(1.9), final(2.4, 2, ASIDE)),
        *(*starts(5.0), *stops(5.3), final(5.8, 3, "Okay.")),
    )
    assert story.told == ["interrupt aside", "drop 1 aside", "drop 2 silence", "drop 3 silence", "resume aside"]
    assert story.reached_session == []


def test_words_after_standing_by_are_a_turn() -> None:
    story = Driver(asides="hold").run(
        *(speaking(0), *starts(1.0), interim(1.4, 1, ASIDE), listening(1.45), *stops(1.9), final(2.4, 2, ASIDE)),
        *(*starts(5.0), *stops(6.3), final(6.8, 3, "What were you saying?")),
    )
    assert story.reached_session == [3]
    assert "resume aside" not in story.told


def test_standing_by_ends_by_itself() -> None:
    story = Driver(asides="hold").run(
        speaking(0), *starts(1.0), interim(1.375, 1, ASIDE), listening(1.45), *stops(1.9), final(2.4, 2, ASIDE)
    )
    assert [decision for decision in story.decisions if isinstance(decision, Resume)] == [Resume(11.375, "aside")]


def test_a_stop_for_nothing_is_taken_up_again() -> None:
    story = Driver().run(speaking(0), *starts(1.0), listening(1.5), *stops(1.8), final(2.3, 1, ""))
    assert story.told == ["interrupt grace", "drop 1 silence", "resume grace"]
    assert story.decisions[-1].at == pytest.approx(2.6)  # type: ignore[union-attr]  # the Resume


def test_a_late_acknowledgement_after_a_stop_for_nothing_is_no_turn() -> None:
    story = Driver().run(speaking(0), *starts(1.0), listening(1.5), *stops(1.8), final(2.3, 1, "Uh-huh."))
    assert story.told == ["interrupt grace", "drop 1 silence", "resume grace"]


def test_words_after_grace_are_a_turn_and_nothing_is_taken_up() -> None:
    story = Driver().run(speaking(0), *starts(1.0), listening(1.5), *stops(2.8), final(3.3, 1, "What does it cost?"))
    assert story.told == ["interrupt grace", "pass 1 silence"]


def test_a_caller_who_goes_on_is_not_talked_over_by_taking_up() -> None:
    story = Driver().run(
        *(speaking(0), *starts(1.0), listening(1.5), *stops(1.8), final(2.3, 1, "")),
        *(*starts(2.4), *stops(4.0), final(4.5, 2, "I wanted to ask something.")),
    )
    assert "resume grace" not in story.told
    assert story.reached_session == [2]


def test_grace_does_not_stop_an_agent_that_only_thinks() -> None:
    story = Driver().run(thinking(0), *starts(1.0), *stops(3.0), final(3.5, 1, "Okay."))
    assert story.interrupts == []

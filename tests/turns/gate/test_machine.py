"""Each test tells a short story on a virtual clock and pins what the gate does with it."""

import pytest

from callagent.turns.gate.decisions import Drop, Resume, SetTimer
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
)
from callagent.turns.gate.machine import Gate
from tests.turns.driver import CONFIG, Driver, final, interim, listening, speaking, starts, stops, thinking


def test_acknowledgement_over_speech_is_dropped_and_never_interrupts() -> None:
    story = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Okay"), *stops(1.5), final(2.0, 2, "Okay."))
    assert story.told == ["hold 1 soft_ack", "drop 1,2 soft_ack"]
    assert [(r.decision, r.rule, r.text) for r in story.records] == [("drop", "soft_ack", "Okay.")]


def test_acknowledgements_do_not_add_up() -> None:
    story = Driver().run(
        speaking(0),
        *(*starts(1.0), interim(1.3, 1, "Okay"), *stops(1.4), final(1.9, 2, "Okay.")),
        *(*starts(3.0), interim(3.3, 3, "Yeah"), *stops(3.4), final(3.9, 4, "Yeah.")),
        *(*starts(5.0), interim(5.3, 5, "Right"), *stops(5.4), final(5.9, 6, "Right.")),
    )
    assert story.interrupts == []
    assert story.dropped == [1, 2, 3, 4, 5, 6]
    assert len(story.records) == 3


@pytest.mark.parametrize("words", ["No, stop.", "Wait!", "STOP", "hold on a second", "Yeah okay but wait"])
def test_command_in_an_interim_interrupts_at_once(words: str) -> None:
    story = Driver().run(speaking(0), *starts(1.0), interim(1.25, 1, words))
    assert story.told == ["interrupt command", "deliver 1 command"]
    assert story.interrupts[0].at == 1.25


def test_command_that_the_recogniser_doubts_waits_for_a_second_interim() -> None:
    story = Driver().run(
        speaking(0), *starts(1.0), interim(1.2, 1, "Stop", confidence=0.2), interim(1.35, 2, "Stop", confidence=0.4)
    )
    assert story.told == ["hold 1 command", "interrupt command", "drop 1 command", "deliver 2 command"]


@pytest.mark.parametrize(("confidence", "stops_at"), [(0.6, 1.75), (0.7, 1.35)])
def test_a_brief_command_must_be_surer_than_others_until_the_caller_has_spoken_on(
    confidence: float, stops_at: float
) -> None:
    story = Driver().run(
        speaking(0),
        *starts(1.0),
        interim(1.2, 1, "No", confidence=0.3),
        interim(1.35, 2, "No", confidence=confidence),
        interim(1.75, 3, "No", confidence=confidence),
    )
    assert [d.at for d in story.interrupts] == [stops_at]


def test_a_command_inside_a_longer_acknowledgement_is_none() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.35), final(2.0, 1, "No problem."))
    assert story.told == ["drop 1 soft_ack"]


def test_acknowledgement_turning_into_a_command_interrupts_when_it_shows() -> None:
    story = Driver().run(
        speaking(0),
        *starts(1.0),
        interim(1.3, 1, "Yeah"),
        interim(1.5, 2, "Yeah okay"),
        interim(1.8, 3, "Yeah okay but"),
    )
    assert story.told[-3:] == ["interrupt command", "drop 2 command", "deliver 3 command"]
    assert story.interrupts[0].at == 1.8


def test_content_needs_two_words_or_two_interims_running() -> None:
    once = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Opening"), *stops(2.0))
    twice = Driver().run(speaking(0), *starts(1.0), interim(1.4, 1, "Opening"), interim(1.8, 2, "Opening"))
    words = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Oh"), interim(1.95, 2, "Opening hours"))
    assert once.interrupts == []
    assert [d.at for d in twice.interrupts] == [1.8]
    assert [d.at for d in words.interrupts] == [1.95]


def test_the_first_third_of_a_second_is_no_evidence_of_content() -> None:
    early = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Death it", confidence=0.7), *stops(1.5))
    plain = Driver().run(
        speaking(0), *starts(1.0), interim(1.25, 1, "I need help"), interim(1.45, 2, "I need help", confidence=0.85)
    )
    assert early.interrupts == []
    assert [d.at for d in plain.interrupts] == [1.45]


def test_a_doubtful_final_right_after_an_acknowledgement_waits_for_the_agent_to_finish() -> None:
    doubtful = final(3.0, 2, "You have.", confidence=0.5)
    after = Driver().run(
        speaking(0), *starts(1.0), *stops(1.3), final(1.8, 1, "Okay."), *starts(2.2), *stops(2.4), doubtful
    )
    alone = Driver().run(speaking(0), *starts(2.2), *stops(2.4), doubtful)
    assert after.interrupts == []
    assert [d.at for d in alone.interrupts] == [3.0]


def test_one_unstable_word_does_not_interrupt() -> None:
    story = Driver().run(
        speaking(0),
        *(
            *starts(1.0),
            interim(1.3, 1, "Bye.", confidence=0.11),
            *stops(1.5),
            final(1.9, 2, "Uh-huh.", confidence=0.6),
        ),
    )
    assert story.interrupts == []
    assert story.dropped == [1, 2]


def test_a_hopeless_final_is_noise() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.3), final(1.9, 1, "Damn.", confidence=0.15))
    assert story.told == ["drop 1 content"]


def test_a_confident_final_of_one_word_interrupts() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.3), final(1.9, 1, "Friday.", confidence=0.8))
    assert story.told == ["interrupt content", "deliver 1 content"]


def test_grace_ends_without_words_while_the_caller_speaks() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(3.0), final(3.5, 1, "Could you repeat that?"))
    assert story.told == ["interrupt grace", "pass 1 silence"]
    assert story.interrupts[0].at == pytest.approx(1.45)


def test_a_cough_talks_on_and_leaves_no_turn() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.2), final(1.9, 1, ""))
    assert story.interrupts == []
    assert story.reached_session == []


def test_grace_begins_anew_when_the_line_gets_loud_again_without_words() -> None:
    story = Driver().run(speaking(0), *starts(1.0), CallerHushed(1.2), CallerAudible(1.6), *stops(3.0), close_at=9)
    assert [d.at for d in story.interrupts] == [pytest.approx(1.95)]


def test_a_cough_without_any_transcript_closes_by_itself() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.2))
    assert [(r.decision, r.rule) for r in story.records] == [("drop", "grace")]
    assert story.gate.idle


def test_late_final_after_a_short_sound_is_judged_by_the_rules() -> None:
    story = Driver().run(speaking(0), *starts(1.0), *stops(1.2), final(2.2, 1, "Stop."))
    assert story.told == ["interrupt command", "deliver 1 command"]


def test_everything_passes_while_the_agent_is_silent() -> None:
    story = Driver().run(listening(0), *starts(1.0), interim(1.3, 1, "Yeah"), *stops(1.5), final(1.9, 2, "Yeah."))
    assert story.told == ["pass 1 silence", "pass 2 silence"]
    assert story.records == []


def test_thinking_counts_as_speaking() -> None:
    story = Driver().run(thinking(0), *starts(1.0), *stops(1.3), final(1.9, 1, "Okay."))
    assert story.told == ["drop 1 soft_ack"]


def test_answer_near_the_end_of_the_speech_is_delivered_when_the_agent_falls_silent() -> None:
    story = Driver().run(speaking(0), *starts(4.6), *stops(4.8, delay=0.1), final(5.05, 1, "Yeah."), listening(5.2))
    assert story.told == ["hold 1 soft_ack", "deliver 1 answer"]
    assert story.decisions[-2].at == pytest.approx(5.25)  # type: ignore[union-attr]  # the Deliver before the journal


def test_a_session_that_tells_twice_of_the_agents_silence_still_gets_the_answer() -> None:
    answer = (*starts(4.6), *stops(4.8, delay=0.1), final(5.05, 1, "Yeah."))
    story = Driver().run(speaking(0), *answer, listening(5.2), AgentState(5.22, "idle"))
    assert story.told == ["hold 1 soft_ack", "deliver 1 answer"]
    assert [record.decided_at for record in story.records] == [pytest.approx(5.25)]


def test_what_was_said_while_the_agent_thought_did_not_begin_in_silence() -> None:
    story = Driver().run(
        *(thinking(0), *starts(1.0), *stops(1.4), final(1.9, 1, "Okay.")),
        *(speaking(2.0), final(2.2, 2, "Yeah."), listening(9.0)),
    )
    assert (story.dropped, story.reached_session) == ([1, 2], [])


def test_answer_whose_final_comes_after_the_agents_end_is_delivered() -> None:
    story = Driver().run(speaking(0), *starts(4.8), listening(5.0), interim(5.1, 1, "Yeah"), final(5.6, 2, "Yeah."))
    assert story.told == ["hold 1 soft_ack", "drop 1 soft_ack", "deliver 2 answer"]


def test_acknowledgement_well_before_the_end_is_not_an_answer_even_if_its_final_is_late() -> None:
    story = Driver().run(speaking(0), *starts(3.5), *stops(3.8), listening(5.0), final(5.2, 1, "Okay."))
    assert story.told == ["drop 1 soft_ack"]


def test_answer_to_a_question_asked_earlier_in_the_speech_is_kept_to_its_end() -> None:
    text = AgentText(0.1, "Shall I book Friday? I also have a place on Monday afternoon.")
    story = Driver().run(speaking(0.2), text, *starts(1.6), *stops(1.9), final(2.3, 1, "Yeah."), listening(6.0))
    assert story.told == ["hold 1 answer", "deliver 1 answer"]


def test_a_question_of_the_speech_before_does_not_make_an_answer() -> None:
    story = Driver().run(
        *(AgentText(0.0, "Shall I?"), speaking(0.1), listening(1.0)),
        *(AgentText(2.0, "We are open from nine to six on weekdays."), speaking(2.1)),
        *(*starts(2.6), *stops(2.9), final(3.4, 1, "Okay."), listening(7.0)),
    )
    assert story.told == ["drop 1 soft_ack"]


def test_between_two_queued_speeches_an_answer_waits_for_the_second_to_end() -> None:
    story = Driver().run(
        *(speaking(0), *starts(4.7), *stops(4.8, delay=0.1), final(4.95, 1, "Yeah.")),
        *(listening(5.0), speaking(5.02), listening(9.0)),
    )
    assert story.told == ["hold 1 soft_ack", "deliver 1 answer"]
    assert story.records[0].decided_at == pytest.approx(9.05)


def test_uninterruptible_speech_plays_on_and_the_words_are_delivered_at_its_end() -> None:
    story = Driver().run(
        speaking(0, interruptible=False),
        *starts(1.0),
        interim(1.3, 1, "No"),
        *stops(1.8),
        final(2.2, 2, "No, stop."),
        listening(5),
    )
    assert story.interrupts == []
    assert story.reached_session == [2]


def test_words_over_uninterruptible_speech_stop_what_follows_it_as_soon_as_that_is_possible() -> None:
    story = Driver().run(
        *(speaking(0, interruptible=False), *starts(1.0), interim(1.6, 1, "Are you"), *stops(2.0)),
        *(final(2.4, 2, "Are you open on Friday?"), *starts(3.0), *stops(3.2), final(3.6, 3, "Okay.")),
        *(AgentState(5.0, "thinking", True), listening(5.01)),
    )
    assert story.told[-2:] == ["interrupt content", "deliver 2 content"]
    assert [decision.at for decision in story.interrupts] == [5.0]
    assert 3 in story.dropped


def test_several_finals_over_uninterruptible_speech_are_delivered_in_order() -> None:
    story = Driver().run(
        *(speaking(0, interruptible=False), *starts(1.0), *stops(2.0), final(2.4, 1, "Are you open on Friday?")),
        *(*starts(3.0), *stops(4.0), final(4.4, 2, "And on Monday, too?")),
        *(AgentState(5.0, "thinking", True), listening(5.01)),
    )
    assert story.told[-3:] == ["interrupt content", "deliver 1 content", "deliver 2 content"]


def test_a_command_whose_final_is_still_to_come_stops_what_follows_uninterruptible_speech() -> None:
    story = Driver().run(
        *(speaking(0, interruptible=False), *starts(4.5), interim(4.8, 1, "Stop")),
        *(speaking(5.0), listening(5.02), *stops(5.1), final(5.5, 2, "Stop.")),
    )
    assert [decision.at for decision in story.interrupts] == [5.0]
    assert story.reached_session == [2]


def test_a_command_that_turns_out_to_be_an_acknowledgement_stops_nothing_afterwards() -> None:
    story = Driver().run(
        *(speaking(0, interruptible=False), *starts(4.0), interim(4.3, 1, "No"), interim(4.6, 2, "No problem")),
        *(speaking(5.0), *stops(5.1), final(5.5, 3, "No problem."), listening(9.0)),
    )
    assert (story.interrupts, story.reached_session) == ([], [])


def test_grace_begins_when_the_caller_speaks_on_over_speech_that_can_be_interrupted() -> None:
    story = Driver().run(speaking(0, interruptible=False), *starts(4.0), speaking(5.0), listening(5.6), *stops(7.0))
    assert [decision.rule for decision in story.interrupts] == ["grace"]
    assert story.interrupts[0].at == pytest.approx(5.35)


def test_after_an_interruption_the_rest_of_the_utterance_passes() -> None:
    story = Driver().run(
        *(speaking(0), *starts(1.0), interim(1.3, 1, "No"), listening(1.32)),
        *(interim(1.6, 2, "No stop"), *stops(1.9), final(2.3, 3, "No, stop.")),
    )
    assert story.told == ["interrupt command", "deliver 1 command", "pass 2 silence", "pass 3 silence"]
    assert story.records[0].silent_at == 1.32
    assert story.records[0].reaction_ms == 300


def test_flags_are_clean_in_the_next_overlap() -> None:
    story = Driver().run(
        *(speaking(0), *starts(1.0), interim(1.3, 1, "Stop"), listening(1.32), *stops(1.5), final(1.9, 2, "Stop.")),
        *(thinking(2.4), speaking(3.0), *starts(4.0), interim(4.3, 3, "Okay"), *stops(4.5), final(5.0, 4, "Okay.")),
    )
    assert story.told[-2:] == ["hold 3 soft_ack", "drop 3,4 soft_ack"]
    assert [r.decision for r in story.records] == ["interrupt", "drop"]


def test_words_that_began_in_silence_are_a_turn_even_if_the_agent_starts_meanwhile() -> None:
    story = Driver().run(listening(0), *starts(1.0), thinking(1.2), *stops(1.5), final(2.0, 1, "Yeah."), listening(4.0))
    assert story.interrupts == []
    assert story.reached_session == [1]


def test_a_final_sent_twice_reaches_the_session_once() -> None:
    story = Driver().run(
        listening(0), *starts(1.0), *stops(1.4), final(1.8, 1, "Friday."), thinking(2.2), final(2.3, 2, "Friday.")
    )
    assert story.reached_session == [1]
    assert story.dropped == [2]


def test_content_that_comes_after_the_agent_has_ended_is_an_ordinary_turn() -> None:
    story = Driver().run(speaking(0), *starts(4.9), listening(5.0), *stops(5.6), final(6.0, 1, "What does it cost?"))
    assert story.told == ["pass 1 content"]


def test_echo_of_the_agents_own_words_is_dropped_with_the_guard_on() -> None:
    events = (
        AgentText(0.0, "We are open from nine to six."),
        speaking(0.1),
        *starts(0.6),
        *stops(0.9),
        final(1.9, 1, "open from nine"),
    )
    guarded = Driver(echo_guard=True).run(*events)
    unguarded = Driver().run(*events)
    assert guarded.told == ["drop 1 echo"]
    assert unguarded.told[0] == "interrupt content"


def test_vad_that_never_fires_still_gets_its_words_judged() -> None:
    story = Driver().run(speaking(0), interim(1.3, 1, "Okay"), final(1.8, 2, "Okay."), interim(3.0, 3, "Stop it"))
    assert story.told[0] == "hold 1 soft_ack"
    assert story.interrupts[0].at == 3.0


def test_closing_delivers_what_is_held_and_leaves_no_timer() -> None:
    story = Driver()
    story.run(speaking(0), *starts(1.0))
    story.run(final(1.2, 1, "Yeah."), close_at=1.3)
    assert story.timers == {}
    assert story.gate.idle


def test_grace_waits_longer_for_a_recogniser_that_is_slow() -> None:
    slow = Driver()
    slow.run(listening(0), *starts(1.0), interim(1.6, 1, "Hello"), *stops(2.0), final(2.4, 2, "Hello there."))
    slow.run(speaking(5.0), *starts(6.0), *stops(8.0))
    assert [d.at for d in slow.interrupts] == [pytest.approx(6.1 + 1.25 * 0.5)]


def test_grace_is_twice_as_long_before_the_first_words_of_a_call() -> None:
    story = Driver()
    story.gate = Gate(CONFIG)
    story.run(speaking(0), *starts(1.0), *stops(3.0))
    assert [d.at for d in story.interrupts] == [pytest.approx(1.1 + 0.7)]


def test_grace_does_not_begin_anew_when_an_agent_that_thought_speaks() -> None:
    story = Driver().run(thinking(0), *starts(1.0), speaking(1.25), *stops(3.0))
    assert [decision.at for decision in story.interrupts] == [pytest.approx(1.45)]


@pytest.mark.parametrize(("onset", "reached"), [(4.25, [1]), (4.125, [])])
def test_the_answer_window_reaches_back_to_its_very_beginning(onset: float, reached: list[int]) -> None:
    story = Driver(answer_window=0.75).run(
        speaking(0), *starts(onset), *stops(4.5, delay=0.25), listening(5.0), final(5.5, 1, "Yeah.")
    )
    assert story.reached_session == reached


@pytest.mark.parametrize(("onset", "interrupts"), [(4.875, 0), (5.0, 1)])
def test_within_three_seconds_of_an_acknowledgement_the_next_sound_may_be_one(onset: float, interrupts: int) -> None:
    story = Driver().run(
        *(speaking(0), *starts(1.0), *stops(1.25), final(1.875, 1, "Okay.")),
        *(*starts(onset), *stops(onset + 0.25), final(onset + 1.0, 2, "You have.", confidence=0.5)),
    )
    assert len(story.interrupts) == interrupts


def test_a_gate_is_idle_when_nothing_is_open_kept_back_or_timed() -> None:
    assert Driver().gate.idle
    caller_speaks_on = Driver().run(speaking(0), *starts(1.0), interim(1.25, 1, "Stop"))
    assert caller_speaks_on.timers == {}
    assert not caller_speaks_on.gate.idle
    question = AgentText(0.1, "Shall I book Friday?")
    answered = Driver().run(speaking(0.2), question, *starts(1.6), *stops(1.9), final(2.3, 1, "Yeah."))
    assert answered.timers == {}
    assert not answered.gate.idle
    stopped_for_nothing = Gate(CONFIG)
    begun = [decision for event in (speaking(0), *starts(1.0)) for decision in stopped_for_nothing.feed(event)]
    timer = next(decision.timer for decision in begun if isinstance(decision, SetTimer))
    for event in (TimerFired(1.8, timer), listening(1.85), *stops(2.0), final(2.5, 1, "")):
        stopped_for_nothing.feed(event)
    assert not stopped_for_nothing.idle, "it is about to take up again"


DOUBTFUL = "You have."
"""With a confidence of 0.5: content, unless an acknowledgement came just before."""


@pytest.mark.parametrize(
    "first",
    [
        (interim(1.25, 1, "Okay"), *stops(1.5), final(2.0, 2, "")),
        (*stops(1.3, delay=0.1), final(2.0, 2, "Damn.", confidence=0.1)),
    ],
)
def test_only_a_final_acknowledgement_makes_the_next_sound_likely_to_be_one(first: tuple[Event, ...]) -> None:
    story = Driver().run(
        speaking(0), *starts(1.0), *first, *starts(3.0), *stops(3.25), final(4.0, 3, DOUBTFUL, confidence=0.5)
    )
    assert [decision.at for decision in story.interrupts] == [4.0]


def test_what_follows_an_acknowledgement_in_one_breath_may_be_another_one() -> None:
    story = Driver().run(
        speaking(0), *starts(1.0), final(1.4, 1, "Okay."), final(1.75, 2, DOUBTFUL, confidence=0.5), *stops(1.8)
    )
    assert story.interrupts == []


def test_a_caller_who_begins_at_the_same_moment_began_in_silence() -> None:
    story = Driver().run(CallerStarted(1.0, 1.0), speaking(1.0), *stops(1.25), final(1.75, 1, "Yeah."), listening(9.0))
    assert story.reached_session == [1]


@pytest.mark.parametrize(("at", "reached"), [(4.0, [1]), (4.25, [])])
def test_late_words_belong_to_the_silence_only_for_a_while(at: float, reached: list[int]) -> None:
    story = Driver().run(
        *(listening(0), *starts(1.0), *stops(1.5), speaking(2.0), final(at, 1, "Yeah."), listening(9.0))
    )
    assert story.reached_session == reached


@pytest.mark.parametrize(
    ("text", "at", "dropped"),
    [("friday", 4.5, [2]), ("Friday.", 4.75, []), ("Monday.", 2.5, []), ("Friday. Monday.", 2.5, [])],
)
def test_only_the_same_final_within_a_while_is_a_repeat(text: str, at: float, dropped: list[int]) -> None:
    story = Driver().run(
        *(listening(0), *starts(1.0), *stops(1.4), final(2.0, 1, "Friday.")),
        *(thinking(2.25), final(at, 2, text)),
        close_at=9.0,
    )
    assert [key for d in story.decisions if isinstance(d, Drop) and d.rule == "repeat" for key in d.keys] == dropped
    assert story.reached_session == [key for key in (1, 2) if key not in dropped]


def test_a_repeat_that_the_caller_has_begun_to_say_is_none() -> None:
    story = Driver().run(
        *(listening(0), *starts(1.0), *stops(1.4), final(2.0, 1, "Friday."), *starts(2.1), thinking(2.25)),
        final(2.5, 2, "Friday."),
    )
    assert story.reached_session == [1, 2]


def test_nothing_happens_when_speech_can_be_interrupted_again_over_which_nobody_spoke() -> None:
    story = Driver().run(speaking(0, interruptible=False), speaking(5.0), listening(9.0))
    assert (story.decisions, story.gate.idle) == ([], True)


def test_an_answer_that_the_end_of_grace_cut_in_for_is_a_turn() -> None:
    question = AgentText(0.0, "Shall I book it? You will get a message with the address.")
    story = Driver().run(
        *(question, speaking(0.1), *starts(1.3), listening(1.8), *stops(1.9), final(2.4, 1, "Yeah.")),
        *(thinking(3.0), listening(4.0)),
    )
    assert story.told == ["interrupt grace", "pass 1 silence"]


OPENING_HOURS = (interim(1.95, 8, "Opening hours"), interim(2.25, 9, "Opening hours today"))


@pytest.mark.parametrize(
    ("line", "stops_at"),
    [
        ((CallerHushed(0.5), CallerStarted(1.1, 1.0), CallerAudible(1.25)), 2.25),
        ((CallerHushed(0.5), CallerStarted(1.1, 1.0), CallerHushed(1.125), CallerAudible(1.25)), 2.25),
        (
            (CallerHushed(0.5), CallerStarted(1.1, 1.0), CallerAudible(1.25), CallerHushed(1.3), CallerAudible(1.4)),
            2.25,
        ),
        ((CallerHushed(0.5), CallerStarted(1.1, 1.0), interim(1.2, 1, "Oh"), CallerAudible(1.25)), 1.95),
        ((CallerAudible(1.0), CallerStarted(1.1, 1.0), CallerAudible(1.25)), 1.95),
        ((CallerAudible(1.0), CallerStarted(1.1, 1.0), CallerHushed(1.15), CallerAudible(1.25)), 2.25),
    ],
)
def test_a_caller_speaks_from_when_the_line_is_loud(line: tuple[Event, ...], stops_at: float) -> None:
    story = Driver(grace=2.0).run(speaking(0), *line, *OPENING_HOURS)
    assert [decision.at for decision in story.interrupts] == [stops_at]


def test_a_caller_who_goes_on_after_a_pause_without_words_is_not_waited_for_as_long_again() -> None:
    line = (CallerStarted(1.1, 1.0), CallerHushed(2.0), CallerAudible(2.15))
    story = Driver(grace=1.0).run(speaking(0), *line)
    assert [decision.at for decision in story.interrupts] == [pytest.approx(2.35)]


@pytest.mark.parametrize(
    ("more", "stops_at"),
    [
        ((), [3.3]),
        ((interim(2.5, 2, "Okay right"),), [4.5]),
        ((CallerHushed(3.2),), []),
        ((*stops(3.2),), []),
    ],
)
def test_a_caller_who_goes_on_while_the_recogniser_is_stuck_stops_the_agent(
    more: tuple[Event, ...], stops_at: list[float]
) -> None:
    story = Driver().run(speaking(0), *starts(1.0), interim(1.3, 1, "Okay"), *more)
    assert [decision.at for decision in story.interrupts] == [pytest.approx(at) for at in stops_at]


def test_words_that_no_vad_noticed_are_over_after_a_while() -> None:
    story = Driver().run(speaking(0), interim(1.25, 1, "Okay"))
    assert story.told == ["hold 1 soft_ack", "drop 1 late"]
    (record,) = story.records
    assert (record.onset, record.offset, record.decided_at) == (1.25, 1.25, 3.75)


@pytest.mark.parametrize(("offset", "in_record"), [(1.5, 1.5), (2.75, 2.5)])
def test_words_of_the_silence_are_journalled_as_long_as_they_were_said(offset: float, in_record: float) -> None:
    ended = CallerStopped(1.9, offset)
    story = Driver().run(listening(0), *starts(1.0), ended, speaking(2.0), final(2.5, 1, "Yeah."), listening(9.0))
    assert [(record.onset, record.offset) for record in story.records] == [(1.0, in_record)]


def test_words_that_go_on_while_the_agent_begins_have_no_end_yet() -> None:
    story = Driver().run(listening(0), *starts(1.0), speaking(2.0), final(2.5, 1, "Yeah."), close_at=3.0)
    assert [(record.onset, record.offset) for record in story.records] == [(1.0, None)]


def test_the_end_of_grace_does_not_judge_what_the_recogniser_has_found_empty() -> None:
    story = Driver().run(speaking(0), *starts(1.0), final(1.3, 1, ""), *stops(1.6), listening(9.0))
    assert story.told == ["drop 1 soft_ack"]


def test_a_stop_without_words_is_taken_up_soon_after_the_callers_sound() -> None:
    story = Driver().run(speaking(0), *starts(1.0), listening(1.5), CallerStopped(2.0, 1.75))
    assert [decision for decision in story.decisions if isinstance(decision, Resume)] == [Resume(3.3, "grace")]


def test_doubtful_content_that_no_vad_noticed_interrupts() -> None:
    story = Driver().run(speaking(0), final(2.0, 1, DOUBTFUL, confidence=0.5))
    assert [decision.at for decision in story.interrupts] == [2.0]


def test_words_of_a_caller_whom_no_vad_has_noticed_are_an_overlap_that_ends_by_itself() -> None:
    gate = Gate(CONFIG)
    gate.feed(speaking(0))
    decisions = gate.feed(interim(1.0, 1, "Okay"))
    assert [decision.due for decision in decisions if isinstance(decision, SetTimer)] == [3.5]


def test_a_caller_is_taken_to_be_audible_where_no_level_has_been_told() -> None:
    story = Driver().run(speaking(0), CallerStarted(1.1, 1.0))
    assert story.told == ["interrupt grace"]

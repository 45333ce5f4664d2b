"""Each rule by itself, on both sides of each of its limits."""

from dataclasses import replace
from math import inf, nextafter
from typing import Any

import pytest

from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.events import Impression, Transcript
from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.overlap_record import Heard
from callagent.turns.gate.questions import Questions
from callagent.turns.gate.rules import RULES, Reaction, Situation
from callagent.turns.gate.rules.acknowledgement import acknowledgement
from callagent.turns.gate.rules.answer import answer
from callagent.turns.gate.rules.aside import aside
from callagent.turns.gate.rules.command import command
from callagent.turns.gate.rules.content import content
from callagent.turns.gate.rules.echo import echo
from callagent.turns.gate.rules.grace import grace
from callagent.turns.gate.rules.silence import silence
from tests.turns.driver import CONFIG, LEXICON

BRIEF_MORE, CONFIRMED_LESS, UNSURE_LESS, UNMISTAKABLE = 0.2, 0.1, 0.2, 0.65
FIRM_MORE, BRIEF_FINAL_MORE, HOPELESS = 0.2, 0.4, 0.5
ENOUGH, SURE_MORE, WORD, AGAIN, EACH_SECOND = 0.65, 0.45, 0.2, 0.1, 0.4
UNSURE_NEEDS_S, EARLIEST_S, SHORT_SPEECH_S, UNSURE_S, ONCE_S = 0.7, 0.3, 0.8, 1.2, 0.9
MISHEARD_S, WAITED_S, SURE_WORDS = 2.0, 0.9, 0.25
"""The limits of the rules, written out once more: one that is changed is changed here too."""

INTERRUPT, HOLD, ANSWER, STAND_BY, DROP, PASS = Reaction
NEEDED = CONFIG.min_confidence
FIRM = NEEDED + FIRM_MORE
A_BIT = 1e-6
PLENTY_S = 0.6
PLENTY_ONCE = NEEDED + 0.75 - WORD - EACH_SECOND * PLENTY_S
"""Confidence that three words need then to count at once."""
LONG = NEEDED + ENOUGH - EACH_SECOND
"""Confidence that two words need after a second."""
SOON_S = (ENOUGH - SURE_MORE + WORD - AGAIN) / EACH_SECOND
"""Seconds after which one sure word is enough that is heard twice."""
SAID = "We are open from nine to six."
ASIDE = "Hold on, I'm on the phone."


def below(value: float) -> float:
    return nextafter(value, -inf)


def above(value: float) -> float:
    return nextafter(value, inf)


def overlap(**state: Any) -> Overlap:
    """One that began at 0."""
    return Overlap(**{"onset": 0.0, "began_at": 0.1, **state})


def situation(
    text: str,
    at: float,
    *,
    final: bool = False,
    confidence: float | None = 0.9,
    over: Overlap | None = None,
    active: bool = True,
    question: bool = False,
    sound: Impression | None = None,
    **config: Any,
) -> Situation:
    """A transcript, `at` seconds after the caller's first sample; the agent says `SAID`, or has asked a question."""
    speech = AgentSpeech(Questions())
    speech.add(0.0, "Shall I?" if question else SAID)
    speech.sounding(-5.0 if question else 0.0)
    return Situation(
        now=at,
        active=active,
        speaking=active,
        overlap=overlap() if over is None else over,
        transcript=Transcript(at, 1, text, final, confidence, sound),
        match=LEXICON.match(text, final=final),
        speech=speech,
        config=replace(CONFIG, **config),
    )


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_a_rule_says_nothing_where_it_knows_nothing(name: str, rule: Any) -> None:
    known = situation("Opening hours", 2.0)
    assert rule(known._replace(match=None, transcript=None, overlap=None)) is None


@pytest.mark.parametrize("rule", [answer, acknowledgement, content, command])
@pytest.mark.parametrize("text", ["Okay", "Opening hours", "Stop", "..."])
def test_a_rule_about_words_needs_an_overlap(rule: Any, text: str) -> None:
    assert rule(situation(text, 2.0, final=True)._replace(overlap=None)) is None


@pytest.mark.parametrize("rule", [acknowledgement, content, command, aside, echo])
@pytest.mark.parametrize("text", ["Okay", "Opening hours", "Stop", ASIDE, "..."])
def test_a_rule_about_words_needs_words(rule: Any, text: str) -> None:
    known = situation(text, 2.0, echo_guard=True)
    assert rule(known._replace(transcript=None)) is None
    assert rule(known._replace(match=None)) is None


@pytest.mark.parametrize(
    ("words", "confidence", "seconds", "before", "reaction"),
    [
        ("Opening hours", LONG + A_BIT, 1.0, "", INTERRUPT),
        ("Opening hours", LONG - A_BIT, 1.0, "", HOLD),
        ("Opening hours", LONG - A_BIT, 5.0, "", HOLD),
        ("Opening hours", LONG - AGAIN + A_BIT, 1.0, "opening", INTERRUPT),
        ("Opening hours", LONG - AGAIN - A_BIT, 1.0, "opening", HOLD),
        ("Opening hours", LONG - AGAIN + A_BIT, 1.0, "hours", HOLD),
        ("Opening hours", 0.0, UNSURE_S, "opening", INTERRUPT),
        ("Opening hours", 0.0, below(UNSURE_S), "opening", HOLD),
        ("Opening hours", 0.0, UNSURE_S, "hours", HOLD),
        ("Opening hours today", LONG - WORD + A_BIT, 1.0, "", INTERRUPT),
        ("Opening hours today", LONG - WORD - A_BIT, 1.0, "", HOLD),
        ("Opening hours on Sunday", LONG - 2 * WORD + A_BIT, 1.0, "", INTERRUPT),
        ("Opening hours on a Sunday", LONG - 2 * WORD - A_BIT, 1.0, "", HOLD),
        ("Opening", 0.9, SOON_S + A_BIT, "opening", INTERRUPT),
        ("Opening", 1.0, SOON_S - A_BIT, "opening", HOLD),
        ("Opening", None, SOON_S + A_BIT, "opening", INTERRUPT),
        ("Opening hours", 0.75, ONCE_S, "", INTERRUPT),
        ("Opening hours", 0.75, below(ONCE_S), "", HOLD),
        ("Opening hours today", PLENTY_ONCE + A_BIT, PLENTY_S, "", INTERRUPT),
        ("Opening hours today", PLENTY_ONCE - A_BIT, PLENTY_S, "", HOLD),
        ("Opening hours today", 0.9, below(PLENTY_S), "", HOLD),
        ("Opening hours on Sunday", 0.9, EARLIEST_S, "opening", INTERRUPT),
        ("Opening hours on Sunday", 0.9, below(EARLIEST_S), "opening", HOLD),
        ("Opening", 0.9, 5.0, "", HOLD),
        ("Opening", LONG + WORD - AGAIN + A_BIT, 1.0, "opening", INTERRUPT),
        ("Opening", LONG + WORD - AGAIN - A_BIT, 1.0, "opening", HOLD),
        ("Opening", 0.9, 5.0, "hours opening", HOLD),
        ("Shops", 0.9, 1.0, "shops", INTERRUPT),
        ("Shop", 1.0, 5.0, "shop", HOLD),
        ("Shop shut", 0.9, 1.0, "", INTERRUPT),
        ("\u0422\u0443\u0434\u0430", 0.9, 1.0, "\u0442\u0443\u0434\u0430", INTERRUPT),
        ("Okay opening hours", 0.9, 1.0, "", INTERRUPT),
    ],
)
def test_content_in_an_interim(
    words: str, confidence: float | None, seconds: float, before: str, reaction: Reaction
) -> None:
    over = overlap(last_content=tuple(before.split()))
    assert content(situation(words, seconds, confidence=confidence, over=over)) is reaction


@pytest.mark.parametrize(
    ("words", "confidence", "before", "reaction"),
    [
        ("Opening", NEEDED, "", INTERRUPT),
        ("Opening", below(NEEDED), "", DROP),
        ("Opening", None, "", INTERRUPT),
        ("Opening", below(NEEDED), "opening", INTERRUPT),
        ("Opening hours", below(NEEDED), "", INTERRUPT),
        ("Opening hours", HOPELESS * NEEDED, "", INTERRUPT),
        ("Opening hours", below(HOPELESS * NEEDED), "", DROP),
        ("Opening hours", 0.0, "opening", INTERRUPT),
    ],
)
def test_content_in_a_final(words: str, confidence: float | None, before: str, reaction: Reaction) -> None:
    over = overlap(last_content=tuple(before.split()))
    assert content(situation(words, 2.0, final=True, confidence=confidence, over=over)) is reaction


@pytest.mark.parametrize(
    ("words", "confidence", "seconds", "after_ack", "reaction"),
    [
        ("Opening", below(NEEDED), below(SHORT_SPEECH_S), False, ANSWER),
        ("Opening", below(NEEDED), SHORT_SPEECH_S, False, INTERRUPT),
        ("Opening", NEEDED, 0.5, False, INTERRUPT),
        ("Opening", NEEDED, 0.5, True, ANSWER),
        ("Opening hours", NEEDED, 0.5, False, INTERRUPT),
        ("Opening hours", NEEDED, 0.5, True, ANSWER),
        ("Opening hours", FIRM, 0.5, True, INTERRUPT),
        ("Opening hours", below(FIRM), 0.5, True, ANSWER),
        ("Opening hours", None, 0.5, True, INTERRUPT),
        ("Opening hours today", NEEDED, 0.5, True, INTERRUPT),
        ("Opening hours", NEEDED, SHORT_SPEECH_S, True, INTERRUPT),
        ("Shop", NEEDED + BRIEF_FINAL_MORE - A_BIT, 0.5, False, ANSWER),
        ("Shop", NEEDED + BRIEF_FINAL_MORE + A_BIT, 0.5, False, INTERRUPT),
        ("Shop", NEEDED, SHORT_SPEECH_S, False, INTERRUPT),
        ("Shops", NEEDED, 0.5, False, INTERRUPT),
    ],
)
def test_a_short_final_may_be_an_acknowledgement_misheard(
    words: str, confidence: float | None, seconds: float, after_ack: bool, reaction: Reaction
) -> None:
    over = overlap(last_content=("opening",), after_ack=after_ack)
    assert content(situation(words, seconds, final=True, confidence=confidence, over=over)) is reaction


@pytest.mark.parametrize(("most", "reaction"), [(1, INTERRUPT), (2, HOLD)])
def test_how_many_words_are_content_is_a_setting(most: int, reaction: Reaction) -> None:
    assert content(situation("Opening", 1.0, content_words=most)) is reaction


@pytest.mark.parametrize(("rule", "words"), [(content, "Opening hours"), (command, "No"), (command, "Hold on")])
def test_a_recogniser_that_gives_no_confidence_is_trusted_however_strict_the_gate(rule: Any, words: str) -> None:
    assert rule(situation(words, ONCE_S, confidence=None, min_confidence=1.0)) is INTERRUPT


@pytest.mark.parametrize("words", ["Okay", "Stop", ASIDE, "All", "..."])
def test_content_is_nothing_else(words: str) -> None:
    assert content(situation(words, 1.0)) is None


@pytest.mark.parametrize(
    ("words", "confidence", "seconds", "before", "reaction"),
    [
        ("No", NEEDED + BRIEF_MORE, 0.3, "", INTERRUPT),
        ("No", below(NEEDED + BRIEF_MORE), 0.3, "", HOLD),
        ("No", below(NEEDED + BRIEF_MORE), 0.3, "no", HOLD),
        ("But", below(NEEDED + BRIEF_MORE), 0.3, "", HOLD),
        ("Stop", NEEDED, 0.3, "", INTERRUPT),
        ("Stop", below(NEEDED), 0.3, "", HOLD),
        ("Stop", NEEDED - CONFIRMED_LESS, 0.3, "stop", INTERRUPT),
        ("Stop", below(NEEDED - CONFIRMED_LESS), 0.3, "stop", HOLD),
        ("Stop", NEEDED - CONFIRMED_LESS, 0.3, "wait", HOLD),
        ("Stop", NEEDED - UNSURE_LESS, UNSURE_NEEDS_S, "", INTERRUPT),
        ("Stop", below(NEEDED - UNSURE_LESS), UNSURE_NEEDS_S, "", HOLD),
        ("Stop", NEEDED - UNSURE_LESS, below(UNSURE_NEEDS_S), "", HOLD),
        ("No", NEEDED - UNSURE_LESS, UNSURE_NEEDS_S, "", INTERRUPT),
        ("No", None, 0.3, "", INTERRUPT),
        ("Hold on", UNMISTAKABLE, 0.3, "", INTERRUPT),
        ("Hold on", below(UNMISTAKABLE), 0.3, "", HOLD),
        ("Hold on", below(UNMISTAKABLE), 0.3, "hold on", INTERRUPT),
        ("Hold on", None, 0.3, "", INTERRUPT),
    ],
)
def test_a_command_in_an_interim(
    words: str, confidence: float | None, seconds: float, before: str, reaction: Reaction
) -> None:
    over = overlap(last_command=before)
    assert command(situation(words, seconds, confidence=confidence, over=over)) is reaction


@pytest.mark.parametrize("words", ["No.", "Stop.", "Hold on."])
def test_a_command_in_a_final_is_one_however_unsure(words: str) -> None:
    assert command(situation(words, 0.3, final=True, confidence=0.0)) is INTERRUPT


@pytest.mark.parametrize(("confidence", "reaction"), [(NEEDED, INTERRUPT), (below(NEEDED), DROP), (None, INTERRUPT)])
def test_a_huh_has_to_be_sure(confidence: float | None, reaction: Reaction) -> None:
    assert command(situation("Huh?", 0.3, final=True, confidence=confidence)) is reaction


@pytest.mark.parametrize(
    ("words", "guard", "said", "reaction"),
    [
        ("wait for you", True, "I will wait for you.", None),
        ("wait for", True, "I will wait for you.", INTERRUPT),
        ("wait for you", False, "I will wait for you.", INTERRUPT),
        ("wait for you", True, "I will stay.", INTERRUPT),
    ],
)
def test_a_command_in_the_agents_own_words_is_left_to_the_echo_rule(
    words: str, guard: bool, said: str, reaction: Reaction | None
) -> None:
    heard = situation(words, 1.0, final=True, echo_guard=guard)
    heard.speech.add(0.5, said)
    assert command(heard) is reaction


@pytest.mark.parametrize("words", ["Okay", "Opening hours", ASIDE, "..."])
def test_a_command_is_nothing_else(words: str) -> None:
    assert command(situation(words, 1.0, final=True)) is None


@pytest.mark.parametrize(
    ("stopped_by", "is_answer", "words", "final", "reaction"),
    [
        ("command", False, "Um", True, DROP),
        ("command", False, "Um", False, HOLD),
        ("command", False, ASIDE, True, DROP),
        ("command", False, ASIDE, False, HOLD),
        ("command", False, "Okay", True, PASS),
        ("command", False, "...", True, PASS),
        ("command", False, "Opening hours", False, PASS),
        ("grace", False, "Okay", True, DROP),
        ("grace", False, "Okay", False, HOLD),
        ("grace", False, "All", False, HOLD),
        ("grace", False, "...", True, DROP),
        ("grace", False, "Um", True, DROP),
        ("grace", False, "Stop", True, PASS),
        ("grace", False, "Opening hours", True, PASS),
        ("grace", True, "Okay", True, PASS),
        ("grace", True, "Um", True, DROP),
    ],
)
@pytest.mark.parametrize("active", [True, False])
def test_the_rest_of_an_utterance_that_stopped_the_agent(
    stopped_by: str, is_answer: bool, words: str, final: bool, reaction: Reaction, active: bool
) -> None:
    over = overlap(outcome="interrupt", rule=stopped_by, answer=is_answer)
    assert silence(situation(words, 1.0, final=final, over=over, active=active)) is reaction


@pytest.mark.parametrize(
    ("words", "final", "reaction"),
    [
        ("Um", True, DROP),
        ("Um", False, HOLD),
        (ASIDE, True, DROP),
        (ASIDE, False, HOLD),
        ("Okay", True, PASS),
        ("Stop", False, PASS),
        ("Opening hours", True, PASS),
    ],
)
def test_what_is_said_in_silence(words: str, final: bool, reaction: Reaction) -> None:
    alone = situation(words, 1.0, final=final, active=False)
    began_in_silence = alone._replace(overlap=overlap(in_silence=True))
    assert silence(alone._replace(overlap=None)) is reaction
    assert silence(began_in_silence) is reaction
    assert silence(alone) is None, "it began while the agent spoke"
    assert silence(began_in_silence._replace(active=True)) is None


@pytest.mark.parametrize(
    ("words", "in_silence", "question", "reaction"),
    [
        ("Okay", False, False, None),
        ("Okay", True, False, ANSWER),
        ("Okay", False, True, ANSWER),
        ("All", False, True, ANSWER),
        ("Stop", True, True, None),
        ("Opening hours", True, True, None),
        ("...", True, True, None),
    ],
)
def test_an_acknowledgement_answers(words: str, in_silence: bool, question: bool, reaction: Reaction | None) -> None:
    over = overlap(in_silence=in_silence)
    assert answer(situation(words, 1.0, over=over, question=question)) is reaction


@pytest.mark.parametrize(
    ("words", "at", "final", "active", "reaction"),
    [
        ("Okay", 5.0, False, True, HOLD),
        ("All", 5.0, False, True, HOLD),
        ("Okay", CONFIG.answer_window, True, True, HOLD),
        ("Okay", above(CONFIG.answer_window), True, True, DROP),
        ("Okay", 5.0, True, False, HOLD),
        ("...", 0.1, True, True, DROP),
        ("...", 5.0, False, True, HOLD),
        ("Stop", 5.0, True, True, None),
        ("Opening hours", 5.0, True, True, None),
        (ASIDE, 5.0, True, True, None),
    ],
)
def test_an_acknowledgement_is_held_until_it_can_be_no_answer(
    words: str, at: float, final: bool, active: bool, reaction: Reaction | None
) -> None:
    assert acknowledgement(situation(words, at, final=final, active=active)) is reaction


@pytest.mark.parametrize(
    ("words", "final", "mode", "active", "reaction"),
    [
        (ASIDE, True, "ignore", True, DROP),
        (ASIDE, False, "ignore", True, HOLD),
        (ASIDE, True, "hold", True, STAND_BY),
        (ASIDE, False, "hold", True, STAND_BY),
        (ASIDE, True, "hold", False, DROP),
        (ASIDE, False, "hold", False, HOLD),
        ("Hold on", True, "hold", True, None),
        ("Okay", True, "hold", True, None),
    ],
)
def test_an_aside(words: str, final: bool, mode: str, active: bool, reaction: Reaction | None) -> None:
    assert aside(situation(words, 1.0, final=final, asides=mode, active=active)) is reaction


@pytest.mark.parametrize(
    ("words", "final", "guard", "reaction"),
    [
        ("open from nine", True, True, DROP),
        ("open from nine", False, True, HOLD),
        ("open from nine", True, False, None),
        ("open from ten", True, True, None),
        ("...", True, True, None),
    ],
)
def test_an_echo(words: str, final: bool, guard: bool, reaction: Reaction | None) -> None:
    assert echo(situation(words, 1.0, final=final, echo_guard=guard)) is reaction


@pytest.mark.parametrize(
    ("state", "heard", "agent_speaks", "reaction"),
    [
        ({}, "", True, INTERRUPT),
        ({}, " ", True, INTERRUPT),
        ({}, "Okay", True, HOLD),
        ({}, "", False, HOLD),
        ({"speaking": False}, "", True, HOLD),
        ({"audible": False}, "", True, HOLD),
    ],
)
def test_the_end_of_grace(state: dict[str, bool], heard: str, agent_speaks: bool, reaction: Reaction) -> None:
    over = overlap(heard=[Heard(0.2, heard, False, 0.9)], **state)
    ended = situation("", 0.35, over=over)._replace(transcript=None, match=None, speaking=agent_speaks)
    assert grace(ended) is reaction
    assert grace(ended._replace(overlap=None)) is None


def test_the_end_of_grace_is_no_matter_of_words() -> None:
    assert grace(situation("Okay", 0.35)) is None


ACK_SOUND, COUGH_SOUND = Impression(0.95, 0.02, 0.01), Impression(0.03, 0.02, 0.93)
SPEECH_SOUND = Impression(0.02, 0.05, 0.01)


@pytest.mark.parametrize("sound", [ACK_SOUND, COUGH_SOUND])
@pytest.mark.parametrize("before", ["", "opening"])
def test_content_that_sounds_harmless_is_waited_with_for_a_while(sound: Impression, before: str) -> None:
    over = overlap(last_content=(before,) if before else ())
    assert content(situation("Opening hours today", 1.9, confidence=0.65, over=over)) is INTERRUPT
    assert content(situation("Opening hours today", 1.9, confidence=0.65, over=over, sound=sound)) is HOLD


def test_content_that_sounds_harmless_counts_when_it_goes_on() -> None:
    over = overlap(last_content=("opening",))
    assert content(situation("Opening hours", MISHEARD_S, confidence=0.65, over=over, sound=ACK_SOUND)) is INTERRUPT
    assert content(situation("Opening hours", below(MISHEARD_S), confidence=0.65, over=over, sound=ACK_SOUND)) is HOLD


def test_the_words_of_a_final_that_sounds_harmless_are_kept() -> None:
    assert content(situation("Opening hours", 1.5, final=True, confidence=0.65)) is INTERRUPT
    assert content(situation("Opening hours", 1.5, final=True, confidence=0.65, sound=ACK_SOUND)) is ANSWER
    assert content(situation("Opening hours", MISHEARD_S, final=True, confidence=0.65, sound=ACK_SOUND)) is INTERRUPT


def test_content_whose_sound_is_speech_counts_sooner() -> None:
    assert content(situation("Opening hours", 0.5, confidence=0.9)) is HOLD
    assert content(situation("Opening hours", 0.5, confidence=0.9, sound=SPEECH_SOUND)) is INTERRUPT
    assert content(situation("Opening hours", below(EARLIEST_S), confidence=0.9, sound=SPEECH_SOUND)) is HOLD


def test_a_sound_that_may_be_either_leaves_content_as_it_is() -> None:
    undecided = Impression(0.45, 0.1, 0.05)
    for at in (0.5, 1.0):
        with_it, without = (situation("Opening hours", at, confidence=0.9, sound=each) for each in (undecided, None))
        assert content(with_it) is content(without)


def test_a_command_whose_sound_is_speech_needs_no_second_interim() -> None:
    assert command(situation("Stop", 0.3, confidence=0.3)) is HOLD
    assert command(situation("Stop", 0.3, confidence=0.3, sound=SPEECH_SOUND)) is INTERRUPT
    assert command(situation("Stop", 0.3, confidence=0.1, sound=SPEECH_SOUND)) is HOLD


def test_a_command_in_what_sounds_like_an_acknowledgement_is_waited_with_until_the_final() -> None:
    sounds = Impression(0.95, 0.02, 0.01)
    assert command(situation("Stop", 0.5, confidence=0.9, sound=sounds)) is HOLD
    assert command(situation("Stop", 0.5, confidence=0.9, sound=sounds, final=True)) is INTERRUPT
    assert command(situation("Stop", WAITED_S, confidence=0.9, sound=sounds)) is INTERRUPT


@pytest.mark.parametrize(
    ("words", "confidence", "acknowledgement", "reaction"),
    [
        ("Opening hours", NEEDED + SURE_WORDS - A_BIT, 0.75 + A_BIT, ANSWER),
        ("Opening hours", NEEDED + SURE_WORDS - A_BIT, 0.75 - A_BIT, INTERRUPT),
        ("Opening hours", NEEDED + SURE_WORDS, 1.0, INTERRUPT),
        ("Opening hours today", NEEDED, 0.75 + A_BIT, ANSWER),
        ("Opening hours on Sunday", NEEDED, 1.0, INTERRUPT),
    ],
)
def test_words_that_are_sure_or_many_are_what_they_are_whatever_they_sound_like(
    words: str, confidence: float, acknowledgement: float, reaction: Reaction
) -> None:
    said = situation(words, 1.5, final=True, confidence=confidence, sound=Impression(acknowledgement, 0.0, 0.0))
    assert content(said) is reaction


@pytest.mark.parametrize(
    ("acknowledgement", "evidence"), [(0.0, 0.2), (0.4, 0.04), (0.5, 0.0), (0.6, -0.09), (0.7, -0.18)]
)
def test_the_sound_is_evidence_for_content_and_against_it(acknowledgement: float, evidence: float) -> None:
    sound = Impression(acknowledgement, 0.0, 0.0)
    assert content(situation("Opening hours", 1.0, confidence=LONG - evidence + A_BIT, sound=sound)) is INTERRUPT
    assert content(situation("Opening hours", 1.0, confidence=LONG - evidence - A_BIT, sound=sound)) is HOLD


def test_the_sound_bears_out_a_command_that_may_yet_become_something_harmless() -> None:
    said = situation("Stop", 0.3, confidence=0.5)
    assert said.match is not None and said.transcript is not None
    unfinished = said._replace(match=replace(said.match, unfinished=True))
    assert command(unfinished) is HOLD
    borne_out = replace(said.transcript, impression=SPEECH_SOUND)
    assert command(unfinished._replace(transcript=borne_out)) is INTERRUPT

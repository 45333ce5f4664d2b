"""What the agent is saying: where its questions stand in time, what may be its echo, and what is left of it."""

from math import inf, nextafter

import pytest

from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.questions import Questions
from callagent.turns.gate.resumption import unsaid

FASTEST_RATE, SLOWEST_RATE, ECHO_MEMORY_S = 20.0, 13.0, 4.0
"""Written out once more: a limit that is changed is changed here too."""

STATEMENT = "We have a place on Friday. "
QUESTION = "Shall I book it? "
FULL = "It takes forty minutes."


def speech(text: str, began: float = 0.0) -> AgentSpeech:
    spoken = AgentSpeech(Questions())
    spoken.add(began - 0.1, text)
    spoken.sounding(began)
    return spoken


def before(value: float) -> float:
    return nextafter(value, -inf)


def test_nothing_is_asked_before_the_speech_sounds() -> None:
    silent = AgentSpeech(Questions())
    silent.add(0.0, QUESTION)
    assert not silent.question_by(9.0)


def test_a_question_is_asked_from_where_it_begins_at_the_fastest() -> None:
    begins = 2.0 + len(STATEMENT) / FASTEST_RATE
    spoken = speech(STATEMENT + QUESTION, began=2.0)
    assert spoken.question_by(begins + 1e-6)
    assert not spoken.question_by(begins - 1e-6)


def test_a_question_that_begins_the_speech_is_asked_at_once() -> None:
    assert speech(QUESTION).question_by(0.0)


def test_a_full_sentence_behind_it_ends_a_question_at_the_slowest() -> None:
    ends = 2.0 + len(QUESTION + FULL) / SLOWEST_RATE
    spoken = speech(QUESTION + FULL, began=2.0)
    assert spoken.question_by(before(ends - 1e-9))
    assert not spoken.question_by(ends + 1e-9)


@pytest.mark.parametrize("behind", ["Thank you.", "It takes forty minutes", "Okay?"])
def test_what_is_no_full_statement_does_not_end_it(behind: str) -> None:
    assert speech(QUESTION + behind).question_by(60.0)


def test_a_second_question_awaits_its_answer_too() -> None:
    assert speech(f"{QUESTION}{FULL} {QUESTION}").question_by(60.0)


def test_what_is_asked_later_in_the_text_is_not_asked_yet() -> None:
    assert not speech(f"{QUESTION}{FULL} {STATEMENT * 9}{QUESTION}").question_by(8.0)


def test_the_first_sound_counts_and_a_new_speech_begins_after_silence() -> None:
    spoken = speech(QUESTION + FULL)
    spoken.sounding(50.0)
    assert not spoken.question_by(60.0)
    spoken.ended()
    assert not spoken.question_by(60.0)
    spoken.add(70.0, STATEMENT)
    spoken.sounding(70.0)
    assert not spoken.question_by(80.0)


def test_text_that_comes_in_pieces_is_one_speech() -> None:
    spoken = speech("Shall I ")
    assert not spoken.question_by(1.0)
    spoken.add(0.5, "book it?")
    assert spoken.question_by(1.0)


@pytest.mark.parametrize(
    ("statement", "letters"),
    [
        ("これはかなのぶん。", 8 * 1.25 + 1),
        ("今日明日明後日本。", 8 * 1.75 + 1),
        ("Çok iyi bir gün. ", 17),
        ("\u3040\u30ff\u3400\u9fff\uf900\uff71。", 2 * 1.25 + 2 * 1.75 + 3),
    ],
)
def test_characters_of_other_scripts_take_longer(statement: str, letters: float) -> None:
    begins = letters / FASTEST_RATE
    spoken = speech(f"{statement}いいですか？")  # noqa: RUF001 - the mark of Japanese
    assert spoken.question_by(begins + 1e-6)
    assert not spoken.question_by(begins - 1e-6)


@pytest.mark.parametrize(
    ("heard", "echo"),
    [
        ("open from nine", True),
        ("We nine six", True),
        ("Nine, to SIX!", True),
        ("nine from", False),
        ("open at nine", False),
        ("open open", False),
        ("", False),
        ("...", False),
    ],
)
def test_an_echo_is_the_agents_words_in_their_order(heard: str, echo: bool) -> None:
    assert speech("We are open from nine to six.").echoes(heard, 1.0) is echo


def test_an_echo_comes_back_only_for_a_while_after_the_speech() -> None:
    text = "We are open from nine to six."
    spoken = speech(text, began=0.1)
    latest = ECHO_MEMORY_S + len(text) / FASTEST_RATE
    assert spoken.echoes("open", latest)
    assert not spoken.echoes("open", latest + 1e-6)
    spoken.ended()
    assert spoken.echoes("open", ECHO_MEMORY_S)
    assert not spoken.echoes("open", ECHO_MEMORY_S + 1e-6)


def test_an_echo_late_in_the_call_is_one_too() -> None:
    assert speech("We are open.", began=50.0).echoes("open", 51.0)


def test_an_endless_speech_is_remembered_from_its_end() -> None:
    spoken = speech("word " * 4000)
    spoken.add(1.0, "the end")
    assert spoken.echoes("the end", 2.0)
    spoken.add(1.0, "x" * 8000)
    assert not spoken.question_by(9.0)


def test_eight_thousand_characters_are_remembered() -> None:
    spoken = AgentSpeech()
    spoken.add(0.0, "x" * 9000 + " word")
    latest = ECHO_MEMORY_S + 8000 / FASTEST_RATE
    assert spoken.echoes("word", latest)
    assert not spoken.echoes("word", latest + 0.01)


def test_the_last_four_hundred_words_may_come_back_as_echo() -> None:
    spoken = AgentSpeech()
    for number in range(401):
        spoken.add(50.0, f"word{number} ")
    assert spoken.echoes("word1", 51.0)
    assert not spoken.echoes("word0", 51.0)


def test_silence_before_the_first_word_takes_its_time() -> None:
    spoken = speech(f"    {QUESTION}")
    assert not spoken.question_by(before(4 / FASTEST_RATE))
    assert spoken.question_by(4 / FASTEST_RATE)


def test_a_question_is_over_at_the_moment_when_what_follows_is() -> None:
    spoken = speech("Shall I? It takes an hour.")
    assert not spoken.question_by(26 / SLOWEST_RATE)
    assert spoken.question_by(before(26 / SLOWEST_RATE))


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("", "We are open from nine."),
        ("We", "We are open from nine."),
        ("We are op", "open from nine."),
        ("We are open from", "from nine."),
        ("We are open from ni", "nine."),
        ("We are open from nine.", ""),
        ("We are open from nine. And", ""),
        ("We are open from noon.", "nine."),
        ("Oh well, we are open from nine.", ""),
    ],
)
def test_what_is_left_of_a_speech_begins_with_the_word_that_was_cut(said: str, rest: str) -> None:
    assert unsaid("We are open from nine.", said) == rest


def test_nothing_is_left_of_nothing() -> None:
    assert unsaid("", "") == ""

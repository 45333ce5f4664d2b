import pytest

from callagent.journal import CallEnded, CallJournal, GateDecided, Head, Line, Meaning, Utterance
from callagent.profile import load_profile
from callagent.scripted_calls.tuning.candidate import Trial
from callagent.scripted_calls.tuning.unlabelled import judged
from callagent.turns import GateConfig, Lexicon, OverlapRecord
from callagent.turns.gate.events import AgentState, CallerStarted, CallerStopped, Event, Transcript
from tests.scripted_calls.tuning.journals import Said, journal_of


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return GateConfig.from_profile(load_profile("en-US", env={})).lexicon


def speech(start: float, end: float) -> list[Event]:
    return [CallerStarted(start + 0.1, start), CallerStopped(end + 0.5, end)]


def said(at: float, key: int, text: str) -> Transcript:
    return Transcript(at, key, text, True)


def real(*lines: Line) -> CallJournal:
    return CallJournal(Head("AJ_1", "en-US", "real"), [*lines, CallEnded(60.0, "caller hung up")])


@pytest.mark.parametrize(
    ("text", "over", "silent"),
    [
        ("Okay.", "acknowledgement", "turn"),
        ("Um", "tic", "tic"),
        ("", "tic", "tic"),
        ("No, stop.", "interruption", "turn"),
        ("On Friday at ten.", "interruption", "turn"),
        ("Hold on, I'm on the phone.", "aside", "aside"),
    ],
)
def test_what_was_said_means_what_the_lexicon_takes_it_for(
    lexicon: Lexicon, text: str, over: Meaning, silent: Meaning
) -> None:
    for state, meaning in (("speaking", over), ("listening", silent)):
        lines = [AgentState(0.0, state), *speech(1.0, 2.0), said(2.6, 1, text)]  # type: ignore[arg-type]  # a state
        found = judged([real(*lines)], lexicon)
        assert found.journals[0].utterances == [Utterance(1.0, 2.0, text, meaning)]
        assert found.counts == ({meaning: 1} if state == "speaking" else {})


def test_the_echo_of_the_agent_means_nothing(lexicon: Lexicon) -> None:
    echo = GateDecided.of(OverlapRecord(1.02, 2.0, 2.6, "drop", "echo", ()))
    lines = [AgentState(0.0, "speaking"), *speech(1.0, 2.0), said(2.6, 1, "We are open."), echo]
    assert [each.meaning for each in judged([real(*lines)], lexicon).journals[0].utterances] == [None]


def test_a_real_call_can_be_tried(lexicon: Lexicon) -> None:
    by_hand = journal_of(Said(10, "Okay.", "acknowledgement"), Said(20, "No, stop.", "interruption"))
    found = judged([real(*by_hand.events)], lexicon)
    (journal,) = found.journals
    assert [(each.text, each.meaning) for each in journal.utterances[1:]] == [
        ("Okay.", "acknowledgement"),
        ("No, stop.", "interruption"),
    ]
    assert Trial(journal).overlaps == 2
    assert "1 call is a real one, of which nobody has said" in found.note
    assert "(acknowledgements: 1, tics: 0, interruptions: 1)" in found.note


def test_what_is_labelled_stays_as_it_is(lexicon: Lexicon) -> None:
    by_hand = journal_of(Said(10, "Okay.", "interruption"))
    found = judged([by_hand], lexicon)
    assert (found.journals, found.real, found.note) == ([by_hand], 0, "")

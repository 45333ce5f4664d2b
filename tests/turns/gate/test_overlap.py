"""One overlap: what it remembers, what is decided about it, and the finals that wait for their fate."""

import pytest

from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.turns.gate.decisions import CancelTimer, Decision, Deliver, Drop, Journal, SetTimer, Timers
from callagent.turns.gate.events import Transcript
from callagent.turns.gate.held_finals import Waiting, WaitingRoom
from callagent.turns.gate.overlap import Overlap
from callagent.turns.gate.overlap_record import Heard, OverlapRecord
from callagent.turns.gate.questions import Questions

WINDOW = 0.75


def overlap(onset: float = 1.0) -> Overlap:
    return Overlap(onset=onset, began_at=onset + 0.1)


def heard(at: float, text: str, *, final: bool = False) -> Transcript:
    return Transcript(at, 1, text, final, 0.5)


def test_speech_lasts_until_now_or_until_its_end() -> None:
    over = overlap()
    assert over.speech_seconds(1.5) == 0.5
    over.loud_from = 1.25
    assert over.speech_seconds(1.5) == 0.25
    over.offset = 1.375
    assert over.speech_seconds(9.0) == 0.125


def test_only_the_latest_interim_is_kept_back() -> None:
    over = overlap()
    assert over.hold_interim(0) == ()
    assert over.hold_interim(4) == (0,)
    assert over.take_interim() == (4,)
    assert over.take_interim() == ()


@pytest.mark.parametrize(
    ("outcomes", "counts"),
    [
        (["drop", "deliver"], "drop"),
        (["drop", "interrupt"], "interrupt"),
        (["interrupt", "drop"], "interrupt"),
        (["deliver", "pass"], "deliver"),
    ],
)
def test_the_first_decision_counts_but_an_interruption_overrules_it(outcomes: list[str], counts: str) -> None:
    over = overlap()
    for at, outcome in enumerate(outcomes):
        over.decide(float(at), outcome, f"rule {outcome}")  # type: ignore[arg-type]  # names of outcomes
    assert (over.outcome, over.rule, over.decided_at) == (counts, f"rule {counts}", float(outcomes.index(counts)))


def test_the_first_interruption_stays() -> None:
    over = overlap()
    over.decide(1.0, "interrupt", "grace")
    over.decide(2.0, "interrupt", "content")
    assert (over.rule, over.decided_at) == ("grace", 1.0)


def test_a_record_is_left_once_it_is_closed_decided_and_nothing_waits() -> None:
    over = overlap()
    out: list[Decision] = []
    for state in ({"closed": True}, {"outcome": "drop", "pending": 1}, {"closed": False, "pending": 0}):
        for name, value in state.items():
            setattr(over, name, value)
        over.leave_record(out)
    assert out == []
    over.closed = True
    over.leave_record(out)
    assert [type(decision) for decision in out] == [Journal]


def test_an_overlap_that_is_open_leaves_no_record() -> None:
    over, out = overlap(), list[Decision]()
    over.decide(1.0, "drop", "soft_ack")
    over.leave_record(out)
    assert out == []


def test_the_journal_keeps_the_first_words_and_the_last_ones() -> None:
    over = overlap()
    for number in range(66):
        over.note(heard(float(number), f"{number}"))
    assert [words.text for words in over.heard] == [*map(str, range(63)), "65"]
    assert over.last_heard == "65"


def test_the_journal_keeps_the_beginning_of_endless_words() -> None:
    over = overlap()
    over.note(heard(1.0, "x" * 501))
    assert over.last_heard == "x" * 500


def record(*words: Heard, onset: float = 1.0, decided_at: float = 1.25) -> OverlapRecord:
    return OverlapRecord(onset, None, decided_at, "drop", "soft_ack", words)


def test_the_text_of_a_record_is_that_of_its_finals() -> None:
    interim, empty = Heard(1.1, "Ok", False, None), Heard(1.2, "", True, None)
    finals = Heard(1.3, "Okay.", True, 0.5), Heard(1.4, "Yes.", True, 0.5)
    assert record(interim, *finals).text == "Okay. Yes."
    assert record(empty, interim).text == "Ok"
    assert record(interim, empty).text == ""
    assert record().text == ""


def test_a_record_as_fields() -> None:
    over = overlap(1.00049)
    over.note(heard(1.20049, "Okay.", final=True))
    over.decide(1.25149, "drop", "soft_ack")
    over.offset, over.silent_at = 1.40049, None
    told = over.record()
    assert told is not None
    assert told.as_dict() == {
        **{"at": 1.251, "heard": "Okay.", "decision": "drop", "rule": "soft_ack", "reaction_ms": 251},
        **{"onset": 1.0, "offset": 1.4, "silent_at": None},
        "transcripts": [{"at": 1.2, "text": "Okay.", "final": True, "confidence": 0.5}],
    }
    assert overlap().record() is None


class Room:
    """A waiting room, its timers and its decisions."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.room = WaitingRoom(self.timers, WINDOW)
        self.out: list[Decision] = []

    def add(self, key: int, onset: float, *, answer: bool = False, barred: bool = False) -> Overlap:
        over = overlap(onset)
        over.closed = True
        self.room.add(Waiting(key, onset, answer, "soft_ack", over, barred), self.out)
        return over

    def window_over(self, at: float, speech: AgentSpeech | None = None) -> list[Decision]:
        self.out.clear()
        self.timers.fired(next(iter(self.due()), 0))
        self.room.window_over(at, speech or AgentSpeech(), self.out)
        return [decision for decision in self.out if isinstance(decision, Drop)]

    def due(self) -> dict[int, float]:
        """The timers that were set and not cancelled."""
        running = {decision.timer: decision.due for decision in self.out if isinstance(decision, SetTimer)}
        for decision in self.out:
            if isinstance(decision, CancelTimer):
                running.pop(decision.timer, None)
        return running


def asking(at: float) -> AgentSpeech:
    speech = AgentSpeech(Questions())
    speech.add(at, "Shall I?")
    speech.sounding(at)
    return speech


def test_the_window_of_the_first_that_is_no_answer_is_timed() -> None:
    room = Room()
    room.add(1, 1.0, answer=True)
    assert room.due() == {}
    room.add(2, 3.0)
    room.add(3, 2.0)
    assert list(room.due().values()) == [2.0 + WINDOW]


def test_what_began_before_the_window_is_dropped_and_the_next_is_timed() -> None:
    room = Room()
    first, second = room.add(1, 1.0), room.add(2, 1.5)
    assert room.window_over(1.0 + WINDOW) == [Drop(1.0 + WINDOW, "soft_ack", (1,))]
    assert list(room.due().values()) == [1.5 + WINDOW]
    assert (first.pending, second.pending, len(room.room)) == (0, 1, 1)
    assert (first.outcome, second.outcome) == ("drop", None)


def test_what_answers_a_question_is_kept_beyond_the_window() -> None:
    room = Room()
    room.add(1, 1.0)
    room.add(2, 1.25, answer=True)
    assert room.window_over(9.0, asking(0.5)) == []
    room.room.give_out(10.0, "answer", room.out)
    assert [decision for decision in room.out if isinstance(decision, Deliver)] == [
        Deliver(10.0, "answer", (1,)),
        Deliver(10.0, "answer", (2,)),
    ]


@pytest.mark.parametrize(("ends", "answer"), [(1.0 + WINDOW, True), (1.0 + WINDOW + 0.01, False)])
def test_what_began_within_the_window_of_the_agents_end_answers(ends: float, answer: bool) -> None:
    room = Room()
    room.add(1, 1.0)
    room.room.agent_ended(ends, AgentSpeech())
    room.out.clear()
    room.room.give_out(ends, "answer", room.out)
    assert isinstance(room.out[0], Deliver if answer else Drop)


def test_what_answers_a_question_answers_when_the_agent_ends_much_later() -> None:
    room = Room()
    over = room.add(1, 1.0)
    room.room.agent_ended(9.0, asking(0.5))
    room.out.clear()
    room.room.give_out(9.0, "answer", room.out)
    assert room.out[0] == Deliver(9.0, "answer", (1,))
    assert (over.outcome, over.pending, len(room.room)) == ("deliver", 0, 0)
    assert isinstance(room.out[1], Journal)


def test_an_answer_stays_one() -> None:
    room = Room()
    room.add(1, 1.0, answer=True)
    room.room.agent_ended(9.0, AgentSpeech())
    room.room.window_over(9.0, AgentSpeech(), room.out)
    assert len(room.room) == 1


def test_the_first_that_would_have_stopped_the_agent_is_found() -> None:
    room = Room()
    room.add(1, 1.0)
    assert room.room.barred() is None
    room.add(2, 1.5, barred=True)
    room.add(3, 2.0, barred=True)
    barred = room.room.barred()
    assert barred is not None and barred.key == 2

from callagent.journal import CallJournal
from callagent.scripted_calls.tuning.candidate import Trial
from callagent.scripted_calls.tuning.grid import Setting, grid_around
from callagent.scripted_calls.tuning.tradeoff import Tradeoff, sweep
from callagent.turns.gate.events import AgentState
from tests.scripted_calls.tuning.journals import Said, journal_of
from tests.turns.driver import CONFIG

NOW = Setting(grace=0.35, content_words=2, min_confidence=0.45, answer_window=0.7, activation_threshold=0.5)


def swept(*journals: CallJournal, now: Setting = NOW) -> Tradeoff:
    return sweep([Trial(journal) for journal in journals], CONFIG, now, grid_around(now))


def test_the_shortest_grace_that_a_slow_recogniser_needs_is_recommended() -> None:
    # The words of an acknowledgement come 0.72 s after its first sample, 0.62 s after the VAD's report: a grace of
    # 0.6 s stops the agent at 0.70 s, one of 0.65 s is the first to wait. The interruption has no words in time; to
    # a recogniser that has needed 0.2 s no grace is shorter than 0.25 s.
    slow = Said(10, "Okay.", "acknowledgement", words_after=0.72, length=1.0)
    long = Said(20, "could you tell me about", "interruption", length=3.0, interim=False)
    tradeoff = swept(journal_of(slow), journal_of(long))
    best = tradeoff.recommended
    assert best is not None
    assert (best.setting.grace, best.figures.talk_through, best.figures.p95) == (0.65, 1.0, 0.75)
    assert (tradeoff.current.figures.talk_through, tradeoff.current.figures.p95) == (0.0, 0.45)
    assert [point.figures.p95 for point in tradeoff.front] == [0.35, 0.75]
    assert set(tradeoff.idle) == {"content_words", "min_confidence", "answer_window"}


def test_a_misheard_acknowledgement_asks_for_more_confidence() -> None:
    unsure = Said(10, "Bicycle", "acknowledgement", sure=0.5, length=0.3, interim=False)
    stop = Said(20, "Stop.", "interruption")
    best = swept(journal_of(unsure, stop)).recommended
    assert best is not None
    assert best.setting == Setting(0.35, 2, 0.55, 0.7, 0.5)


def test_of_equal_settings_the_current_one_is_kept() -> None:
    now = Setting(0.42, 3, 0.5, 0.8, 0.5)
    tradeoff = swept(journal_of(Said(10, "Okay.", "acknowledgement"), Said(20, "Stop.", "interruption")), now=now)
    assert tradeoff.recommended is not None
    assert tradeoff.recommended.setting == now
    assert tradeoff.better_than_current == 0


def test_nothing_is_recommended_when_an_interruption_is_always_missed() -> None:
    journal = journal_of(Said(10, "Okay.", "acknowledgement"), Said(20, "Okay.", "interruption"))
    tradeoff = swept(journal)
    assert tradeoff.recommended is None
    assert (tradeoff.current.figures.missed, tradeoff.interruptions) == (1, 1)


def test_nothing_is_recommended_without_something_to_weigh() -> None:
    assert swept(journal_of(Said(10, "Okay.", "acknowledgement"))).recommended is None
    assert swept(journal_of(Said(10, "Stop.", "interruption"))).recommended is None


def test_the_agent_is_taken_to_talk_on_where_the_calls_own_gate_stopped_it() -> None:
    # In the call the agent stopped at 10.2 s, before any words; a longer grace would have heard "stop" at 10.9 s.
    stopped = [AgentState(10.21, "listening"), AgentState(13.0, "speaking")]
    journal = journal_of(Said(10, "stop", "interruption", words_after=0.9, length=1.5), stops=[10.2], extra=stopped)
    tradeoff = swept(journal, now=Setting(0.8, 2, 0.45, 0.7, 0.5))
    assert (tradeoff.interruptions, tradeoff.current.figures.p95) == (1, 0.9)


def test_an_agent_that_ends_by_itself_says_nothing_about_an_interruption() -> None:
    journal = journal_of(Said(10, "could you", "interruption"), extra=[AgentState(10.5, "listening")])
    assert Trial(journal).overlaps == 0


def test_what_is_said_in_silence_is_no_overlap() -> None:
    silent = [AgentState(5, "listening"), AgentState(20, "speaking")]
    assert Trial(journal_of(Said(10, "Okay.", "acknowledgement"), extra=silent)).overlaps == 0


def test_a_turn_that_a_setting_drops_is_lost() -> None:
    journal = journal_of(
        Said(10, "Okay.", "acknowledgement"),
        Said(20, "Stop.", "interruption"),
        Said(59, "Yeah.", "turn"),
        extra=[AgentState(60, "listening")],
    )
    now = Setting(0.35, 2, 0.45, 1.5, 0.5)
    lost = {point.setting.answer_window: point.figures.lost for point in swept(journal, now=now).points}
    assert lost[1.5] == 0
    assert 1 in lost.values()

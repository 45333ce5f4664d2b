"""Every cell of the table of endings, as it is meant."""

import itertools

import pytest
from livekit.agents import CloseReason

from callagent.agent.call_limits import Why
from callagent.journal.endings import (
    AGENT_ENDED,
    ENDINGS,
    HAPPENINGS,
    SESSION_CLOSED,
    TABLE,
    UNANSWERED,
    WORDS,
    Happening,
    State,
    after,
    words_of,
)

CELLS = """
event               | open             | handed over    | ended          | known for sure
caller left         | caller hung up   | transferred    | =              | =
another party left  | =                | transferred    | =              | =
agent hung up       | agent hung up    | =              | =              | =
agent left          | agent left       | =              | =              | =
session failed      | error            | =              | =              | =
job failed          | error            | error          | =              | =
job shut down       | worker stopped   | =              | =              | =
worker stopped      | worker stopped   | worker stopped | worker stopped | =
room gone           | room closed      | room closed    | room closed    | =
connection lost     | room closed      | room closed    | =              | =
nobody knows        | worker stopped   | worker stopped | =              | =
no caller came      | no caller came   | =              | =              | =
machine answered    | machine answered | =              | =              | =
handed over         | handed over      | =              | =              | =
transfer accepted   | transferred      | transferred    | transferred    | =
time is up          | timeout          | =              | =              | =
unanswered          | itself           | =              | itself         | =
"""
"""`=`: it changes nothing."""

SURE: tuple[State, ...] = ("transferred", "agent left", *UNANSWERED)

COLUMNS: dict[str, tuple[State, ...]] = {
    "open": ("open",),
    "handed over": ("handed over",),
    "ended": tuple(ending for ending in ENDINGS if ending not in SURE),
    "known for sure": SURE,
}

KNOWS_BETTER: tuple[Happening, ...] = ("worker stopped", "room gone", "transfer accepted", *UNANSWERED)


def cells() -> dict[tuple[State, Happening], str]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in CELLS.strip().splitlines())
    found: dict[tuple[State, Happening], str] = {}
    for event, *meant in rows:
        for column, cell in zip(head[1:], meant, strict=True):
            names = UNANSWERED if event == "unanswered" else [each for each in HAPPENINGS if each == event]
            for state, name in itertools.product(COLUMNS[column], names):
                found[state, name] = {"=": state, "itself": name}.get(cell, cell)
    return found


def test_the_cells_are_all_states_and_all_events() -> None:
    assert set(cells()) == set(itertools.product(TABLE, HAPPENINGS))
    assert set(TABLE) == {"open", "handed over", *ENDINGS}


@pytest.mark.parametrize("event", HAPPENINGS)
def test_each_event_makes_of_each_state_what_is_meant(event: Happening) -> None:
    meant = {state: cell for (state, each), cell in cells().items() if each == event}
    assert {state: after(state, event) for state in TABLE} == meant


@pytest.mark.parametrize(
    "event", [each for each in HAPPENINGS if each not in ("handed over", "agent left", *KNOWS_BETTER)]
)
def test_who_knows_better_does_so_before_and_afterwards(event: Happening) -> None:
    for better in KNOWS_BETTER:
        assert after(after("open", event), better) == after(after("open", better), event)


@pytest.mark.parametrize(
    ("event", "other"),
    [("transfer accepted", "worker stopped"), ("transfer accepted", "room gone"), ("busy", "worker stopped")],
)
def test_of_two_that_know_better_one_always_counts(event: Happening, other: Happening) -> None:
    assert after(after("open", event), other) == after(after("open", other), event) == after("open", event)


def test_every_ending_has_its_words_and_a_call_that_goes_on_has_none() -> None:
    assert set(WORDS) == set(ENDINGS)
    assert (words_of("open"), words_of("handed over")) == (None, None)
    assert words_of("busy") == WORDS["busy"]


def test_the_record_knows_one_word_for_nobody_answered_and_the_attempt_all() -> None:
    assert {WORDS[each].record for each in UNANSWERED} == {"not answered"}
    assert [WORDS[each].attempt for each in UNANSWERED] == list(UNANSWERED)


def test_every_way_to_close_a_session_ends_an_open_call() -> None:
    assert set(SESSION_CLOSED) == {reason.value for reason in CloseReason}
    assert {words_of(after("open", event)) is None for event in SESSION_CLOSED.values()} == {False}


def test_everything_that_makes_an_agent_end_a_call_is_known() -> None:
    assert set(AGENT_ENDED) == set(Why.__args__)  # type: ignore[attr-defined]  # a Literal's values

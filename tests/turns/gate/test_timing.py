"""The gate's timers, the pace of the recogniser, and the taking up of what was cut short."""

import pytest

from callagent.turns.gate.decisions import CancelTimer, Decision, Resume, SetTimer, Timers
from callagent.turns.gate.resumption import TakingUp
from callagent.turns.gate.rules.grace import LONGEST_S, MARGIN, Pace


def test_one_timer_for_a_purpose_at_a_time() -> None:
    timers, out = Timers(), list[Decision]()
    timers.set("grace", 1.0, out)
    timers.set("close", 3.0, out)
    timers.set("grace", 2.0, out)
    assert out == [
        SetTimer(1, 1.0, "grace"),
        SetTimer(2, 3.0, "close"),
        CancelTimer(1),
        SetTimer(3, 2.0, "grace"),
    ]
    assert len(timers) == 2


def test_a_timer_fires_once_and_a_cancelled_one_never() -> None:
    timers, out = Timers(), list[Decision]()
    timers.set("grace", 1.0, out)
    timers.set("grace", 2.0, out)
    assert [timers.fired(timer) for timer in (1, 2, 2, 7)] == [None, "grace", None, None]
    assert not timers.running("grace")


def test_what_is_cancelled_is_told_only_where_it_was_set() -> None:
    timers, out = Timers(), list[Decision]()
    timers.cancel("grace", out)
    assert out == []
    timers.set("grace", 1.0, out)
    timers.set("close", 1.0, out)
    assert timers.running("grace")
    timers.cancel_all(out)
    assert out[2:] == [CancelTimer(1), CancelTimer(2)]
    assert len(timers) == 0


@pytest.mark.parametrize(("configured", "grace"), [(0.25, 0.5), (0.5, LONGEST_S), (0.75, LONGEST_S), (1.5, 1.5)])
def test_an_unknown_recogniser_gets_twice_the_time_but_not_more_than_a_second(configured: float, grace: float) -> None:
    assert Pace().grace(configured) == grace


def heard(*delays: float) -> Pace:
    pace = Pace()
    for at, delay in enumerate(delays):
        pace.caller_started(10.0 * at)
        pace.words(10.0 * at + delay)
    return pace


@pytest.mark.parametrize(
    ("delays", "grace"),
    [
        ([0.25], 0.375),
        ([0.5], MARGIN * 0.5),
        ([0.5, 0.25], MARGIN * 0.5),
        ([5.0], LONGEST_S),
        ([0.5, *[0.125] * 5], 0.375),
        ([0.5, *[0.125] * 4], MARGIN * 0.5),
    ],
)
def test_grace_follows_the_slowest_of_the_last_five(delays: list[float], grace: float) -> None:
    assert heard(*delays).grace(0.375) == grace


def test_a_long_grace_is_never_made_shorter() -> None:
    assert heard(0.5).grace(1.5) == 1.5


def test_only_the_first_words_after_the_vads_report_tell_the_pace() -> None:
    pace = heard(0.25)
    pace.words(99.0)
    assert pace.grace(0.25) == MARGIN * 0.25
    pace.caller_started(0.0)
    pace.words(0.5)
    pace.words(0.75)
    assert pace.grace(0.25) == MARGIN * 0.5


class Owing:
    """What is owed, and the decisions about it."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.taking_up = TakingUp(self.timers)
        self.out: list[Decision] = []

    def since(self) -> list[Decision]:
        decided, self.out = self.out, []
        return decided


@pytest.fixture
def owing() -> Owing:
    state = Owing()
    state.taking_up.owe(3.0, "grace", state.out)
    state.since()
    return state


def test_what_is_owed_is_taken_up_once(owing: Owing) -> None:
    assert owing.taking_up.owed
    owing.timers.fired(1)
    for at in (3.0, 4.0):
        owing.taking_up.take_up(at, owing.out)
    assert owing.since() == [Resume(3.0, "grace")]
    assert not owing.taking_up.owed


def test_nothing_is_taken_up_that_is_not_owed() -> None:
    state = Owing()
    assert not state.taking_up.owed
    state.taking_up.wait_until(2.0, state.out)
    state.taking_up.take_up(3.0, state.out)
    assert state.since() == []


@pytest.mark.parametrize(("earliest", "due"), [(2.0, 3.0), (3.5, 3.5)])
def test_it_is_not_taken_up_while_the_caller_speaks_nor_before_it_is_due(
    owing: Owing, earliest: float, due: float
) -> None:
    owing.taking_up.wait(owing.out)
    owing.taking_up.wait_until(earliest, owing.out)
    assert owing.since() == [CancelTimer(1), SetTimer(2, due, "resume")]


def test_a_turn_taken_meanwhile_ends_what_is_owed(owing: Owing) -> None:
    owing.taking_up.forget(owing.out)
    assert owing.since() == [CancelTimer(1)]
    assert not owing.taking_up.owed

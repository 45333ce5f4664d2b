from dataclasses import replace

import pytest

from callagent.turns.gate.decisions import Interrupt, Journal, SetTimer
from callagent.turns.gate.events import CallerStarted, CallerStopped, Event, TimerFired, Transcript
from callagent.turns.replay import replay
from tests.turns.driver import CONFIG, Driver, final, interim, listening, speaking, starts, stops

# The driver shows its gate beforehand how fast the recogniser is.
WARM_UP = (CallerStarted(-9.9, -10.0), Transcript(-9.7, -1, "Hello", final=False), CallerStopped(-9.0, -9.4))

STORIES: dict[str, tuple[Event, ...]] = {
    "acknowledgement": (*starts(1), interim(1.4, 1, "okay"), *stops(1.5), final(2, 2, "Okay."), listening(9)),
    "command": (*starts(1), interim(1.3, 1, "no stop"), listening(1.4), *stops(1.9), final(2.4, 2, "No, stop.")),
    "grace": (*starts(1), *stops(3), final(4, 1, "I have a question")),
    "answer": (*starts(4.8), *stops(5.1), listening(5.4), final(5.6, 1, "Yeah.")),
    "nothing": (*starts(1), *stops(1.2), listening(9)),
}


def story(name: str) -> list[Event]:
    return [speaking(0), *sorted(STORIES[name], key=lambda event: event.at)]


@pytest.mark.parametrize("name", STORIES)
def test_a_replay_decides_what_a_gate_with_running_timers_decides(name: str) -> None:
    driver = Driver().run(*story(name), close_at=20)
    assert driver.decisions
    assert replay([*WARM_UP, *story(name)], CONFIG, until=20)[-len(driver.decisions) :] == driver.decisions


def test_timers_that_fired_in_the_call_are_passed_over() -> None:
    events = [*WARM_UP, *story("grace")]
    fired = [events[0], TimerFired(-9, 1), *events[1:], TimerFired(30, 2)]
    assert replay(fired, CONFIG) == replay(events, CONFIG)


def test_another_setting_moves_the_stop() -> None:
    def stop(grace: float) -> float:
        decisions = replay([*WARM_UP, *story("grace")], replace(CONFIG, grace=grace))
        return next(decision.at for decision in decisions if isinstance(decision, Interrupt))

    assert [stop(0.35), stop(0.8)] == pytest.approx([1.45, 1.9])


def test_a_call_that_ends_in_an_overlap_leaves_its_record_and_no_timer() -> None:
    decisions = replay([*WARM_UP, speaking(0), *starts(1)], CONFIG, until=1.2)
    assert isinstance(decisions[-1], Journal)
    assert [d.due for d in decisions if isinstance(d, SetTimer) and d.due > 0] == pytest.approx([1.45])

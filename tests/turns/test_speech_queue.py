from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from callagent.turns.gate.events import AgentActivity, AgentState
from callagent.turns.speech_queue import SpeechQueue


@dataclass
class Handle:
    allow_interruptions: bool = True
    scheduled: bool = True
    interrupted: bool = False
    over: bool = False
    callbacks: list[Callable[[Any], None]] = field(default_factory=list)

    def done(self) -> bool:
        return self.over

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self.callbacks.append(callback)

    def end(self) -> None:
        self.over = True
        for callback in self.callbacks:
            callback(self)


AGENT = object()


def a_queue(*handles: Handle) -> tuple[SpeechQueue, list[str]]:
    told = list[str]()
    queue = SpeechQueue(lambda: told.append("over"))
    for handle in handles:
        queue.add(handle, AGENT)
    return queue, told


def state(queue: SpeechQueue, activity: AgentActivity, current: Handle | None = None) -> tuple[str, bool]:
    told = queue.state(1.0, activity, current, on_hold=False)
    return told.state, told.interruptible


def test_between_two_speeches_the_agent_does_not_listen() -> None:
    notice, greeting = Handle(allow_interruptions=False), Handle()
    queue, told = a_queue(notice, greeting)
    assert state(queue, "speaking", notice) == ("speaking", False)
    assert state(queue, "listening") == ("thinking", False)
    notice.end()
    assert (told, state(queue, "listening")) == (["over"], ("thinking", True))
    greeting.end()
    assert state(queue, "listening") == ("listening", True)


@pytest.mark.parametrize("handle", [Handle(scheduled=False), Handle(interrupted=True), Handle(over=True)])
def test_a_speech_that_will_not_be_said_does_not_count(handle: Handle) -> None:
    queue, _ = a_queue(handle)
    assert state(queue, "listening") == ("listening", True)


def test_what_the_session_says_that_it_says_counts_before_what_waits() -> None:
    queue, _ = a_queue(Handle(allow_interruptions=False))
    assert state(queue, "speaking", Handle()) == ("speaking", True)


def test_on_hold_the_agent_listens_whatever_it_works_at_unless_it_must_not_be_stopped() -> None:
    tool = Handle()
    queue, _ = a_queue(tool)
    assert queue.state(2.0, "thinking", None, on_hold=True) == AgentState(2.0, "listening")
    tool.allow_interruptions = False
    assert queue.state(2.0, "thinking", None, on_hold=True) == AgentState(2.0, "thinking", False)


def test_what_awaits_a_task_does_not_count_while_the_task_has_the_call() -> None:
    task, asked = object(), Handle()
    queue, _ = a_queue(Handle(allow_interruptions=False))
    assert queue.state(1.0, "listening", None, on_hold=False).interruptible is False
    assert queue.state(1.0, "listening", None, on_hold=False, task=task) == AgentState(1.0, "listening", True)
    queue.add(asked, task)
    assert queue.first(None, task) is asked
    asked.end()
    assert queue.first(None, task) is None
    assert queue.state(1.0, "listening", None, on_hold=False) == AgentState(1.0, "thinking", False)

"""The speeches of a session that are still to be said, or are being said: known from their handles alone."""

from collections.abc import Callable
from typing import Any, Protocol

from callagent.turns.gate.events import AgentActivity, AgentState


class Speech(Protocol):
    """What counts of livekit's `SpeechHandle`."""

    @property
    def scheduled(self) -> bool:
        """It will be said: a reply that is prepared before the turn is over is not scheduled yet."""
        ...

    @property
    def interrupted(self) -> bool:
        """It has been stopped, though it may not be done yet."""
        ...

    @property
    def allow_interruptions(self) -> bool:
        """Whether the caller can stop it."""
        ...

    def done(self) -> bool:
        """Tell whether it is over, with everything that its tools do."""
        ...

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Have `callback` called once it is over."""
        ...


class SpeechQueue:
    """Between two queued speeches the session says that it listens; the queue knows that the agent is not done.

    Args:
        on_done: called whenever a speech is over.
    """

    def __init__(self, on_done: Callable[[], None]) -> None:
        self._on_done = on_done
        self._speeches: list[tuple[Speech, object]] = []

    def add(self, speech: Speech, agent: object) -> None:
        """Note a speech that was created by `agent`; it counts as soon as it is scheduled."""
        self._speeches.append((speech, agent))
        speech.add_done_callback(self._over)

    def state(
        self, at: float, activity: AgentActivity, current: Speech | None, *, on_hold: bool, task: object = None
    ) -> AgentState:
        """Return what the agent does, for the gate: with a speech in the queue it does
        not listen, on hold nothing but that.

        Args:
            activity: what the session says that the agent does; `current` is what it says, or None.
            task: livekit's `AgentTask` that has the call. The speech whose tool awaits it is not over, and cannot be
                interrupted, but the caller is talking with the task: only what the task says counts.
        """
        speech = self.first(current, task)
        interruptible = speech is None or speech.allow_interruptions
        if on_hold and interruptible:
            return AgentState(at, "listening")
        about_to_speak = activity == "listening" and speech is not None
        return AgentState(at, "thinking" if about_to_speak else activity, interruptible)

    def first(self, current: Speech | None, task: object = None) -> Speech | None:
        """Return what is being said (`current`, as the session tells), or else what
        comes next; None: nothing is left. With a `task` only what that says comes next.
        """
        if current is not None and _waits(current):
            return current
        queued = (speech for speech, agent in self._speeches if task is None or agent is task)
        return next((speech for speech in queued if speech.scheduled and _waits(speech)), None)

    def _over(self, _: object) -> None:
        self._speeches = [(speech, agent) for speech, agent in self._speeches if not speech.done()]
        self._on_done()


def _waits(speech: Speech) -> bool:
    return not speech.done() and not speech.interrupted

"""What an agent asks the caller for, one thing after the other: answers, refusals, second thoughts, and what fails."""

import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import AgentTask
from livekit.agents.llm import ToolError

from callagent.agent.handover.tasks import value_of

if TYPE_CHECKING:
    from callagent.profile import CollectSpec

_log = logging.getLogger("callagent.agent")

MOST_TIMES_ASKED: Final = 3
"""Times that a caller is asked for what is required; who says no three times will not say yes the fourth time."""

NOT_GIVEN_BY_CALLER: Final = "not given"
"""What the agent is told of something that the caller did not want to tell."""


class GoneOnError(ToolError):
    """The caller wants something else than what is being asked for: another agent, or an earlier answer changed."""


class Collecting:
    """Asks for what `wanted` says, in its order.

    Args:
        make: makes the task for one of them; it is awaited in the `on_enter` of an agent.
        keep: takes each answer as soon as it is there.
        call_ends: whether the call is about to end; what was being asked for is not refused then.

    Attributes:
        answers: what was asked for so far; None where the caller did not tell it, or the task failed.
        leave_for: the agent that the caller wants instead of going on.
        over: the call is about to end.
    """

    def __init__(
        self,
        wanted: "Mapping[str, CollectSpec]",
        make: "Callable[[CollectSpec], Awaitable[AgentTask[Any]]]",
        keep: Callable[[str, Any], None],
        call_ends: Callable[[], Awaitable[bool]],
    ) -> None:
        self.answers: dict[str, Any] = {}
        self.leave_for: str | None = None
        self._wanted, self._make, self._keep, self._call_ends = wanted, make, keep, call_ends
        self._left = deque(wanted)
        self._refused: Counter[str] = Counter()
        self._asking = ""
        self.over = False

    @property
    def is_whole(self) -> bool:
        """Whether all has been asked for, and what is required has been told."""
        lacks = any(spec.required and self.answers.get(name) is None for name, spec in self._wanted.items())
        return not self._left and self.leave_for is None and not self.over and not lacks

    async def run(self) -> None:
        """Ask for all of it; return early when the caller wants another agent, or the call is over."""
        while self._left and self.leave_for is None and not self.over:
            self._asking = self._left.popleft()
            try:
                answer = value_of(await (await self._make(self._wanted[self._asking])))
            except GoneOnError:
                continue
            except ToolError:
                answer = None
                _log.info("the caller did not tell it", extra={"asked_for": self._asking})
            except Exception as error:  # a task completes with whatever livekit or a plugin raises in it
                answer = None
                _log.warning("asking failed", extra={"asked_for": self._asking, "error": type(error).__name__})
            self.over = answer is None and await self._call_ends()
            if answer is not None:
                self._keep(self._asking, answer)
            elif not self.over and self._is_asked_again(self._asking):
                self._left.appendleft(self._asking)
                continue
            if not self.over:
                self.answers[self._asking] = answer

    def _is_asked_again(self, name: str) -> bool:
        self._refused[name] += 1
        return self._wanted[name].required and self._refused[name] < MOST_TIMES_ASKED

    def leave(self, to: str, task: "AgentTask[Any]") -> None:
        """Give up what is being asked for, and all after it: the caller wants another agent."""
        self.leave_for = to
        _give_up(task)

    def change(self, name: str, task: "AgentTask[Any]") -> None:
        """Go back to something that was asked for before, and then on from here.

        Raises:
            ToolError: it was not.
        """
        if name not in self.answers:
            raise ToolError(f"{name} was not asked for yet. It was: {', '.join(self.answers) or 'nothing'}.")
        self._left.appendleft(self._asking)
        self._left.appendleft(name)
        _give_up(task)


def into(state: Any, name: str, value: Any) -> None:
    """Put an answer into the author's state: an item of a mapping, an attribute of anything else."""
    if isinstance(state, MutableMapping):
        state[name] = value
        return
    try:
        setattr(state, name, value)
    except Exception as error:  # the author's class decides what may be set, and how it says no
        told = {"state": type(state).__name__, "asked_for": name, "error": type(error).__name__}
        _log.error("the state does not take what was collected", extra=told)


def told_of(name: str, value: Any) -> str:
    """Return what the agent is told of an answer; of a card no more than its last digits."""
    if isinstance(value, dict):
        return f"given, a card that ends in {str(value.get('card_number', ''))[-4:]}"
    return NOT_GIVEN_BY_CALLER if value is None else str(value)


def _give_up(task: "AgentTask[Any]") -> None:
    if not task.done():
        task.complete(GoneOnError("the caller wants something else"))

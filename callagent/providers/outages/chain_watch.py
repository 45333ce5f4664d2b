"""Who of a chain is asked: what one call knows of the members, and what all calls of the worker know."""

import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from livekit.agents.llm.chat_context import MetricsMetadata

from callagent.concurrency import BackgroundTasks
from callagent.providers.outages.breaker import Breaker

_log = logging.getLogger("callagent.providers")


class OutageListener(Protocol):
    """Is told of the providers of a call that fail; `part` is `stt`, `llm` or `tts`."""

    def provider_failed(self, part: str, provider: str, error: str) -> None:
        """Note that a provider failed, and with which kind of error."""
        ...

    def fell_back(self, part: str, provider: str, to: str) -> None:
        """Note that another one of the chain answers from now on."""
        ...

    def recovered(self, part: str, provider: str) -> None:
        """Note that one which stands before it in the chain answers again."""
        ...


@dataclass(frozen=True)
class ChainMember:
    """One of a chain: what it is called, and the circuit breaker that stands before it."""

    name: str
    breaker: Breaker = field(default_factory=Breaker)


class ChainWatch:
    """Which members of a chain are well.

    One that has failed in this call is left out until a health check finds it well; so is one whose circuit breaker is
    open. Where nobody is left, all are asked: they may be well again.

    Attributes:
        serving: index of the member that answers, or has answered last.
    """

    def __init__(self, part: str, members: Sequence[ChainMember]) -> None:
        self.part = part
        self.serving = 0
        self._members = list(members)
        self._down: set[int] = set()
        self._listeners: list[OutageListener] = []
        self._tasks = BackgroundTasks(_log, "a provider could not be checked")

    def listen(self, listener: OutageListener) -> None:
        """Have `listener` told of what fails."""
        self._listeners.append(listener)

    def usable(self) -> list[int]:
        """Return the members to ask, in their order."""
        everybody = range(len(self._members))
        return [each for each in everybody if self._is_well(each)] or list(everybody)

    def failed(self, index: int, error: BaseException) -> None:
        """Note that a member has failed in a request of the caller's."""
        member = self._members[index]
        kind = type(error).__name__
        _log.warning("a provider failed", extra={"part": self.part, "provider": member.name, "error": kind})
        self._down.add(index)
        member.breaker.failed()
        for listener in self._listeners:
            listener.provider_failed(self.part, member.name, kind)

    def doubted(self, index: int) -> None:
        """Leave a member out that may have failed, or may have been asked for nothing: nobody else is told."""
        self._down.add(index)

    def serves(self, index: int) -> None:
        """Note that a member answers."""
        before, self.serving = self.serving, index
        self._down.discard(index)
        self._members[index].breaker.succeeded()
        for listener in self._listeners:
            if index > before:
                listener.fell_back(self.part, self._members[before].name, self._members[index].name)
            elif index < before:
                listener.recovered(self.part, self._members[index].name)

    def check(self, examine: Callable[[int], Coroutine[Any, Any, bool]]) -> None:
        """Try those that stand before the one that answers and are not well, beside the call.

        Args:
            examine: asks a member, and returns whether it is well. Raises nothing.
        """
        for index, member in enumerate(self._members):
            if not self._is_well(index) and member.breaker.may_check():
                self._tasks.start(self._examined(index, examine), name="callagent.providers.health_check")

    async def aclose(self) -> None:
        """End the health checks."""
        await self._tasks.aclose()

    def _is_well(self, index: int) -> bool:
        return index not in self._down and self._members[index].breaker.state == "closed"

    async def _examined(self, index: int, examine: Callable[[int], Coroutine[Any, Any, bool]]) -> None:
        breaker = self._members[index].breaker
        if await examine(index):
            self._down.discard(index)
            breaker.succeeded()
        else:
            breaker.failed()


class Member(Protocol):
    """A recogniser, model or voice of livekit's."""

    @property
    def model(self) -> str:
        """Its model."""
        ...

    @property
    def provider(self) -> str:
        """Who makes it."""
        ...

    @property
    def metrics_metadata(self) -> MetricsMetadata:
        """What labels its metrics."""
        ...


M = TypeVar("M", bound=Member)


class NamedAsWhoServes(Generic[M]):
    """A chain that traces and metrics know by the member that answers.

    Attributes:
        members: of the chain, in its order.
        watch: which of them are well.
    """

    members: Sequence[M]
    watch: ChainWatch

    @property
    def model(self) -> str:
        """The model of the member that answers."""
        return self.members[self.watch.serving].model

    @property
    def provider(self) -> str:
        """Who makes it."""
        return self.members[self.watch.serving].provider

    @property
    def metrics_metadata(self) -> MetricsMetadata:
        """What labels its metrics."""
        return self.members[self.watch.serving].metrics_metadata

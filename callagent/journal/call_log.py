"""The log of a call: everything that was seen of it, in order, and a way to wait for the next thing."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from callagent.journal.events import CallEnded, Observation, TurnAdded
from callagent.journal.privacy.private_tasks import PrivateTasks
from callagent.journal.privacy.redacted_lines import RedactedLines
from callagent.phrases import SlowExpressionError
from callagent.sanitise.redaction import Redaction
from callagent.turns.gate.events import Event

AS_SENT: Final = ("headers", "attributes")
"""What of the context of a call others have written, who may have put anything in."""

Kind = TypeVar("Kind", bound=Observation)
T = TypeVar("T")
Told = TypeVar("Told", bound=Event)


@dataclass
class _Waiter:
    look: Callable[[], object | None]
    found: "asyncio.Future[object]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def look_again(self) -> None:
        """Give the waiting side what it looks for, or the reason why nobody can look for it."""
        try:
            value = self.look()
        except SlowExpressionError as error:
            self.found.set_exception(error)
        else:
            if value is not None:
                self.found.set_result(value)


class ObservationLog:
    """Append-only record of a call, with waiting that is woken by events and never polls.

    Args:
        now: the call's clock, seconds since the call began.

    Beside the observations, which are what can be seen of a call, `gate_events` keeps what its gate was told, where the
    gate is in this process.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.gate_events: list[Event] = []
        self._private = PrivateTasks()
        self._redacted = RedactedLines(Redaction(()))
        self._entries: list[Observation] = []
        self._waiters: list[_Waiter] = []
        self._listeners: list[Callable[[Observation], None]] = []

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return all observations of one kind, oldest first."""
        return [entry for entry in self._entries if isinstance(entry, kind)]

    def last(self, kind: type[Kind]) -> Kind | None:
        """Return the newest observation of one kind."""
        return next((entry for entry in reversed(self._entries) if isinstance(entry, kind)), None)

    def last_of(self, *kinds: type[Observation]) -> Observation | None:
        """Return the newest observation of any of the kinds."""
        return next((entry for entry in reversed(self._entries) if isinstance(entry, kinds)), None)

    @property
    def turns(self) -> list[TurnAdded]:
        """The turns of the call in the order of the conversation."""
        return sorted(self.of(TurnAdded), key=lambda entry: entry.at)

    @property
    def ended(self) -> CallEnded | None:
        """The end of the call, once it has come."""
        return self.last(CallEnded)

    def listen(self, listener: Callable[[Observation], None]) -> None:
        """Call `listener` with every observation from now on."""
        self._listeners.append(listener)

    def redact(self, redaction: Redaction) -> None:
        """Keep nothing of what a policy masks, from now on; see `redacted_lines`."""
        self._redacted = RedactedLines(redaction)

    def kept(self, event: Told) -> Told:
        """Return what may be kept of something that the gate was told; see `private_tasks` and `redacted_lines`."""
        return self._redacted.kept(self._private.kept(event))

    def kept_text(self, text: str | None) -> str | None:
        """Return what may be kept of a text that stands beside the log."""
        return text and self._redacted.text(text)

    def kept_context(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what may be kept of the context of a call: its numbers stay, by which it is found."""
        masked = {name: self._redacted.values(context[name]) for name in AS_SENT if context.get(name)}
        return {**context, **masked}

    def add(self, entry: Observation) -> None:
        """Append an observation and wake whoever waited for it. A second end of the call is ignored."""
        if isinstance(entry, CallEnded) and self.ended is not None:
            return
        entry = self._redacted.kept(self._private.kept(entry))
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)
        for waiter in self._waiters:
            if not waiter.found.done():
                waiter.look_again()

    async def wait_for(self, look: Callable[[], T | None], *, until: float | None = None) -> T | None:
        """Return the first value other than None that `look()` gives, now or after any later observation.

        Args:
            look: reads the log (or anything else that has changed when an observation is added).
            until: call time at which to give up; None waits for ever.

        Returns:
            The value, or None when `until` came first.
        """
        if (value := look()) is not None:
            return value
        waiter = _Waiter(look)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(None if until is None else max(0.0, until - self.now())):
                return await waiter.found  # type: ignore[return-value]  # set from look(), which gives T
        except TimeoutError:
            return look()
        finally:
            self._waiters.remove(waiter)

    async def sleep_until(self, at: float, *, unless_ended: bool = True) -> None:
        """Wait until call time `at`; return early when the call ends, unless told otherwise."""
        await self.wait_for(lambda: self.ended if unless_ended else None, until=at)

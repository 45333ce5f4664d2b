"""Following a call to its end by looking into its room, with a limit on everything that could last for ever."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from callagent.journal import Outcome
from callagent.livekit_api import LiveKitClient, ServerError
from callagent.telephony.outbound.call_request import DialOrder
from callagent.telephony.outbound.call_room import View, look, try_to_close
from callagent.telephony.outbound.outcomes import STAGES, TALKING, Report, Stage, server_failure

PATIENCE_S = 15.0
"""How long livekit-server may be away while a call is followed, in seconds."""

LOST_S = 3.0
"""How long the agent may be missing from the room before the call counts as lost, in seconds."""

ANSWER_MARGIN_S = 15.0
END_MARGIN_S = 30.0
"""How much longer than its own limit a call may ring, and last, in seconds, before it is cut off from here."""


@dataclass(frozen=True)
class Limits:
    """Times of following a call, in seconds.

    Args:
        worker: how long it may take until an agent is in the room.
        poll: pause between two looks.
    """

    worker: float = 20.0
    poll: float = 0.25


@dataclass(frozen=True)
class Ending:
    """How a call came out.

    Args:
        outcome: what became of it.
        detail: one line about it.
        sip_status: status of a call that was not answered, where the carrier gave one.
        machine: what kind of machine answered; empty for a person.
        at: seconds from the dispatch to each stage that was reached.
    """

    outcome: Outcome
    detail: str = ""
    sip_status: int | None = None
    machine: str = ""
    at: dict[Stage, float] = field(default_factory=dict)


Progress = Callable[[Stage, float], None]
"""Called once for every stage, with the seconds since the dispatch."""


class CallWatch:
    """Follows one call.

    Args:
        clock: seconds on a clock that never goes back.
    """

    def __init__(
        self,
        server: LiveKitClient,
        room: str,
        order: DialOrder,
        *,
        progress: Progress,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._room, self._order = server, room, order
        self._progress, self._limits, self._clock = progress, limits or Limits(), clock
        self._began = clock()
        self._at: dict[Stage, float] = {}
        self._reached("dispatched")
        self._agent_seen: float | None = None
        self._silent_since: float | None = None

    @property
    def answered_ago(self) -> float | None:
        """Seconds since the call was answered; None while nobody has answered it."""
        answered = self._answered
        return None if answered is None else self._clock() - self._began - answered

    async def follow(self) -> Ending:
        """Wait for the end of the call. The room is deleted afterwards, whatever has happened."""
        try:
            while True:
                if ending := self._judge(await self._look()):
                    return ending
                await asyncio.sleep(self._limits.poll)
        finally:
            await try_to_close(self._server, self._room, pause=self._limits.poll)

    async def _look(self) -> View | Ending | None:
        """None: the server does not answer just now."""
        asked = self._clock()
        try:
            view = await look(self._server, self._room)
        except ServerError as error:
            self._silent_since = self._silent_since if self._silent_since is not None else asked
            if self._clock() - self._silent_since < PATIENCE_S:
                return None
            return self._ending("trunk failure", f"lost sight of the call: {server_failure(error).detail}")
        self._silent_since = None
        return view

    def _judge(self, view: View | Ending | None) -> Ending | None:
        if isinstance(view, Ending):
            return view
        if view is not None:
            for stage in (view.stage, view.report.stage if view.report else None):
                if stage is not None:
                    self._reached(stage)
            if view.report is not None and view.report.outcome is not None:
                return self._told(view.report, view.report.outcome)
            if view.agent:
                self._agent_seen = self._clock()
            elif missing := self._missing():
                return missing
        return self._overdue()

    def _told(self, report: Report, outcome: Outcome) -> Ending:
        self._reached("ended")
        return Ending(outcome, report.detail, report.sip_status, report.machine, self._at)

    def _missing(self) -> Ending | None:
        """Judge an agent that is not there: not yet, or not any more."""
        now = self._clock()
        if self._agent_seen is None:
            if now - self._began < self._limits.worker:
                return None
            return self._ending("trunk failure", "no worker has taken the call; is `callagent serve` running?")
        if now - self._agent_seen < LOST_S:
            return None
        return self._ending("trunk failure", "the worker was lost before it could tell how the call ended")

    def _overdue(self) -> Ending | None:
        passed = self._clock() - self._began
        answered = self._answered
        if answered is None:
            if passed < self._limits.worker + self._order.ringing_timeout + ANSWER_MARGIN_S:
                return None
            return self._ending("no answer", "neither an answer nor a failure in time")
        if passed - answered < self._order.max_call + END_MARGIN_S:
            return None
        return self._ending("answered", "cut off at the greatest length of a call")

    @property
    def _answered(self) -> float | None:
        return min((at for stage, at in self._at.items() if stage in TALKING), default=None)

    def _ending(self, outcome: Outcome, detail: str) -> Ending:
        self._reached("ended")
        return Ending(outcome, detail, at=self._at)

    def _reached(self, stage: Stage) -> None:
        """Report a stage once; one that comes late, or again, says nothing new."""
        if stage in self._at or (self._at and STAGES.index(stage) < max(map(STAGES.index, self._at))):
            return
        self._at[stage] = round(self._clock() - self._began, 2)
        self._progress(stage, self._at[stage])

"""Dialling a list: so many calls at a time, so many a second, and after a kill on from where it was."""

import asyncio
import functools
import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from callagent.concurrency import cancel_and_wait, uninterrupted
from callagent.database import Attempt, ListRow, Store
from callagent.telephony.guards.rules.attempts import RULE as ATTEMPTS
from callagent.telephony.guards.rules.calling_hours import RULE as HOURS
from callagent.telephony.outbound.campaign.lease import leased
from callagent.telephony.outbound.campaign.list_file import Row
from callagent.telephony.outbound.dialler import Dialler, Refused, Result, Wish
from callagent.telephony.outbound.follow import Ending
from callagent.telephony.outbound.outcomes import TALKING, CallFailed, Stage

WAITING, CALLING, DONE = "waiting", "calling", "done"
"""States of a row. `calling` outlives a kill: that call may still be going on."""

_FURTHEST = (CALLING, DONE, WAITING)

NOT_REACHED = frozenset({"trunk failure", "cancelled"})
"""Outcomes for which neither the row nor whoever has its number is to blame: it is called another time."""

PASSING = frozenset({HOURS, ATTEMPTS})
"""Guards that may let a number out another time."""

FAILURES_IN_A_ROW = 3
"""Calls that fail for the trunk or the server, one after another, after which the rest of the list is left alone."""


@dataclass(frozen=True)
class Pace:
    """How fast a list is dialled: calls at the same time, and calls begun per second."""

    max_calls: int = 1
    per_second: float = 1.0

    def after(self, began: float) -> float:
        """Tell when the next call may begin, after one that began then: a late call is not caught up with."""
        return began + 1 / self.per_second


@dataclass
class Summary:
    """What became of the rows.

    Args:
        rows: how many the list has.
        before: how many of them had been done when the run began.
        outcomes: how the others came out, by outcome or `refused`.
        left: rows that are still to be called: retries, closed hours, a run that stopped.
        stopped: why the run stopped before its end; empty when it did not.
    """

    rows: int
    before: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    left: int = 0
    stopped: str = ""


RowEvent = Callable[[Row, str, str], None]
"""Told of every row that begins or ends: the row, what happened (`calling`, an outcome, `refused`, …), and a detail."""


class ListDialler:
    """Dials the rows of one list.

    Args:
        name: what the list's states are kept under.
        wish: makes the wanted call of a row.
        told: hears about every row.
    """

    def __init__(
        self, dialler: Dialler, store: Store, name: str, *, wish: Callable[[Row], Wish], pace: Pace, told: RowEvent
    ) -> None:
        self._dialler, self._store, self._name = dialler, store, name
        self._wish, self._pace, self._told = wish, pace, told
        self._failures = 0
        self._queue: list[tuple[float, int, Row, int]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self, rows: list[Row], *, restart: bool = False) -> Summary:
        """Dial what is not done yet. Cancelled, it hangs up; the rows that were not answered are called next time.

        Args:
            restart: forgets first how far the list has come.

        Raises:
            ListTaken: another process dials the list.
        """
        self._summary = Summary(len(rows))
        async with leased(self._store, self._name, lost=self._lost):
            if restart:
                await asyncio.to_thread(self._store.forget_list, self._name)
            return await self._run(rows)

    def _lost(self) -> None:
        self._summary.stopped = "another process has begun to dial the list"
        self._wake.set()

    async def _run(self, rows: list[Row]) -> Summary:
        known = await asyncio.to_thread(self._store.list_rows, self._name)
        now = asyncio.get_running_loop().time()
        for index, first in enumerate(rows):
            row = _begun(first, known)
            state = known.get(row.key)
            if state is not None and state.state == DONE:
                self._summary.before += 1
            elif state is not None and state.state == CALLING:
                self._start(self._resume(index, row, state), row)
            else:
                heapq.heappush(self._queue, (now + _wait_of(state), index, row, state.tries if state else 0))
        try:
            await self._drain()
        finally:
            await cancel_and_wait(*self._running)
        self._summary.left += len(self._queue)
        return self._summary

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        next_start = loop.time()
        while (self._queue or self._running) and not self._summary.stopped:
            due = max(self._queue[0][0], next_start) if self._queue else None
            full = len(self._running) >= self._pace.max_calls
            if due is None or full or due > loop.time():
                await self._sleep(None if due is None or full else due - loop.time())
                continue
            _, index, row, tries = heapq.heappop(self._queue)
            next_start = self._pace.after(loop.time())
            self._start(self._dial(index, row, tries), row)
        while self._running:
            await self._sleep(None)

    async def _sleep(self, seconds: float | None) -> None:
        """Wait until a call ends, or for so long."""
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        for task in [task for task in self._running if task.done()]:
            self._running.discard(task)
            task.result()

    def _start(self, work: Any, row: Row) -> None:
        task = asyncio.create_task(work, name=f"callagent.dial.row-{row.line}")
        self._running.add(task)
        task.add_done_callback(lambda _: self._wake.set())

    async def _dial(self, index: int, row: Row, tries: int) -> None:
        wish, stages = self._wish(row), set[Stage]()
        self._told(row, CALLING, "")

        def began(result: Result) -> None:
            self._store.set_list_row(
                self._name, row.key, CALLING, {"attempt": result.attempt, "room": result.room, "tries": tries + 1}
            )

        try:
            result = await self._dialler.call(wish, progress=lambda stage, _: stages.add(stage), wait=True, began=began)
        except Refused as refused:
            rule = refused.refusal.rule
            state = WAITING if rule in PASSING else DONE
            self._summary.left += state == WAITING
            await self._settle(row, state, "refused", str(refused))
            return
        except CallFailed as failed:
            await self._ended(index, row, tries + 1, Ending(failed.failure.outcome, failed.failure.detail))
            return
        except asyncio.CancelledError:
            await uninterrupted(self._stopped(row, stages))
            raise
        assert result.ending is not None
        await self._ended(index, row, tries + 1, result.ending)

    async def _ended(self, index: int, row: Row, tries: int, ending: Ending) -> None:
        """Note another try, or the row's last word. Too many failures of the trunk or the server, and this run ends."""
        failed = ending.outcome == "trunk failure"
        self._failures = self._failures + 1 if failed else 0
        if failed and self._failures >= FAILURES_IN_A_ROW:
            self._summary.stopped = f"{self._failures} calls failed one after another, the last one: {ending.detail}"
        if await self._try_again(index, row, tries, ending.outcome, ending.detail):
            return
        if ending.outcome in NOT_REACHED:
            self._summary.left += 1
            await self._settle(row, WAITING, ending.outcome, ending.detail)
        else:
            await self._settle(row, DONE, ending.outcome, ending.detail)

    async def _try_again(
        self, index: int, row: Row, tries: int, outcome: str, detail: str, ended: datetime | None = None
    ) -> bool:
        """Return plans another try where the profile says so. False: it does not."""
        retries, now = self._wish(row).settings.retries, datetime.now(UTC)
        if tries > retries.times or outcome not in retries.on:
            return False
        due = (ended or now) + timedelta(seconds=retries.after)
        await self._keep(row, WAITING, {"outcome": outcome, "detail": detail, "due": due, "tries": tries})
        wait = max(0.0, (due - now).total_seconds())
        self._told(row, outcome, f"{detail}; once more in {wait:.4g} s".lstrip("; "))
        heapq.heappush(self._queue, (asyncio.get_running_loop().time() + wait, index, row, tries))
        return True

    async def _stopped(self, row: Row, stages: set[Stage]) -> None:
        """Note that the run was stopped in the middle of a call: whoever was talked to is not called again."""
        await self._keep(row, DONE if stages & TALKING else WAITING, {"outcome": "cancelled"})

    async def _resume(self, index: int, row: Row, state: ListRow) -> None:
        """Take up a call that was going on when the last run was killed: its record is consulted, or it is followed."""
        told = await asyncio.to_thread(self._store.attempt, state.attempt)
        if told is not None and told.outcome:
            await self._take_up(index, row, state.tries, told)
            return
        stages = set[Stage]()
        order = self._dialler.order_of(self._wish(row), state.attempt)
        try:
            followed = await self._dialler.follow(
                Result(row.number.e164, state.attempt, state.room), order, lambda stage, _: stages.add(stage)
            )
        except asyncio.CancelledError:
            await uninterrupted(self._stopped(row, stages))
            raise
        assert followed.ending is not None
        detail = f"begun in an earlier run; {followed.ending.detail}".rstrip("; ")
        if followed.ending.outcome == "trunk failure":
            await self._settle(row, DONE, "unknown", detail)
        else:
            await self._ended(index, row, state.tries, replace(followed.ending, detail=detail))

    async def _take_up(self, index: int, row: Row, tries: int, told: Attempt) -> None:
        """Go on after a call whose end was recorded when the row's was not."""
        if await self._try_again(index, row, tries, told.outcome, told.detail, told.ended):
            return
        if told.outcome in NOT_REACHED and told.answered is None:
            await self._keep(row, WAITING, {"outcome": told.outcome, "detail": told.detail, "due": None})
            heapq.heappush(self._queue, (asyncio.get_running_loop().time(), index, row, tries - 1))
        else:
            await self._settle(row, DONE, told.outcome, told.detail)

    async def _settle(self, row: Row, state: str, outcome: str, detail: str) -> None:
        self._summary.outcomes[outcome] += 1
        await self._keep(row, state, {"outcome": outcome, "detail": detail, "due": None})
        self._told(row, outcome, detail)

    async def _keep(self, row: Row, state: str, changes: Mapping[str, Any]) -> None:
        await asyncio.to_thread(functools.partial(self._store.set_list_row, self._name, row.key, state, changes))


def _begun(row: Row, known: Mapping[str, ListRow]) -> Row:
    """Return the row of a person that an earlier run has got furthest with; the first one where none was begun."""
    begun = [each for each in (row, *row.again) if each.key in known]
    return min(begun, key=lambda each: _FURTHEST.index(known[each.key].state), default=row)


def _wait_of(state: ListRow | None) -> float:
    """Return seconds until a row may be called, where a retry was planned."""
    if state is None or state.due is None:
        return 0.0
    return max(0.0, (state.due - datetime.now(UTC)).total_seconds())

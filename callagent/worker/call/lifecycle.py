"""One call in a job: its life from the dispatch to the hang-up, whatever happens in between."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from types import TracebackType

from livekit import rtc
from livekit.agents import CloseEvent, JobContext
from livekit.protocol.models import Room

from callagent import __version__
from callagent.agent.author import hooks
from callagent.agent.call_limits import Ending
from callagent.concurrency import BackgroundTasks, all_of
from callagent.journal import Happening
from callagent.journal.call_record import CallRecord, caller_of, journal_beside
from callagent.journal.codec import Head, Line
from callagent.journal.endings import AGENT_ENDED
from callagent.journal.journal_writer import JournalWriter
from callagent.journal.observer import closing
from callagent.livekit_api import HANG_UP_S, hang_up, leave
from callagent.records.spool_writer import SpoolWriter
from callagent.telephony import CallContext
from callagent.turns.gate.events import Event
from callagent.worker.config import WorkerConfig
from callagent.worker.metrics.call_figures import CallFigures
from callagent.worker.metrics.figures_channel import report

_SERVER_REASONS = frozenset(
    {
        rtc.DisconnectReason.SERVER_SHUTDOWN,
        rtc.DisconnectReason.STATE_MISMATCH,
        rtc.DisconnectReason.MIGRATION,
    }
)
"""Why somebody leaves a room who has not hung up."""

MISSING_S = 3.0
"""How long after a new connection the server tells who is missing, in seconds."""

FAREWELLS_S = 10.0
"""How long everything may take that is done before hanging up, in seconds."""

JOB_ENDS_S = 5.0
"""How long the job may take, once the caller has been hung up on, to close its session and tell why it ended, in
seconds. A session that takes longer is not waited for."""

FILING_S = 5.0
"""How long the disk may take for the record, and before that for the rest of the journal, in seconds."""

LAST_STEPS_S = FAREWELLS_S + HANG_UP_S + hooks.MOST_S + 2 * FILING_S
"""The longest that the last steps of a call whose job has ended take, in seconds."""

_ROOM_GONE = "room disconnected"
"""The reason that livekit-agents gives a job's shutdown when its room goes away."""

_log = logging.getLogger("callagent.worker")


class CallLife:
    """Holds the line until the call is over, then hangs up and writes the record.

    Ending a job does not end a call: the caller stays in the room, in silence. So a task of this object waits for the
    end and goes the last steps of the call however it comes: the session closed, the job failed or was shut down, or
    the task itself was cancelled because the worker that owns this process is gone. The steps are the farewells, then
    hanging up, then what the author of the agent does with a call that is over, then filing the record; each has its
    time, and none is left out because one before it has failed. Where the agent has left the call, nobody is hung up
    on.

    Attributes:
        record: what is known of the call, with its log.
    """

    def __init__(self, config: WorkerConfig, ctx: JobContext) -> None:
        self.record = CallRecord(ctx.job.id, ctx.job.room.name, agent=config.agent_name, offered=_created(ctx.job.room))
        self._config = config
        self._ctx = ctx
        self._farewells: list[Callable[[], Awaitable[None]]] = []
        self._afterwards: list[Callable[[], Awaitable[None]]] = []
        self._over, self._job_over = asyncio.Event(), asyncio.Event()
        self._filed = False
        self._lost = False
        self._writers: list[JournalWriter | SpoolWriter] = []
        if config.records is not None:
            self._writers.append(JournalWriter(journal_beside(self.record.path(config.records))))
        if config.spool:
            self._writers.append(SpoolWriter(self.record.call, config.spool))
            self._writers[-1].begin(self._head())  # a process may be killed before the profile is known
        self.record.log.listen(self._put)
        tasks = BackgroundTasks(_log, "the last steps of a call failed")
        self._holding = tasks.start(self._hold(), name="callagent.worker.call")
        ctx.add_shutdown_callback(self._job_ends)

    def about(self, context: CallContext) -> None:
        """Record who calls whom, over what."""
        self.record.context = context.as_dict()
        self.record.caller = caller_of(self.record.context)

    def begins(self, profile: str, source: str, profile_hash: str = "") -> None:
        """Begin the journal, now that the profile of the call is known."""
        record = self.record
        record.profile, record.profile_source, record.profile_hash = profile, source, profile_hash
        self._begin_writers()

    @property
    def keeps(self) -> bool:
        """Whether what happens in the call is written down."""
        return bool(self._writers)

    def keep(self, event: Event) -> None:
        """Write down what the gate was told, but for what is nobody's to know."""
        self._put(self.record.log.kept(event))

    async def flush(self, within: float) -> None:
        """Wait until all of it is written, for so many seconds at most."""
        await all_of(*(writer.flush(within) for writer in self._writers))

    def end(self, event: Happening, error: str | None = None) -> None:
        """Note something that may end the call: if it does, hang up, and let the job end.

        When livekit-agents ends the job, it closes the session in the same way as the agent does; the job's own reason,
        which comes afterwards, then corrects the record.
        """
        self.record.happened(event, error)
        if (reason := self.record.reason) is not None:
            self._over.set()
            self._ctx.shutdown(reason)

    def before_hang_up(self, farewell: Callable[[], Awaitable[None]]) -> None:
        """Have `farewell` awaited while the room still exists, for `FAREWELLS_S` at most with all the others."""
        self._farewells.append(farewell)

    def after_hang_up(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have `work` awaited when the caller has been hung up on, before the record is filed, for `hooks.MOST_S`."""
        self._afterwards.append(work)

    def session_closed(self, event: CloseEvent, ending: Ending | None = None, *, left: bool = False) -> None:
        """Handle the session's `close` event; `ending` is why the agent closed it, if it did by itself, and with `left`
        it goes and the caller stays.
        """
        if self.record.state == "handed over":
            return
        if left:
            self.end("agent left")
            return
        if ending is not None:
            self.record.because = self.record.because or ending.why
            self.end(AGENT_ENDED[ending.why], ending.error)
            return
        error = None if event.error is None else f"{type(event.error).__name__}: {event.error.error}"
        self.end(closing(event), error)

    def hand_over(self, stays: bool) -> None:
        """Leave the call to somebody else: it is over with us, or, when it stays in
        this room, until one of them leaves.
        """
        self.end("handed over" if stays else "transfer accepted")

    def watch(self, caller: rtc.RemoteParticipant) -> None:
        """End the call when the caller leaves the room, for whatever reason: the session
        itself stays open when a connection is lost.
        """

        def disconnected(participant: rtc.RemoteParticipant) -> None:
            if self._lost or participant.disconnect_reason in _SERVER_REASONS:
                self.end("connection lost")
            elif participant.identity == caller.identity:
                self.end("caller left")
            elif participant.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
                self.end("another party left")

        room = self._ctx.room
        room.on("participant_disconnected", disconnected)
        room.on("reconnecting", lambda: self._connection(lost=True))
        room.on("reconnected", lambda: self._connection(lost=False))
        if caller.identity not in room.remote_participants:
            disconnected(caller)

    def _connection(self, *, lost: bool) -> None:
        """Allow for a server that was started anew and knows the room but nobody in it:
        who is missing then has not hung up.
        """
        if lost:
            self._lost = True
        else:
            asyncio.get_running_loop().call_later(MISSING_S, setattr, self, "_lost", False)

    async def _job_ends(self, reason: str) -> None:
        if reason != self.record.reason:
            self.record.happened("room gone" if reason == _ROOM_GONE else "worker stopped")
        was_filed = self._filed
        self._over.set()
        self._job_over.set()
        await asyncio.wait([self._holding])
        if was_filed:
            await self._file()
        for writer in self._writers:
            writer.close()

    async def _hold(self) -> None:
        async with AsyncExitStack() as last_steps:
            last_steps.push_async_exit(self._close_record)
            last_steps.push_async_callback(self._after_hang_up)
            last_steps.push_async_callback(self._release)
            await self._over.wait()
            deadline = asyncio.get_running_loop().time() + FAREWELLS_S
            for farewell in reversed(self._farewells):
                last_steps.push_async_callback(_until, deadline, farewell)

    async def _release(self) -> None:
        """Hang up, or leave the caller where they are."""
        if self.record.state == "agent left":
            await leave(self._config, self.record.room, self.record.caller.get("identity", ""))
        else:
            await hang_up(self._config, self.record.room)

    async def _after_hang_up(self) -> None:
        deadline = asyncio.get_running_loop().time() + hooks.MOST_S
        async with AsyncExitStack() as steps:
            for work in self._afterwards:
                steps.push_async_callback(_until, deadline, work)

    async def _close_record(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Return the very last step: files the record, as soon as it is certain what belongs into it.

        Args:
            error: what a step before it, or the wait for the end, was left with.

        Returns:
            True where that ends here.
        """
        failed = isinstance(error, Exception)
        try:
            if failed:
                _log.error("a last step of the call failed", exc_info=error, extra={"room": self.record.room})
                self.record.note(f"a last step of the call failed: {type(error).__name__}: {error}")
            if error is None or failed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(JOB_ENDS_S):
                        await self._job_over.wait()
        finally:
            self.record.happened("nobody knows")
            await self._file()
        return failed

    async def _file(self) -> None:
        record, first, self._filed = self.record, not self._filed, True
        if first and self._config.sounds is not None:
            report(CallFigures.of(record), self._config.sounds)
        _log.info("call ended", extra={"room": record.room, "reason": record.reason, "error": record.error})
        await self._end_journal()
        if self._config.records is None:
            return
        try:
            async with asyncio.timeout(FILING_S):
                await asyncio.to_thread(record.write, self._config.records)
        except (OSError, ValueError) as error:
            problem = f"{type(error).__name__}: {error}"
            _log.error("record not written", extra={"room": record.room, "error": problem})

    async def _end_journal(self) -> None:
        """Write the rest of the journal; an end that is told again corrects the one before."""
        self._begin_writers()
        if (ended := self.record.ending) is not None:
            self._put(ended)
        await self.flush(FILING_S)

    def _begin_writers(self) -> None:
        for writer in self._writers:
            writer.begin(self._head())

    def _head(self) -> Head:
        return self.record.head(f"callagent {__version__}")

    def _put(self, line: Line) -> None:
        for writer in self._writers:
            writer.put(line)


def _created(room: Room) -> float | None:
    """Return when livekit-server made the room of the call, which it does when the call arrives."""
    created = getattr(room, "creation_time_ms", 0) / 1000 or float(getattr(room, "creation_time", 0))
    return created or None


async def _until(deadline: float, farewell: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout_at(deadline):
        await farewell()

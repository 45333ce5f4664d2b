"""Making one call: guards, records, dispatch, and following it to its end."""

import asyncio
import functools
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from callagent.concurrency import uninterrupted
from callagent.database import Attempt, Store
from callagent.journal import Outcome
from callagent.livekit_api import LiveKitClient, ServerError, open_client
from callagent.livekit_api.connection import InvalidConnection, check_url
from callagent.phone_numbers.number import Number
from callagent.profile import DialSettings
from callagent.telephony.guards import Guard, Proposal, Refusal, check
from callagent.telephony.guards.rules.do_not_call import do_not_call
from callagent.telephony.outbound.call_request import DialOrder, is_text, write_metadata
from callagent.telephony.outbound.call_room import open_room, try_to_close
from callagent.telephony.outbound.follow import CallWatch, Ending, Limits, Progress
from callagent.telephony.outbound.originate import Trunk, find_trunk
from callagent.telephony.outbound.outcomes import CallFailed, server_failure
from callagent.telephony.trunk_numbers import as_on_trunk, first_number

ROOM_PREFIX = "callagent-out-"

HUNG_UP = "hung up by whoever dialled"


@dataclass(frozen=True)
class Connection:
    """How to reach livekit-server, and under which name the agent is dispatched. Raises InvalidConnection."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    agent: str

    def __post_init__(self) -> None:
        if not all(map(is_text, (self.url, self.api_key, self.api_secret, self.agent))):
            raise InvalidConnection("the URL, the key pair or the agent's name is not UTF-8 text")
        check_url(self.url)

    def open(self) -> AbstractAsyncContextManager[LiveKitClient]:
        """Return a client of the API; no request of it is ever sent twice."""
        return open_client(self)


@dataclass(frozen=True)
class Wish:
    """A call that is wanted.

    Args:
        number: who is to be called.
        profile: name of the agent's profile.
        settings: its section `dialling`.
        caller_id: who calls; None: the first number of the trunk.
        trunk: name or id of the outbound trunk; None: the only one.
        meta: what the agent is told about the call.
        max_call: length of the call, in seconds; None: as the settings say.
        region: country that was named for the call, where neither settings nor caller-ID say which may be called.
    """

    number: Number
    profile: str
    settings: DialSettings
    caller_id: Number | None = None
    trunk: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    max_call: float | None = None
    region: str | None = None


@dataclass(frozen=True)
class Result:
    """A call that was made: its attempt in the records, its room, and how it came out (None: nobody waited)."""

    number: str
    attempt: str
    room: str
    ending: Ending | None = None


class Refused(Exception):
    """A guard does not let the call out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Dialler:
    """Makes calls through one livekit-server.

    Args:
        store: the records database.
        listed: numbers of a do-not-call file, each with the place where it stands.
        now: the present moment, for guards and records.
    """

    def __init__(
        self,
        server: LiveKitClient,
        store: Store,
        *,
        agent: str,
        listed: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server, self._store, self._agent = server, store, agent
        self._listed, self._limits, self._now = listed or {}, limits or Limits(), now
        self._trunks: dict[str | None, Trunk] = {}

    async def call(
        self, wish: Wish, *, progress: Progress, wait: bool, began: Callable[[Result], None] = lambda _: None
    ) -> Result:
        """Make the call; with `wait` follow it to its end.

        Args:
            began: told of the call as soon as it is about to be dispatched, in a thread.

        Raises:
            Refused: a guard refuses it; that is recorded.
            UnknownTrunk: the trunk cannot be found.
            InvalidOrder: the agent cannot be told as much as that.
            CallFailed: livekit-server cannot be reached, or does not take the dispatch.
        """
        wish, trunk = await self.permit(wish)
        attempt_id = uuid.uuid4().hex
        order = self._order(wish, trunk, attempt_id, watched=wait)
        metadata = write_metadata(wish.profile, order)
        result = Result(wish.number.e164, attempt_id, f"{ROOM_PREFIX}{attempt_id[:16]}")
        await asyncio.to_thread(self._begin, wish, order, result, began)
        try:
            await self._dispatch(metadata, order, result.room)
        except CallFailed as failed:
            await self._withdraw(result, failed.failure.outcome, failed.failure.detail)
            raise
        except asyncio.CancelledError:
            await uninterrupted(self._withdraw(result, "cancelled", HUNG_UP))
            raise
        if not wait:
            progress("dispatched", 0.0)
            return result
        return await self.follow(result, order, progress)

    async def follow(self, result: Result, order: DialOrder, progress: Progress) -> Result:
        """Follow a dispatched call to its end, and record it if its worker has not. Cancelled, it hangs up."""
        watch = CallWatch(self._server, result.room, order, progress=progress, limits=self._limits)
        try:
            ending = await watch.follow()
        except asyncio.CancelledError:
            outcome: Outcome = "cancelled" if watch.answered_ago is None else "answered"  # as the worker has it
            await uninterrupted(self._record(result.attempt, outcome, HUNG_UP, watch.answered_ago))
            raise
        await self._record(result.attempt, ending.outcome, ending.detail, watch.answered_ago)
        return replace(result, ending=ending)

    async def _record(self, attempt: str, outcome: Outcome, detail: str, answered_ago: float | None) -> None:
        now = self._now()
        answered = None if answered_ago is None else now - timedelta(seconds=answered_ago)
        end = functools.partial(self._store.end_attempt, answered=answered, now=now)
        await asyncio.to_thread(end, attempt, outcome, detail)

    def order_of(self, wish: Wish, attempt: str) -> DialOrder:
        """Return the order of a call that was dispatched earlier, as far as following it needs it."""
        return self._order(wish, Trunk("-", "", ()), attempt, watched=True)

    async def permit(self, wish: Wish) -> tuple[Wish, Trunk]:
        """Ask the guards, first those that need nothing from livekit-server: then no request is made at all.

        Returns:
            The wish with the caller-ID as the trunk writes it, and the trunk.

        Raises:
            Refused: a guard refuses it; that is recorded.
            UnknownTrunk: the trunk cannot be found.
            CallFailed: livekit-server cannot be reached.
        """
        proposal = await asyncio.to_thread(self._proposal, wish)
        country_known = bool(wish.settings.countries) or wish.caller_id is not None
        first = proposal if country_known else replace(proposal, settings=_anywhere(wish))
        await asyncio.to_thread(self._ask_guards, wish, first)
        trunk = await self._trunk(wish.trunk)
        if wish.caller_id is None:
            wish = replace(wish, caller_id=first_number(trunk.numbers))
        else:
            wish = replace(wish, caller_id=as_on_trunk(wish.caller_id, trunk.numbers))
        proposal = replace(proposal, caller_id=wish.caller_id, trunk_numbers=trunk.numbers)
        await asyncio.to_thread(self._ask_guards, wish, proposal)
        return wish, trunk

    async def permit_still(self, wish: Wish) -> None:
        """Ask what may have changed since the guards had agreed: whether the number is listed by now.

        Raises:
            Refused: it is; that is recorded.
        """
        proposal = await asyncio.to_thread(self._proposal, wish)
        await asyncio.to_thread(self._ask_guards, wish, proposal, do_not_call)

    def _ask_guards(self, wish: Wish, proposal: Proposal, guard: Guard = check) -> None:
        if refusal := guard(proposal):
            self._store.refuse(wish.number.e164, refusal.rule, refusal.reason, profile=wish.profile, now=proposal.now)
            raise Refused(refusal)

    def _proposal(self, wish: Wish) -> Proposal:
        number, now = wish.number.e164, self._now()
        entry = self._store.do_not_call(number)
        listed = f"since {entry.at:%Y-%m-%d}" + (f", {entry.reason}" if entry.reason else "") if entry else ""
        return Proposal(
            number=wish.number,
            settings=wish.settings,
            now=now,
            caller_id=wish.caller_id,
            attempts=self._store.attempts_within_a_day(number, now),
            do_not_call=listed or self._listed.get(number, ""),
            max_call=wish.max_call,
            region=wish.region,
        )

    async def _trunk(self, wanted: str | None) -> Trunk:
        if wanted not in self._trunks:
            try:
                self._trunks[wanted] = await find_trunk(self._server, wanted)
            except ServerError as error:
                raise CallFailed(server_failure(error)) from error
        return self._trunks[wanted]

    def _order(self, wish: Wish, trunk: Trunk, attempt: str, *, watched: bool) -> DialOrder:
        settings = wish.settings
        return DialOrder(
            attempt=attempt,
            to=wish.number.e164,
            extension=wish.number.extension,
            caller_id=wish.caller_id.e164 if wish.caller_id else "",
            trunk=trunk.id,
            ringing_timeout=settings.ringing_timeout,
            max_call=wish.max_call or settings.max_call,
            machines=settings.machines,
            meta=dict(wish.meta),
            watched=watched,
        )

    def _begin(self, wish: Wish, order: DialOrder, result: Result, began: Callable[[Result], None]) -> None:
        self._store.begin_attempt(
            Attempt(
                id=result.attempt,
                number=result.number,
                at=self._now(),
                profile=wish.profile,
                room=result.room,
                caller_id=order.caller_id,
                trunk=order.trunk,
                meta=order.meta,
            )
        )
        began(result)

    async def _dispatch(self, metadata: str, order: DialOrder, room: str) -> None:
        empty = self._limits.worker + order.ringing_timeout
        try:
            await open_room(self._server, room, agent=self._agent, metadata=metadata, empty_timeout=empty)
        except ServerError as error:
            raise CallFailed(server_failure(error)) from error

    async def _withdraw(self, result: Result, outcome: Outcome, detail: str) -> None:
        """Take back a dispatch that may have reached a worker although nobody has said so, and record it."""
        await try_to_close(self._server, result.room, pause=self._limits.poll)
        await self._record(result.attempt, outcome, detail, None)


def _anywhere(wish: Wish) -> DialSettings:
    """Return the settings with the number's own country allowed: the trunk will tell which one is."""
    return wish.settings.model_copy(update={"countries": (wish.number.region,)})

"""Whether the worker may make a call that a dispatch asks for.

`callagent dial` has asked the guards, and recorded the attempt, before it dispatches. Anybody else with the API key can
write a dispatch too: for theirs all guards are asked here, with the settings of the profile that the call has. For
every call it is asked whether the number has been listed since.
"""

import asyncio
import uuid
from datetime import UTC, datetime

from callagent.database import Attempt, Store, StoreUnavailable
from callagent.livekit_api import LiveKitClient
from callagent.phone_numbers.number import parse_number
from callagent.profile import Profile
from callagent.telephony.number_lists.do_not_call_file import listed_by
from callagent.telephony.outbound import CallFailed, Dialler, DialOrder, Failure, Refused, UnknownTrunk, Wish
from callagent.telephony.trunk_numbers import caller_id
from callagent.worker.config import WorkerConfig
from callagent.yaml_config import ConfigError


async def permit(
    config: WorkerConfig, server: LiveKitClient, order: DialOrder, profile: Profile, room: str
) -> DialOrder:
    """Return the order as it is to be carried out: of a dispatch that `callagent dial`
    has not written, with what is missing.

    Such a call is recorded as an attempt here. Nobody is called while the do-not-call list cannot be read.

    Args:
        room: name of the room that the order was dispatched to.

    Raises:
        CallFailed: a guard refuses the call, which is recorded, or the trunk cannot be found.
    """
    try:
        store = await asyncio.to_thread(Store, config.database)
        try:
            return await _permitted(config, store, server, order, profile, room)
        finally:
            await asyncio.to_thread(store.close)
    except Refused as refused:
        raise CallFailed(Failure("refused", str(refused))) from refused
    except StoreUnavailable as error:
        raise CallFailed(Failure("refused", f"the do-not-call list cannot be read: {error}")) from error
    except ConfigError as error:
        raise CallFailed(Failure("refused", f"the do-not-call file cannot be read: {error}")) from error
    except UnknownTrunk as error:
        raise CallFailed(Failure("trunk failure", str(error))) from error


async def _permitted(
    config: WorkerConfig, store: Store, server: LiveKitClient, order: DialOrder, profile: Profile, room: str
) -> DialOrder:
    wish = _wish(config, order, profile)
    known = await asyncio.to_thread(store.attempt, order.attempt)
    if known is not None and (known.number, known.room, known.outcome) == (order.to, room, ""):
        await Dialler(server, store, agent=config.agent_name).permit_still(wish)
        return order
    attempt = order.attempt if known is None else uuid.uuid4().hex
    listed = await asyncio.to_thread(listed_by, profile, wish.caller_id.region or None if wish.caller_id else None)
    try:
        wish, trunk = await Dialler(server, store, agent=config.agent_name, listed=listed).permit(wish)
    except Refused as refused:
        await asyncio.to_thread(_record, store, order, attempt, profile, room, str(refused))
        raise
    complete = order.model_copy(
        update={
            "attempt": attempt,
            "trunk": trunk.id,
            "caller_id": wish.caller_id.e164 if wish.caller_id else "",
            "max_call": wish.max_call or profile.dialling.max_call,
        }
    )
    await asyncio.to_thread(_record, store, complete, attempt, profile, room)
    return complete


def _wish(config: WorkerConfig, order: DialOrder, profile: Profile) -> Wish:
    try:
        shown = caller_id(order.caller_id, config.routes.home) if order.caller_id else None
    except ValueError as error:
        raise CallFailed(Failure("refused", f"caller-ID: {error}")) from error
    return Wish(
        parse_number(order.to),
        profile.name,
        profile.dialling,
        caller_id=shown,
        trunk=order.trunk,
        meta=order.meta,
        max_call=order.max_call if "max_call" in order.model_fields_set else None,
    )


def _record(store: Store, order: DialOrder, attempt: str, profile: Profile, room: str, refusal: str = "") -> None:
    now = datetime.now(UTC)
    store.begin_attempt(
        Attempt(
            id=attempt,
            number=order.to,
            at=now,
            profile=profile.name,
            room=room,
            caller_id=order.caller_id,
            trunk=order.trunk,
            meta=order.meta,
            outcome="refused" if refusal else "",
            detail=refusal,
            ended=now if refusal else None,
        )
    )

"""The SIP part of a LiveKit server: what exists there, and one request per step."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api

from callagent.connection import Connection, check_url
from callagent.profile import masked
from callagent.telephony.sip.items import Create, Delete, Existing, Item, Kind, Park, Step
from callagent.telephony.sip.secret import Fingerprints
from callagent.telephony.sip.wire import Message, id_of, parked, read_existing, write

REQUEST_TIMEOUT_S = 4.0


class Unreachable(Exception):
    """The server does not answer, refuses the key, or cannot do SIP; the message is one line."""


class Refused(Exception):
    """The server refuses one request; the message is its own, on one line."""


class SipServer:
    """A LiveKit server, as far as trunks and rules are concerned.

    Args:
        client: LiveKit's API, which stays open as long as this is used.
        url: of the server, for messages.
        fingerprints: makes the digests that are kept beside passwords.
    """

    def __init__(self, client: api.LiveKitAPI, url: str, fingerprints: Fingerprints) -> None:
        self._sip = client.sip
        self._url = masked(url)
        self._fingerprints = fingerprints

    @classmethod
    @asynccontextmanager
    async def open(cls, connection: Connection, fingerprints: Fingerprints) -> AsyncIterator["SipServer"]:
        """Raises InvalidConnection for a URL that is none; nothing is sent yet."""
        check_url(connection.url)
        async with api.LiveKitAPI(connection.url, connection.api_key, connection.api_secret, failover=False) as client:
            yield cls(client, connection.url, fingerprints)

    async def existing(self, stack: str | None = None) -> tuple[Existing, ...]:
        """Every trunk and rule; of trunks with one name, a rule means that of `stack`. Raises Unreachable."""
        async with self._reaching():
            inbound, outbound, rules = await asyncio.gather(
                self._sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest()),
                self._sip.list_outbound_trunk(api.ListSIPOutboundTrunkRequest()),
                self._sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest()),
            )
        trunks = [read_existing(Kind.INBOUND, each, {}) for each in inbound.items]
        names = trunk_names(trunks, stack)
        return (
            *trunks,
            *(read_existing(Kind.OUTBOUND, each, {}) for each in outbound.items),
            *(read_existing(Kind.RULE, each, names) for each in rules.items),
        )

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        """Makes one step and returns the object's id. Raises Refused or Unreachable."""
        async with self._reaching():
            if isinstance(step, Delete):
                await self._delete(step.existing)
                return step.existing.id
            if isinstance(step, Create):
                return id_of(await self._create(step.item, stack, trunk_ids))
            base: Message = step.existing.raw
            kind = step.item.kind
            if isinstance(step, Park):
                message = parked(kind, base)
            else:
                message = write(step.item, stack, self._fingerprints, trunk_ids, base)
            await self._update(step.existing.id, message)
            return step.existing.id

    async def _create(self, item: Item, stack: str, trunk_ids: Mapping[str, str]) -> Message:
        match write(item, stack, self._fingerprints, trunk_ids):
            case api.SIPInboundTrunkInfo() as trunk:
                return await self._sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=trunk))
            case api.SIPOutboundTrunkInfo() as trunk:
                return await self._sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=trunk))
            case rule:
                return await self._sip.create_dispatch_rule(api.CreateSIPDispatchRuleRequest(dispatch_rule=rule))

    async def _update(self, id: str, message: Message) -> None:
        match message:
            case api.SIPInboundTrunkInfo():
                await self._sip.update_inbound_trunk(id, message)
            case api.SIPOutboundTrunkInfo():
                await self._sip.update_outbound_trunk(id, message)
            case rule:
                await self._sip.update_dispatch_rule(id, rule)

    async def _delete(self, existing: Existing) -> None:
        """What is gone already counts as deleted."""
        try:
            if existing.item.kind is Kind.RULE:
                request = api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=existing.id)
                await self._sip.delete_dispatch_rule(request)
            else:
                await self._sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=existing.id))
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                raise

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[None]:
        """Turns what can go wrong with a request into Unreachable or Refused. The messages contain no request."""
        try:
            # livekit-api 1.2 sends its requests without the time-out of its session.
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                yield
        except TimeoutError:
            raise Unreachable(f"cannot reach livekit-server at {self._url}: no answer") from None
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"cannot reach livekit-server at {self._url}: {_reason(error.os_error)}") from None
        except aiohttp.ClientError as error:
            raise Unreachable(f"cannot reach livekit-server at {self._url}: {type(error).__name__}") from None
        except DecodeError:
            raise Unreachable(f"what answers at {self._url} is not a livekit-server") from None
        except api.TwirpError as error:
            raise self._told(error) from None

    def _told(self, error: api.TwirpError) -> Unreachable | Refused:
        if error.status in (401, 403):
            return Unreachable(f"livekit-server at {self._url} refuses the API key")
        if "sip not connected" in error.message:
            return Unreachable(f"livekit-server at {self._url} has no Redis, which SIP needs")
        if error.code == api.TwirpErrorCode.UNKNOWN and not error.message:
            return Unreachable(f"what answers at {self._url} is not a livekit-server (status {error.status})")
        return Refused(" ".join(error.message.split()) or f"status {error.status}")


def trunk_names(existing: Sequence[Existing], stack: str | None) -> dict[str, str]:
    """Names by id of inbound trunks. Of several with one name only one gets it: that of the stack, or the oldest id."""
    trunks = [each for each in existing if each.item.kind is Kind.INBOUND]
    named: dict[str, str] = {}
    for trunk in sorted(trunks, key=lambda each: (each.stack != stack, each.id)):
        named.setdefault(trunk.item.name, trunk.id)
    return {id: name for name, id in named.items()}


def _reason(error: OSError) -> str:
    """The system's own words; asyncio and the resolver put theirs into `strerror`."""
    known = isinstance(error.errno, int) and error.errno > 0
    return (os.strerror(error.errno or 0) if known else error.strerror or str(error)).lower()

"""The SIP part of a LiveKit server: what exists there, and one request per step."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from callagent.concurrency import all_of
from callagent.livekit_api import LiveKitClient, open_client
from callagent.livekit_api.connection import Connection, check_url
from callagent.provisioning.protobuf import Message, parked, read_existing, write
from callagent.provisioning.resources import Create, Delete, Existing, Kind, Park, Step
from callagent.provisioning.secret import Fingerprints


class SipServer:
    """A LiveKit server, as far as trunks and rules are concerned.

    Args:
        client: of the server's API, which stays open as long as this is used.
        fingerprints: makes the digests that are kept beside passwords.
    """

    def __init__(self, client: LiveKitClient, fingerprints: Fingerprints) -> None:
        self._client, self._fingerprints = client, fingerprints

    @classmethod
    @asynccontextmanager
    async def open(cls, connection: Connection, fingerprints: Fingerprints) -> AsyncIterator["SipServer"]:
        """Raise InvalidConnection for a URL that is none; nothing is sent yet."""
        check_url(connection.url)
        async with open_client(connection) as client:
            yield cls(client, fingerprints)

    async def existing(self, stack: str | None = None) -> tuple[Existing, ...]:
        """Return every trunk and rule; of trunks with one name, a rule means that of `stack`. Raise ServerError."""
        inbound, outbound, rules = await all_of(
            self._client.inbound_trunks(), self._client.outbound_trunks(), self._client.dispatch_rules()
        )
        trunks = [read_existing(Kind.INBOUND, each, {}) for each in inbound]
        names = trunk_names(trunks, stack)
        return (
            *trunks,
            *(read_existing(Kind.OUTBOUND, each, {}) for each in outbound),
            *(read_existing(Kind.RULE, each, names) for each in rules),
        )

    async def do(self, step: Step, stack: str, trunk_ids: Mapping[str, str]) -> str:
        """Make one step and return the object's id. Raise ServerError; its message contains nothing of the step."""
        if isinstance(step, Delete):
            await self._delete(step.existing)
            return step.existing.id
        if isinstance(step, Create):
            return await self._client.create(write(step.item, stack, self._fingerprints, trunk_ids))
        base: Message = step.existing.raw
        kind = step.item.kind
        if isinstance(step, Park):
            message = parked(kind, base)
        else:
            message = write(step.item, stack, self._fingerprints, trunk_ids, base)
        await self._client.update(step.existing.id, message)
        return step.existing.id

    async def _delete(self, existing: Existing) -> None:
        """Count what is gone already as deleted."""
        if existing.item.kind is Kind.RULE:
            await self._client.delete_rule(existing.id)
        else:
            await self._client.delete_trunk(existing.id)


def trunk_names(existing: Sequence[Existing], stack: str | None) -> dict[str, str]:
    """Return names by id of inbound trunks. Of several with one name only one gets
    it: that of the stack, or the oldest id.
    """
    trunks = [each for each in existing if each.item.kind is Kind.INBOUND]
    named: dict[str, str] = {}
    for trunk in sorted(trunks, key=lambda each: (each.stack != stack, each.id)):
        named.setdefault(trunk.item.name, trunk.id)
    return {trunk_id: name for name, trunk_id in named.items()}

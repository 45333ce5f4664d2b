"""Calls of somebody who writes into an INVITE what does harm elsewhere, over a real livekit-sip to a real worker."""

import asyncio
import secrets
import socket
import sqlite3
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from callagent.livekit_api import open_client
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.live.invites import INVITES, Invite
from tests.live.sipp import sipp
from tests.support.livekit_server import RunningWorker, line_of, record_where
from tests.support.loopback import LOOPBACK, unused_port

pytestmark = [pytest.mark.sip, pytest.mark.local_models, pytest.mark.timeout(150)]

NOT_IN_A_LOG = ("5550177", "5550123", "previous instructions", "owned", "DROP TABLE", "onerror", "Traceback")


@asynccontextmanager
async def number_with_headers(stack: SipStack, agent: str) -> AsyncIterator[str]:
    """A number of ours whose trunk passes every header on, some as attributes; its rooms have the caller's name."""
    number = f"+1202555{secrets.randbelow(10**4):04}"
    attributes = {"X-Note": "customer.note", "X-Number": "sip.phoneNumber"}
    async with open_client(stack.server) as server:
        info = api.SIPInboundTrunkInfo(name="headers", numbers=[number], headers_to_attributes=attributes)
        info.include_headers = api.SIPHeaderOptions.SIP_ALL_HEADERS
        trunk = await server.create(info)
        individual = api.SIPDispatchRuleIndividual(room_prefix="call-")
        rule = await server.create(
            api.SIPDispatchRuleInfo(
                name="headers",
                trunk_ids=[trunk],
                rule=api.SIPDispatchRule(dispatch_rule_individual=individual),
                room_config=api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=agent)]),
            )
        )
        try:
            yield number
        finally:
            await server.delete_rule(rule)
            await server.delete_trunk(trunk)


async def called(stack: SipStack, worker: RunningWorker, invite: Invite, directory: Path) -> dict[str, Any]:
    """The record of a call that begins with the INVITE."""
    call, port = secrets.token_hex(8), unused_port(socket.SOCK_DGRAM)
    async with number_with_headers(stack, worker.agent_name) as number:
        arguments = [f"{LOOPBACK}:{stack.sip_port}", "-s", number, "-m", "1", "-cid_str", call]
        replace = ("HEADERS", invite.lines())
        async with sipp("caller_writes_anything", directory, *arguments, port=port, replace=replace) as caller:
            await caller.finished()
        return await record_where(worker, lambda record: record["context"].get("sip_call_id") == call)


def texts(value: Any) -> Iterator[str]:
    """Every text in a record, names included."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def acts(text: str) -> bool:
    """Whether a terminal would do anything at the text but show it."""
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text.replace("\t", ""))


def intact(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {"attempts", "do_not_call"} <= tables and connection.execute("PRAGMA integrity_check").fetchone() == (
            "ok",
        )


@pytest.mark.parametrize("name", INVITES)
async def test_a_call_is_answered_and_recorded_whatever_its_invite_says(
    sip_stack: SipStack, sip_worker: RunningWorker, tmp_path: Path, name: str
) -> None:
    sip_worker.process.tail.clear()
    record = await called(sip_stack, sip_worker, INVITES[name], tmp_path)
    assert (record["reason"], record["error"], record["profile"]) == ("caller hung up", None, "en-US")
    assert record["answered"] is not None
    assert [text for text in texts(record) if acts(text) or len(text) > 512] == []
    await line_of(sip_worker, "call ended")
    log = tuple(sip_worker.process.tail)
    assert [line for line in log if acts(line) or any(part in line for part in NOT_IN_A_LOG)] == []
    assert await asyncio.to_thread(intact, sip_worker.database)

"""Sends orders to the job of a call, and waits for what its journal says came of them.

livekit-server carries an order to the agent of the call, and to nobody else. The agent answers in the call's journal,
which is in the database a second later: so what the console shows is what was kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from callagent.console.journal_entries import numbered
from callagent.journal.operator.operator_events import OperatorOrder, OrderState
from callagent.livekit_api import agent_identity, open_client
from callagent.livekit_api.connection import Connection
from callagent.operator_orders import TOPIC, Order, signed
from callagent.records import CallRow, RecordStore
from callagent.records.journal_lines import unpacked
from callagent.records.tables import PacketRow

TAKEN_S: Final = 8.0
"""How long the journal of a call may take to say that an order has come, in seconds: a worker writes each second."""

DONE_S: Final = 6.0
"""How long it is waited for what comes of it then, in seconds; what takes longer is seen in the call's page."""

LOOK_S: Final = 0.3
"""How often the database is asked meanwhile, in seconds."""


class NotTaken(Exception):
    """The call has not taken the order; the message is one line for whoever gave it."""


@dataclass(frozen=True)
class Answer:
    """How far an order is, and what came of it."""

    state: OrderState
    result: str = ""


class OrderPost:
    """Sends orders.

    Args:
        server: livekit-server, with the key pair that the workers have.
        store: the database of the calls.

    Attributes:
        server: the same.
    """

    def __init__(self, server: Connection, store: RecordStore) -> None:
        self.server, self._store = server, store

    async def send(self, call: CallRow, order: Order) -> Answer:
        """Send an order, and return how far it is after some seconds.

        Raises:
            ServerError: livekit-server does not take it.
            NotTaken: the call does not say that it has it.
            StoreUnavailable: the database cannot be used.
        """
        packet = signed(order, secret=self.server.api_secret, call=call.id)
        async with open_client(self.server) as client:
            await client.send_data(call.room, agent_identity(call.id), TOPIC, packet)
        return await self._answer(call, order)

    async def _answer(self, call: CallRow, order: Order) -> Answer:
        loop = asyncio.get_running_loop()
        line, until, answer = call.lines, loop.time() + TAKEN_S, None
        while loop.time() < until:
            lines, line = await asyncio.to_thread(self._read, call.seq, line)
            for each in lines:
                if each.order == order.id:
                    until = until if answer is not None else loop.time() + DONE_S
                    answer = Answer(each.state, each.result)
            if answer is not None and answer.state != "begun":
                return answer
            await asyncio.sleep(LOOK_S)
        if answer is None:
            raise NotTaken(
                "the call has not taken it: it may be over, or its worker has another API secret, another clock or "
                "another database; its notes say more"
            )
        return answer

    def _read(self, call: int, line: int) -> tuple[Sequence[OperatorOrder], int]:
        """Return the orders in the journal from a line on, and the number of the next line."""
        query = select(PacketRow.first, PacketRow.pii_lines).where(
            PacketRow.call == call, PacketRow.first + PacketRow.count > line
        )
        found: list[OperatorOrder] = []
        with self._store.session() as session:
            for first, packet in session.execute(query.order_by(PacketRow.first)):
                lines = unpacked([packet])
                found += [each for _, each in numbered(lines) if isinstance(each, OperatorOrder)]
                line = max(line, first + len(lines))
        return found, line

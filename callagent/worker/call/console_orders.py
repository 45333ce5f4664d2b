"""Orders of the console as the job of a call gets them: data packets of the server's API, signed for this call."""

import logging
from typing import Final

from livekit import rtc

from callagent.agent.operator.operator_desk import OperatorDesk
from callagent.journal import ObservationLog
from callagent.journal.call_record import CallRecord
from callagent.journal.operator.operator_events import OperatorOrder, OrderState
from callagent.operator_orders import TOPIC, InvalidOrder, OrderReader

MOST_TOLD: Final = 5
"""Packets that are no orders and are told of in a call; whoever sends more of them fills neither journal nor log."""

_log = logging.getLogger("callagent.worker")


class OperatorLog:
    """Writes into the log of a call how far orders are: an `OperatorWatcher` of `callagent.agent`."""

    def __init__(self, log: ObservationLog) -> None:
        self._log = log

    def told(self, order: str, act: str, by: str, state: OrderState, text: str, result: str) -> None:
        """Log it."""
        self._log.add(OperatorOrder(self._log.now(), order, act, by, state, text, result))


class ConsoleOrders:
    """Hands orders on to the desk of a call. What is not signed by the console is noted, and nothing else.

    Args:
        secret: LiveKit's API secret, which the console has too.
        record: of the call.
        desk: carries them out.
    """

    def __init__(self, secret: str, record: CallRecord, desk: OperatorDesk) -> None:
        self._reader = OrderReader(secret, record.call)
        self._record, self._desk = record, desk
        self._refused = 0

    def listen(self, room: rtc.Room) -> None:
        """Take orders from now on, and notice when whoever has taken the call over has gone."""
        room.on("data_received", self._received)
        room.on("participant_disconnected", lambda participant: self._desk.left(participant.identity))

    def _received(self, packet: rtc.DataPacket) -> None:
        if packet.topic != TOPIC:
            return
        try:
            order = self._reader.read(packet.data)
        except InvalidOrder as error:
            self._refused += 1
            if self._refused <= MOST_TOLD:
                self._record.note(f"an order from the console was not taken: {error}")
            return
        self._desk.take(order)

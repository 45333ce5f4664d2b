"""Data packets in a room, and which of them are orders of the console."""

from types import SimpleNamespace
from typing import Any

import pytest
from livekit.rtc import EventEmitter

from callagent.journal import Note
from callagent.journal.call_record import CallRecord
from callagent.operator_orders import TOPIC, Order, new_order, signed
from callagent.worker.call.console_orders import MOST_TOLD, ConsoleOrders

SECRET = "an API secret of LiveKit's"


class Desk:
    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.gone: list[str] = []

    def left(self, identity: str) -> None:
        self.gone.append(identity)

    def take(self, order: Order) -> None:
        self.orders.append(order)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def record() -> CallRecord:
    return CallRecord("AJ_1", "room")


@pytest.fixture
def room(desk: Any, record: CallRecord) -> Any:
    room: Any = EventEmitter()
    ConsoleOrders(SECRET, record, desk).listen(room)
    return room


def arrives(room: Any, data: bytes, topic: str = TOPIC, participant: Any = None) -> None:
    room.emit("data_received", SimpleNamespace(data=data, topic=topic, participant=participant))


def packet(secret: str = SECRET) -> bytes:
    return signed(new_order("say", "console", text="Hello"), secret=secret, call="AJ_1")


def test_an_order_of_the_console_is_taken(room: Any, desk: Desk, record: CallRecord) -> None:
    arrives(room, packet())
    assert [each.pii_text for each in desk.orders] == ["Hello"]
    assert record.log.of(Note) == []


def test_what_is_not_signed_by_the_console_is_noted_and_not_taken(room: Any, desk: Desk, record: CallRecord) -> None:
    once = packet()
    for data in (packet("guessed"), b"", b'{"order": {"act": "hang up"}}'):
        arrives(room, data)
    arrives(room, once)
    arrives(room, once, participant=SimpleNamespace(identity="somebody who has seen it"))
    assert len(desk.orders) == 1
    messages = [each.message for each in record.log.of(Note)]
    assert messages[-1] == "an order from the console was not taken: it has come before"
    assert len(messages) == 4


def test_whoever_sends_many_fills_no_journal(room: Any, desk: Desk, record: CallRecord) -> None:
    for _ in range(100):
        arrives(room, b"x" * 64)
    assert len(record.log.of(Note)) == MOST_TOLD and desk.orders == []


def test_other_packets_are_nothing_to_it(room: Any, desk: Desk, record: CallRecord) -> None:
    arrives(room, packet(), topic="chat")
    assert desk.orders == [] and record.log.of(Note) == []


def test_who_leaves_the_room_is_told(room: Any, desk: Desk) -> None:
    room.emit("participant_disconnected", SimpleNamespace(identity="operator-1"))
    assert desk.gone == ["operator-1"]

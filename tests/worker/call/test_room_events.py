import json
from typing import Any, cast

import pytest
from livekit import rtc

from callagent.journal import AgentState, Note, ToolCalled
from callagent.journal.call_record import CallRecord
from callagent.worker.call.room_events import TOPIC, RoomEvents


class NotedRoom:
    """A room that notes what is published in it."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.local_participant = self

    def isconnected(self) -> bool:
        return True

    async def publish_data(self, packet: bytes, *, reliable: bool, topic: str) -> None:
        assert (reliable, topic) == (True, TOPIC)
        self.packets.append(packet)


@pytest.mark.parametrize(
    ("value", "sent"),
    [("half \ud83d", "half \ufffd"), (float("nan"), None), (b"\xff", "\ufffd"), ({1: "\0"}, {"1": "\0"})],
)
async def test_no_content_keeps_an_event_from_the_room(value: Any, sent: Any) -> None:
    room = NotedRoom()
    record = CallRecord("AJ_1", "call-1", started=0.0)
    events = RoomEvents(cast(rtc.Room, room), record)
    record.log.add(ToolCalled(1.0, "book", value))
    await events.aclose()
    assert [json.loads(packet)["arguments"] for packet in room.packets] == [sent]


async def test_what_happens_is_told_in_order_and_the_end_of_the_call_last() -> None:
    room = NotedRoom()
    record = CallRecord("AJ_1", "call-1", started=100.0)
    record.note("before anybody listens")
    events = RoomEvents(cast(rtc.Room, room), record)
    for entry in (
        Note(1.0, "no such profile"),
        AgentState(2.0, "listening"),
        ToolCalled(3.0, "book", {"day": "friday"}),
    ):
        record.log.add(entry)
    record.happened("job failed", "ValueError: no")
    await events.aclose()
    await events.aclose()
    packets = [json.loads(packet) for packet in room.packets]
    assert packets[:2] == [
        {"type": "note", "at": 101.0, "message": "no such profile"},
        {"type": "tool", "at": 103.0, "name": "book", "arguments": {"day": "friday"}},
    ]
    assert [(each["type"], each.get("reason"), each.get("error")) for each in packets[2:]] == [
        ("ended", "error", "ValueError: no")
    ]


async def test_what_is_too_large_for_a_packet_is_left_out() -> None:
    room = NotedRoom()
    record = CallRecord("AJ_1", "call-1")
    events = RoomEvents(cast(rtc.Room, room), record)
    record.log.add(Note(1.0, "x" * 14_000))
    record.log.add(Note(2.0, "short"))
    await events.aclose()
    assert [json.loads(packet)["message"] for packet in room.packets] == ["short"]


async def test_an_error_that_nobody_reckons_with_is_not_lost() -> None:
    class Broken(NotedRoom):
        async def publish_data(self, packet: bytes, *, reliable: bool, topic: str) -> None:
            raise ValueError("broken on purpose")

    record = CallRecord("AJ_1", "call-1")
    events = RoomEvents(cast(rtc.Room, Broken()), record)
    record.log.add(Note(1.0, "hello"))
    with pytest.raises(ValueError, match="broken on purpose"):
        await events.aclose()

import json
from typing import Any, cast

import pytest
from livekit import rtc

from callagent.worker.events import TOPIC, RoomEvents


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
    events = RoomEvents(cast(rtc.Room, room))
    events.send("tool", 1.0, arguments=value)
    await events.aclose()
    assert [json.loads(packet)["arguments"] for packet in room.packets] == [sent]

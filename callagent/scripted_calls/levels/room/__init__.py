"""The level `room` of scripted calls: a real livekit-server, a real worker, a caller of kind SIP."""

from callagent.scripted_calls.levels.room.room_level import RoomLevel

__all__ = ["RoomLevel"]

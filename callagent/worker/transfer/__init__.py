"""Handing a caller over: call control in the room, warm transfer, isolation, hold music."""

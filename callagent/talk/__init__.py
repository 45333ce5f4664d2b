"""Talking to the agent oneself: typing, or by microphone and loudspeaker."""

from callagent.talk.typed import ToolOutput, TypedCall

__all__ = ["ToolOutput", "TypedCall"]

"""Talking to the agent oneself: typing, or by microphone and loudspeaker."""

from callagent.interactive.typed import TypedCall

__all__ = ["TypedCall"]

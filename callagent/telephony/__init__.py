"""Telephony: numbers, guards, dialling, and the configuration of the phone network's side of LiveKit."""

from callagent.call_context import CallContext, Direction
from callagent.telephony.context import read_context
from callagent.telephony.routing import NO_ROUTES, Choice, Routes, Source, choose_profile, load_routes

__all__ = [
    "NO_ROUTES",
    "CallContext",
    "Choice",
    "Direction",
    "Routes",
    "Source",
    "choose_profile",
    "load_routes",
    "read_context",
]

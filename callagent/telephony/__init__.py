"""Telephony: numbers, guards, dialling, and the configuration of the phone network's side of LiveKit."""

from callagent.telephony.context import CallContext, Direction, read_context
from callagent.telephony.numbers import InvalidNumber, Number, is_region, parse_number, region_of
from callagent.telephony.routes import NO_ROUTES, Choice, Routes, Source, choose_profile, load_routes

__all__ = [
    "NO_ROUTES",
    "CallContext",
    "Choice",
    "Direction",
    "InvalidNumber",
    "Number",
    "Routes",
    "Source",
    "choose_profile",
    "is_region",
    "load_routes",
    "parse_number",
    "read_context",
    "region_of",
]

"""Asking livekit-server: one client, one table of time limits, one hierarchy of errors."""

from callagent.livekit_api.client import LIMITS, Address, LiveKitClient, SipObject, TimeLimits, open_client
from callagent.livekit_api.errors import (
    CallRefused,
    NotFound,
    Refused,
    ServerError,
    SipDisabled,
    Unauthorised,
    Unreachable,
    one_line,
)
from callagent.livekit_api.rooms import (
    CONSULTANT,
    CONSULTED,
    HANG_UP_S,
    LEFT,
    count_parties,
    find_dispatches,
    hang_up,
    has_agent,
    is_party,
    leave,
    search_rooms,
)

__all__ = [
    "CONSULTANT",
    "CONSULTED",
    "HANG_UP_S",
    "LEFT",
    "LIMITS",
    "Address",
    "CallRefused",
    "LiveKitClient",
    "NotFound",
    "Refused",
    "ServerError",
    "SipDisabled",
    "SipObject",
    "TimeLimits",
    "Unauthorised",
    "Unreachable",
    "count_parties",
    "find_dispatches",
    "hang_up",
    "has_agent",
    "is_party",
    "leave",
    "one_line",
    "open_client",
    "search_rooms",
]

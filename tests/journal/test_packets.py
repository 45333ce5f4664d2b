import json

import pytest

from callagent.audio import CallClock
from callagent.journal import (
    AgentAudible,
    AgentState,
    BackgroundSound,
    CallEnded,
    Disclosed,
    DisclosureMissed,
    GateDecided,
    HandedOver,
    Note,
    Observation,
    OptedOut,
    PlayoutEnded,
    StateChanged,
    ToolCalled,
    Trouble,
    TurnAdded,
)
from callagent.journal.packets import observation_of, packet_of
from callagent.turns import Heard, OverlapRecord

ORIGIN = 1_700_000_000.0
OVERLAP = OverlapRecord(1.0, None, 1.5, "interrupt", "command", (Heard(1.25, "Stop.", True, 0.5),), 1.75)

PACKETS = [
    (
        TurnAdded(1.0, "user", "Hello.", {"stopped_speaking_at": 0.5, "end_of_turn_delay": 0.25}, False),
        {
            "type": "turn",
            "at": ORIGIN + 1,
            "role": "user",
            "text": "Hello.",
            "interrupted": False,
            "metrics": {"stopped_speaking_at": ORIGIN + 0.5, "end_of_turn_delay": 0.25},
        },
    ),
    (
        ToolCalled(1.0, "book", {"day": "friday"}, "call_1"),
        {"type": "tool", "at": ORIGIN + 1, "name": "book", "arguments": {"day": "friday"}},
    ),
    (
        StateChanged(1.0, "order.total", 12),
        {"type": "state", "at": ORIGIN + 1, "path": "order.total", "value": 12, "missing": ""},
    ),
    (GateDecided.of(OVERLAP), {"type": "decision", "at": ORIGIN + 1.5, "overlap": OVERLAP.as_dict()}),
    (
        HandedOver(1.0, "orders", "reception", False),
        {"type": "handed_over", "at": ORIGIN + 1, "agent": "orders", "before": "reception", "task": False},
    ),
    (AgentAudible(1.0), {"type": "audible", "at": ORIGIN + 1}),
    (PlayoutEnded(1.0, True), {"type": "silent", "at": ORIGIN + 1, "interrupted": True}),
    (
        BackgroundSound(1.0, "ambient", "office", True),
        {"type": "background", "at": ORIGIN + 1, "kind": "ambient", "sound": "office", "playing": True},
    ),
    (
        Disclosed(1.0, "ai", True, 0.75),
        {"type": "disclosed", "at": ORIGIN + 1, "kind": "ai", "complete": True, "offset": 0.75},
    ),
    (
        DisclosureMissed(1.0, "ai", 10.0, "late"),
        {"type": "disclosure_missed", "at": ORIGIN + 1, "kind": "ai", "within": 10.0, "why": "late"},
    ),
    (OptedOut(1.0, "key", True), {"type": "opted_out", "at": ORIGIN + 1, "by": "key", "listed": True}),
    (Trouble(1.0, "no"), {"type": "error", "at": ORIGIN + 1, "message": "no"}),
    (Note(1.0, "no"), {"type": "note", "at": ORIGIN + 1, "message": "no"}),
    (
        CallEnded(1.0, "busy", "486 Busy Here", "silence"),
        {"type": "ended", "at": ORIGIN + 1, "reason": "not answered", "error": "486 Busy Here"},
    ),
]


@pytest.mark.parametrize(("entry", "packet"), PACKETS, ids=lambda value: type(value).__name__)
def test_packets_have_the_form_that_listeners_know(entry: Observation, packet: object) -> None:
    assert packet_of(entry, CallClock(ORIGIN)) == packet


def test_what_is_not_told_has_no_packet() -> None:
    assert packet_of(AgentState(1.0, "speaking"), CallClock(ORIGIN)) is None
    assert packet_of(GateDecided(1.0, "", "drop", "grace", None), CallClock(ORIGIN)) is None


@pytest.mark.parametrize("entry", [entry for entry, _ in PACKETS[:-1]], ids=lambda value: type(value).__name__)
def test_a_listener_gets_what_was_observed_on_its_own_clock(entry: Observation) -> None:
    packet = json.loads(json.dumps(packet_of(entry, CallClock(ORIGIN))))
    later = observation_of(packet, CallClock(ORIGIN - 2))
    assert later is not None
    assert later.at == entry.at + 2
    again = observation_of(packet, CallClock(ORIGIN))
    assert again == (ToolCalled(1.0, "book", {"day": "friday"}) if isinstance(entry, ToolCalled) else entry)


def test_an_overlap_is_on_the_listeners_clock_as_a_whole() -> None:
    packet = packet_of(GateDecided.of(OVERLAP), CallClock(ORIGIN))
    assert packet is not None
    entry = observation_of(packet, CallClock(ORIGIN - 2))
    assert isinstance(entry, GateDecided) and entry.overlap is not None
    overlap = entry.overlap
    times = (overlap.onset, overlap.offset, overlap.decided_at, overlap.silent_at, overlap.heard[0].at)
    assert times == (3.0, None, 3.5, 3.75, 3.25)


@pytest.mark.parametrize("packet", [{"type": "later", "at": 1.0}, {"type": "ended", "at": 1.0, "reason": "error"}])
def test_what_is_not_for_the_log_is_passed_over(packet: dict[str, object]) -> None:
    assert observation_of(packet, CallClock(ORIGIN)) is None


@pytest.mark.parametrize("packet", [{}, {"type": "turn"}, {"type": "turn", "at": 1}, {"type": "turn", "at": "noon"}])
def test_what_is_no_packet_is_an_error(packet: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        observation_of(packet, CallClock(ORIGIN))

"""The interruption gate: what the caller says over the agent is judged, not just detected."""

from callagent.turns.config import GateConfig
from callagent.turns.gate.machine import Gate
from callagent.turns.gate.overlap_record import Heard, OverlapRecord
from callagent.turns.lexicon import Kind, Lexicon, Match
from callagent.turns.soft_acks import is_soft_ack, reload_soft_acks

__all__ = [
    "Gate",
    "GateConfig",
    "Heard",
    "Kind",
    "Lexicon",
    "Match",
    "OverlapRecord",
    "is_soft_ack",
    "reload_soft_acks",
]

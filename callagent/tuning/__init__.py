"""Settings of the gate tried on calls that are over: replayed events, a grid, a trade-off."""

from callagent.tuning.collecting import look_in, make
from callagent.tuning.grid import Setting, grid_around
from callagent.tuning.hearing import Heard, hear
from callagent.tuning.recording import event_journal
from callagent.tuning.table import front_table
from callagent.tuning.tradeoff import Point, Tradeoff, sweep
from callagent.tuning.trial import Trial
from callagent.tuning.unlabelled import judged

__all__ = [
    "Heard",
    "Point",
    "Setting",
    "Tradeoff",
    "Trial",
    "event_journal",
    "front_table",
    "grid_around",
    "hear",
    "judged",
    "look_in",
    "make",
    "sweep",
]

"""Settings of the gate tried on calls that are over: replayed events, a grid, a trade-off."""

from callagent.scripted_calls.tuning.candidate import Trial
from callagent.scripted_calls.tuning.find_journals import event_journal, look_in, make
from callagent.scripted_calls.tuning.grid import Setting, grid_around
from callagent.scripted_calls.tuning.tradeoff import Point, Tradeoff, front_table, sweep
from callagent.scripted_calls.tuning.unlabelled import judged
from callagent.scripted_calls.tuning.vad_rerun import Heard, hear

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

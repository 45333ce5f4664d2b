"""Scripted calls: one YAML file, run as text, as audio, in a room."""

from callagent.calls.levels import make_level
from callagent.calls.load import CallFile, call_of, find_calls, load_call, plan_call
from callagent.calls.model import CallScript
from callagent.calls.result import CallResult, StepResult, as_json
from callagent.calls.runner import CallBrokenOff, FinishedCall, Run, Watcher, run_calls
from callagent.calls.stage import CallPlan, Level, LevelName, LevelUnavailable, Stage

__all__ = [
    "CallBrokenOff",
    "CallFile",
    "CallPlan",
    "CallResult",
    "CallScript",
    "FinishedCall",
    "Level",
    "LevelName",
    "LevelUnavailable",
    "Run",
    "Stage",
    "StepResult",
    "Watcher",
    "as_json",
    "call_of",
    "find_calls",
    "load_call",
    "make_level",
    "plan_call",
    "run_calls",
]

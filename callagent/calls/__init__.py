"""Scripted calls: one YAML file, run as text, as audio, in a room."""

from callagent.calls.levels import Level, make_level
from callagent.calls.result import CallResult, StepResult, as_json
from callagent.calls.runner import CallBrokenOff, FinishedCall, Run, Watcher, run_calls
from callagent.calls.script.call_script import CallScript, LevelName
from callagent.calls.script.loading import CallFile, call_of, find_calls, load_call
from callagent.calls.script.plan import CallPlan, plan_call
from callagent.calls.stage import Stage
from callagent.calls.unavailable import LevelUnavailable

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

"""Scripted calls: one YAML file, run as text, as audio, in a room."""

from callagent.scripted_calls.levels.level import Level, make_level
from callagent.scripted_calls.run.call_runner import CallBrokenOff, FinishedCall, Run, Watcher, run_calls
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.run.result import CallResult, StepResult, as_json
from callagent.scripted_calls.script.call_file import CallFile, call_of, find_calls, load_call
from callagent.scripted_calls.script.call_plan import CallPlan, plan_call
from callagent.scripted_calls.script.call_script import CallScript, LevelName

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

"""The report of a call as one HTML page, and the page over all calls of a run."""

from callagent.scripted_calls.report.page import render_call, render_index
from callagent.scripted_calls.report.page_data import (
    CallReport,
    Decision,
    Figure,
    IndexEntry,
    Latency,
    Moment,
    Outcome,
    Recording,
    RunIndex,
    Step,
    Word,
)
from callagent.scripted_calls.report.page_from_log import KINDS, how_it_ended, recording_of, report_of_log

__all__ = [
    "KINDS",
    "CallReport",
    "Decision",
    "Figure",
    "IndexEntry",
    "Latency",
    "Moment",
    "Outcome",
    "Recording",
    "RunIndex",
    "Step",
    "Word",
    "how_it_ended",
    "recording_of",
    "render_call",
    "render_index",
    "report_of_log",
]

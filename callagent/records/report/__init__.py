"""The report of a call as one HTML page, and the page over all calls of a run."""

from callagent.records.report.from_log import KINDS, how_it_ended, recording_of, report_of_log
from callagent.records.report.model import (
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
from callagent.records.report.page import render_call, render_index

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

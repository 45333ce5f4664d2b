"""The report of a call as one HTML page, and the page over all calls of a run."""

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
    "render_call",
    "render_index",
]

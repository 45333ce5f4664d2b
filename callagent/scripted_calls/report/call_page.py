"""From finished calls to what the pages of `--report` show."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callagent.audio import Samples
from callagent.scripted_calls import CallPlan, CallResult, Stage
from callagent.scripted_calls.measure.panel import Panel, rows
from callagent.scripted_calls.report import CallReport, Figure, IndexEntry, Outcome, Step, recording_of, report_of_log
from callagent.scripted_calls.report.timeline_json import first_byte_of


def call_page(
    plan: CallPlan,
    result: CallResult,
    stage: Stage,
    *,
    sides: tuple[Samples, Samples],
    recording: Path | None,
    broken_off: bool = False,
    files: Sequence[Path] = (),
    made: str = "",
    index: str | None = None,
) -> CallReport:
    """Return what the page of a call shows. Read the recording, if there is one."""
    report = report_of_log(
        result.call,
        _outcome(result, broken_off),
        result.log,
        stage.timeline,
        result.seconds,
        facts=_facts(plan, result),
        sides=sides,
        recording=recording_of(recording, recording.parent) if recording else None,
        first_byte=first_byte_of(result.level),
        made=made,
        index=index,
    )
    return replace(report, steps=_steps(result), panel=figures(result.panel), files=[file.name for file in files])


def index_entry(result: CallResult, directory: str, files: Sequence[Path], *, broken_off: bool = False) -> IndexEntry:
    """Return what the page over all calls shows of one."""
    return IndexEntry(
        title=result.call,
        outcome=_outcome(result, broken_off),
        level=result.level,
        seconds=result.seconds,
        directory=directory,
        steps=_steps(result),
        figures={name: short for name, value in result.panel.as_dict().items() if (short := _short(name, value))},
        files=[file.name for file in files],
    )


def figures(panel: Panel) -> list[Figure]:
    """Return the panel, as far as it has events."""
    return [Figure(*row) for row in rows(panel)]


def _outcome(result: CallResult, broken_off: bool) -> Outcome:
    if broken_off:
        return "broken off"
    if result.passed:
        return "passed"
    return "failed" if result.failed else "not judged"


def _facts(plan: CallPlan, result: CallResult) -> dict[str, str]:
    facts = {"level": result.level, "profile": plan.profile.name, "length": f"{result.seconds:.1f} s"}
    if plan.gate != "callagent":
        facts["gate"] = plan.gate
    if result.log.ended is not None:
        facts["ended"] = result.log.ended.reason
    return {**facts, "script": result.file}


def _steps(result: CallResult) -> list[Step]:
    return [
        Step(step.step, step.passed, step.expected, step.observed, acts=step.acts, at=step.at, judged=step.judged)
        for step in result.steps
    ]


def _short(name: str, value: Any) -> str:
    """Return a figure for the column of a table; empty without events."""
    if name == "max_gap_ms":
        return "" if value is None else f"{value} ms"
    if not isinstance(value, dict):
        return str(value) if value else ""
    if not value["count"]:
        return ""
    return (
        f"{round(value['rate'] * value['count'])} of {value['count']}" if "rate" in value else f"{value['mean']:.2f} s"
    )

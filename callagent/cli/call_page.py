"""From finished calls to what the pages of `--report` show."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from callagent.calls import CallPlan, CallResult, Stage
from callagent.calls.journal import agent_states, turn_latencies
from callagent.calls.panel import Panel, rows
from callagent.calls.result import turns_of
from callagent.journal import (
    AgentKeys,
    AgentState,
    AgentWords,
    Answered,
    CallerHeard,
    CallerKeys,
    GateDecided,
    ObservationLog,
    Ringing,
    ToolCalled,
    TransferRequested,
    Trouble,
)
from callagent.line import SAMPLE_RATE, Samples
from callagent.records.report import (
    CallReport,
    Decision,
    Figure,
    IndexEntry,
    Latency,
    Moment,
    Outcome,
    Recording,
    Step,
    Word,
)
from callagent.records.scene import Heard, Scene, StateSpan

KINDS = {"drop": "talked on", "interrupt": "stopped", "deliver": "answered", "pass": "answered"}
"""What the decisions of the gate come to, in the words of the reports."""

EMBEDDED_BYTES = 6_000_000
"""Recordings up to about three minutes are put into the page, which can then be sent by mail as one file."""


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
    """What the page of a call shows. Reads the recording, if there is one."""
    log = result.log
    return CallReport(
        title=result.call,
        outcome=_outcome(result, broken_off),
        scene=_scene(result, stage, sides),
        facts=_facts(plan, result),
        steps=_steps(result),
        words=[Word(entry.at, entry.text) for entry in log.of(AgentWords)],
        decisions=[_decision(entry) for entry in sorted(log.of(GateDecided), key=lambda entry: entry.at)],
        moments=sorted(_moments(log), key=lambda moment: moment.at),
        latencies=_latencies(result, stage),
        panel=figures(result.panel),
        recording=_recording(recording) if recording else None,
        files=[file.name for file in files],
        made=made,
        index=index,
    )


def index_entry(result: CallResult, directory: str, files: Sequence[Path], *, broken_off: bool = False) -> IndexEntry:
    """What the page over all calls shows of one."""
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
    """The panel, as far as it has events."""
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


def _scene(result: CallResult, stage: Stage, sides: tuple[Samples, Samples]) -> Scene:
    caller, agent = sides
    return Scene(
        caller,
        agent,
        SAMPLE_RATE,
        stage.timeline.caller,
        stage.timeline.agent,
        [StateSpan(*span) for span in agent_states(result.log.of(AgentState), result.seconds)],
        [Heard(entry.at, entry.text, entry.final) for entry in result.log.of(CallerHeard)],
    )


def _steps(result: CallResult) -> list[Step]:
    return [
        Step(step.step, step.passed, step.expected, step.observed, acts=step.acts, at=step.at, judged=step.judged)
        for step in result.steps
    ]


def _decision(entry: GateDecided) -> Decision:
    kind = KINDS.get(entry.decision, entry.decision)
    return Decision(entry.at, kind, entry.rule, entry.heard, entry.reaction_ms)


def _moments(log: ObservationLog) -> Iterator[Moment]:
    for tool in log.of(ToolCalled):
        arguments = ", ".join(f"{key}={value}" for key, value in tool.arguments.items())
        yield Moment(tool.at, "tool", f"{tool.name}({arguments})")
    for keys in log.of(CallerKeys):
        yield Moment(keys.at, "keys", keys.digits)
    for sent in log.of(AgentKeys):
        yield Moment(sent.at, "keys", f"{sent.digits} sent by the agent")
    for transfer in log.of(TransferRequested):
        yield Moment(
            transfer.at, "transfer", f"to {transfer.to}{transfer.refused and f', refused: {transfer.refused}'}"
        )
    for ringing in log.of(Ringing):
        yield Moment(ringing.at, "line", "rings")
    for answered in log.of(Answered):
        yield Moment(answered.at, "line", "answered")
    for trouble in log.of(Trouble):
        yield Moment(trouble.at, "trouble", trouble.message)
    if log.ended is not None:
        yield Moment(log.ended.at, "end", log.ended.reason)


def _latencies(result: CallResult, stage: Stage) -> list[Latency]:
    turns = turns_of(result.log)
    return [
        Latency(each.start, each.end, turns[each.turn].text, each.parts, each.rest, each.accounted)
        for each in turn_latencies(result, stage)
    ]


def _recording(path: Path) -> Recording:
    small = path.stat().st_size <= EMBEDDED_BYTES
    return Recording(path.name, path.read_bytes() if small else None)


def _short(name: str, value: Any) -> str:
    """A figure for the column of a table; empty without events."""
    if name == "max_gap_ms":
        return "" if value is None else f"{value} ms"
    if not isinstance(value, dict):
        return str(value) if value else ""
    if not value["count"]:
        return ""
    return (
        f"{round(value['rate'] * value['count'])} of {value['count']}" if "rate" in value else f"{value['mean']:.2f} s"
    )

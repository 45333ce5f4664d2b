"""What `--report` leaves of each call: the recording, the journal, the picture."""

import json
import wave
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from callagent.calls import CallFile, CallPlan, CallResult, LevelName, Stage
from callagent.calls.journal import agent_states, journal_of
from callagent.calls.observe import AgentState, AgentWords, CallerHeard, GateDecided, ObservationLog
from callagent.line import SAMPLE_RATE, Samples, Span
from callagent.records.scene import Heard, Mark, StateSpan
from callagent.tuning.journal import FILE_NAME, write_journal
from callagent.tuning.recording import event_journal

MARKS = {"drop": "talked on", "interrupt": "stopped", "deliver": "answered", "pass": "answered"}


def report_directories(
    report: Path, calls: Iterable[CallFile], levels: Iterable[LevelName]
) -> dict[tuple[Path, LevelName], Path]:
    """A directory for each call at each level, made now so that a wrong place is known before the first call.

    Raises:
        OSError: it cannot be made.
    """
    levels = list(levels)
    taken: dict[tuple[Path, LevelName], Path] = {}
    for call in calls:
        for level in levels:
            name = call.path.stem if len(levels) == 1 else f"{call.path.stem}-{level}"
            directory, number = report / name, 2
            while directory in taken.values():
                directory, number = report / f"{name}-{number}", number + 1
            directory.mkdir(parents=True, exist_ok=True)
            taken[call.path, level] = directory
    return taken


def write_report(directory: Path, plan: CallPlan, result: CallResult, stage: Stage) -> list[Path]:
    """Writes `call.wav` (where there is sound), `timeline.json`, `timeline.png` and, where the gate is in this process,
    `events.jsonl` for the tuner; takes a second or two.

    Returns:
        What was written.

    Raises:
        OSError: the directory cannot be written to.
    """
    from callagent.records.picture import draw_timeline  # matplotlib takes a second to import

    journal, picture, recording = (directory / name for name in ("timeline.json", "timeline.png", "call.wav"))
    journal.write_text(json.dumps(journal_of(result, stage), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    recorded = stage.save_recording(recording)
    caller, agent = _sides(recording) if recorded else _silence(result.seconds)
    log = result.log
    draw_timeline(
        picture,
        caller=caller,
        agent=agent,
        rate=SAMPLE_RATE,
        caller_spans=stage.timeline.caller,
        agent_spans=[_with_words(span, log) for span in stage.timeline.agent],
        states=[StateSpan(*span) for span in agent_states(log.of(AgentState), result.seconds)],
        heard=[Heard(entry.at, entry.text, entry.final) for entry in log.of(CallerHeard)],
        marks=[_mark(entry) for entry in log.of(GateDecided)],
        title=result.call,
    )
    return [*([recording] if recorded else []), journal, picture, *_events(directory / FILE_NAME, plan, result)]


def _events(path: Path, plan: CallPlan, result: CallResult) -> list[Path]:
    if not result.log.gate_events:
        return []
    write_journal(event_journal(plan, result), path)
    return [path]


def _with_words(span: Span, log: ObservationLog) -> Span:
    words = (entry.text for entry in log.of(AgentWords) if span.start <= entry.at <= span.end)
    return replace(span, text="".join(words).strip())


def _mark(entry: GateDecided) -> Mark:
    label = f"{entry.rule}: {entry.heard}" if entry.heard else entry.rule
    return Mark(entry.at, label, MARKS.get(entry.decision, entry.decision))


def _sides(recording: Path) -> tuple[Samples, Samples]:
    with wave.open(str(recording), "rb") as file:
        both = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _silence(seconds: float) -> tuple[Samples, Samples]:
    nothing = np.zeros(round(seconds * SAMPLE_RATE), dtype=np.int16)
    return nothing, nothing

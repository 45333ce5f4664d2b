"""What a run leaves of each call: the page, the recording, the journal, the picture; and a page over all calls."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from callagent import __version__
from callagent.audio import SAMPLE_RATE, Samples, Span, read_stereo
from callagent.extras import lacking
from callagent.journal import AgentState, AgentWords, CallerHeard, GateDecided, ObservationLog, write_journal
from callagent.journal.journal_file import FILE_NAME
from callagent.journal.spans import agent_states
from callagent.private_files import PRIVATE_FILE, directory_mode, make_directory, write_text
from callagent.sanitise import json_text, storable
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.report import KINDS, IndexEntry, RunIndex, render_call, render_index
from callagent.scripted_calls.report.call_page import call_page, figures, index_entry
from callagent.scripted_calls.report.plot.call_scene import Heard, Mark, StateSpan
from callagent.scripted_calls.report.timeline_json import timeline_data
from callagent.scripted_calls.run.call_runner import FinishedCall
from callagent.scripted_calls.run.live_call import Stage
from callagent.scripted_calls.run.result import CallResult
from callagent.scripted_calls.script.call_file import CallFile
from callagent.scripted_calls.script.call_plan import CallPlan
from callagent.scripted_calls.script.call_script import LevelName
from callagent.scripted_calls.tuning.find_journals import event_journal

PAGE, INDEX = "report.html", "index.html"


class RunReport:
    """The report of a run: a directory for each call at each level, and the page over all of them.

    Args:
        root: where everything goes.
        directories: the place of each call at each level, from `report_directories`.
        mode: who may read the files.
    """

    def __init__(
        self, root: Path, directories: dict[tuple[Path, LevelName], Path], *, mode: int = PRIVATE_FILE
    ) -> None:
        self._root = root
        self._directories = directories
        self._mode = mode
        self._entries: list[IndexEntry] = []
        self._panels: list[Panel] = []

    @property
    def index(self) -> Path:
        """The page over all calls."""
        return self._root / INDEX

    def write(self, finished: FinishedCall, *, broken_off: bool = False) -> tuple[Path, list[Path]]:
        """Write what is left of a call and bring the page over all calls up to date.

        Returns:
            The call's directory and the files in it.

        Raises:
            OSError: they cannot be written.
        """
        result = finished.result
        directory = self._directories[finished.call.path, result.level]
        written = write_report(
            directory,
            finished.plan,
            result,
            finished.stage,
            broken_off=broken_off,
            index=f"../{INDEX}",
            mode=self._mode,
        )
        files = [file for file in written if file.name != PAGE]
        self._entries.append(index_entry(result, directory.name, files, broken_off=broken_off))
        self._panels.append(result.panel)
        run = RunIndex(self._entries, figures(Panel.combined(self._panels)), _made())
        write_text(self.index, storable(render_index(run)))
        self.index.chmod(self._mode)
        return directory, written


def report_directories(
    report: Path, calls: Iterable[CallFile], levels: Iterable[LevelName], *, mode: int = PRIVATE_FILE
) -> dict[tuple[Path, LevelName], Path]:
    """Return a directory for each call at each level, made now so that a wrong place is known before the first call.

    Whoever may read files of that mode may enter the directories that are made.

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
            make_directory(directory, mode=directory_mode(mode))
            taken[call.path, level] = directory
    return taken


def write_report(
    directory: Path,
    plan: CallPlan,
    result: CallResult,
    stage: Stage,
    *,
    broken_off: bool = False,
    index: str | None = None,
    mode: int = PRIVATE_FILE,
) -> list[Path]:
    """Write `report.html`, `call.wav` (where there is sound), `timeline.json`, `timeline.png` (with the extra `plots`)
    and, for the tuner, `events.jsonl` (where the gate is in this process); take a second or two.

    Args:
        directory: where they go.
        plan: the call as it was made.
        result: what became of it.
        stage: the level's end of it, closed.
        broken_off: whether Ctrl-C ended it.
        index: the page over all calls, relative to `directory`.
        mode: who may read what was written.

    Returns:
        What was written.

    Raises:
        OSError: the directory cannot be written to.
    """
    page, timeline, picture, recording = (
        directory / name for name in (PAGE, "timeline.json", "timeline.png", "call.wav")
    )
    content = {**timeline_data(result, stage), "broken_off": broken_off}
    write_text(timeline, json_text(content, indent=2) + "\n")
    recorded = stage.save_recording(recording)
    sides = read_stereo(recording) if recorded else None
    drawn = _draw(picture, result, stage, sides or _silence(result.seconds))
    files = [*([recording] if recorded else []), timeline, *drawn, *_events(directory / FILE_NAME, plan, result)]
    report = call_page(
        plan,
        result,
        stage,
        sides=sides or _silence(0.0),
        recording=recording if recorded else None,
        broken_off=broken_off,
        files=files,
        made=_made(),
        index=index,
    )
    write_text(page, storable(render_call(report)))
    for file in (page, *files):
        file.chmod(mode)
    return [page, *files]


def _draw(picture: Path, result: CallResult, stage: Stage, sides: tuple[Samples, Samples]) -> list[Path]:
    """Draw the picture; give what was written, which is nothing where the extra `plots` is not installed."""
    if lacking(picture.name, "matplotlib"):
        return []
    from callagent.scripted_calls.report.plot.picture import draw_timeline  # matplotlib takes a second to import

    caller, agent = sides
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
    return [picture]


def _made() -> str:
    return f"Made by callagent {__version__} on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC"


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
    return Mark(entry.at, label, KINDS.get(entry.decision, entry.decision))


def _silence(seconds: float) -> tuple[Samples, Samples]:
    nothing = np.zeros(round(seconds * SAMPLE_RATE), dtype=np.int16)
    return nothing, nothing

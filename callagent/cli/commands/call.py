"""`callagent call`: run scripted calls."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from callagent.cli.commands.call_mic import MIC_LIMIT_S, talk_by_microphone
from callagent.cli.endpoints import sip_uri_option
from callagent.cli.options import Length, check_report_packages, file_mode, insecure_option, json_option, sets_option
from callagent.cli.output import ExitStatus, echo, print_json
from callagent.private_files import PRIVATE_FILE
from callagent.sanitise.console import TerminalConsole, one_line
from callagent.scripted_calls import (
    CallBrokenOff,
    CallFile,
    CallPlan,
    CallResult,
    FinishedCall,
    LevelName,
    LevelUnavailable,
    Run,
    Watcher,
    find_calls,
    load_call,
    make_level,
    plan_call,
    run_calls,
)
from callagent.scripted_calls import as_json as as_json_object
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.report.live_view import LiveTranscript, OutcomeLines, print_panel
from callagent.scripted_calls.report.run_report import RunReport, report_directories
from callagent.scripted_calls.run.conductor import CALL_LIMIT_S
from callagent.scripted_calls.script.call_plan import GateName
from callagent.scripted_calls.script.call_script import call_schema
from callagent.yaml_config import ConfigError, Problem

LEVELS: tuple[LevelName, ...] = get_args(LevelName)


class Session:
    """The calls of one command, at one level after the other.

    Args:
        as_json: print one JSON object at the end instead of a transcript on the way.
        report: takes what is left of each call, if that is wanted.
        jobs: calls side by side; the transcripts of several would run into each other, so none is shown.
    """

    def __init__(self, as_json: bool, report: RunReport | None, jobs: int = 1) -> None:
        self._as_json = as_json
        self._jobs = jobs
        self._report = report
        self._console = TerminalConsole()
        self._results: list[CallResult] = []
        self._written: list[str] = []
        self._unavailable: list[str] = []

    @property
    def status(self) -> ExitStatus:
        """What the process that started the command learns from the calls so far."""
        if any(result.failed for result in self._results):
            return ExitStatus.FAILED
        passed = bool(self._results) and all(result.passed for result in self._results)
        return ExitStatus.OK if passed else ExitStatus.UNAVAILABLE

    def run(self, name: LevelName, runs: Sequence[Run]) -> None:
        """Make the calls at one level; what is not available or not made there is told on stderr and passed over."""
        possible = [run for run in runs if not run.plan.script.not_at(name)]
        for run in runs:
            if reason := run.plan.script.not_at(name):
                self._tell_unavailable(f"{run.call.path}: not made at level {name}: {reason}")
        if possible:
            self._make(name, possible)

    def _make(self, name: LevelName, runs: Sequence[Run]) -> None:
        live = LiveTranscript if self._jobs == 1 or name == "text" else OutcomeLines
        watcher = Watcher() if self._as_json else live(self._console)
        try:
            for finished in run_calls(make_level(name), runs, watcher, at_once=self._jobs):
                self._results.append(finished.result)
                self._keep(finished)
        except LevelUnavailable as unavailable:
            self._tell_unavailable(str(unavailable))

    def broken_off(self, broken: CallBrokenOff) -> None:
        """Keep what there is of the call that Ctrl-C ended."""
        echo("interrupted: the call was broken off", err=True)
        for finished in broken.calls:
            self._keep(finished, broken_off=True)
        self._tell_written()

    def finish(self) -> None:
        """Print the results, if there are any."""
        for result in self._results:
            for step in result.steps:
                if not step.judged:
                    echo(f"{result.file}: step {step.step}: {step.observed}", err=True)
        if not self._results:
            return
        if self._as_json:
            print_json(as_json_object(self._results))
        else:
            print_panel(self._console, Panel.combined([result.panel for result in self._results]))
            self._tell_outcome()
        self._tell_written()

    def _tell_outcome(self) -> None:
        if len(self._results) < 2:
            return
        passed = sum(result.passed for result in self._results)
        self._console.print(f"{passed} of {len(self._results)} calls passed")
        for result in self._results:
            if not result.passed:
                outcome = "failed" if result.failed else "not judged"
                self._console.print(one_line(f"{outcome}: {result.file} at level {result.level}", "red"))

    def _tell_unavailable(self, message: str) -> None:
        if message not in self._unavailable:
            self._unavailable.append(message)
            echo(message, err=True)

    def _tell_written(self) -> None:
        for line in self._written:
            echo(line, err=self._as_json)
        if self._report is not None and self._written:
            echo(f"all calls: {self._report.index}", err=self._as_json)

    def _keep(self, finished: FinishedCall, *, broken_off: bool = False) -> None:
        if self._report is None:
            return
        try:
            directory, written = self._report.write(finished, broken_off=broken_off)
        except OSError as error:
            raise ConfigError.single("--report", f"cannot be written: {error}") from error
        self._written.append(f"{directory}: {', '.join(file.name for file in written)}")


def _print_schema(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        print_json(call_schema())
        context.exit()


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--level", type=click.Choice([*LEVELS, "all"]), default="audio", show_default=True, help="Where to run.")
@click.option("--profile", metavar="PROFILE", help="Profile instead of the script's own: a name or a path.")
@click.option(
    "--gate",
    type=click.Choice(get_args(GateName)),
    default="callagent",
    show_default=True,
    help="What decides about interruptions; stock is livekit-agents by itself.",
)
@click.option(
    "--timeout", type=Length(), help=f"Longest call. [default: {CALL_LIMIT_S:.0f} s; --mic: {MIC_LIMIT_S:.0f} s]"
)
@click.option("--jobs", type=click.IntRange(1, 16), default=1, show_default=True, help="Calls side by side.")
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for a page (report.html), the recording and the journal of each call, and index.html over all.",
)
@click.option(
    "--report-mode",
    callback=file_mode,
    metavar="MODE",
    default=f"{PRIVATE_FILE:04o}",
    show_default=True,
    help="Who may read the report: 0640 the group too, 0644 everybody. Directories that are there keep their mode.",
)
@click.option("--mic", is_flag=True, help="Be the caller yourself, by microphone and headphones.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of a script.",
)
@sip_uri_option
@insecure_option
@sets_option
@json_option
def call(
    paths: tuple[str, ...],
    level: str,
    profile: str | None,
    gate: GateName,
    timeout: float | None,
    jobs: int,
    report: Path | None,
    report_mode: int,
    mic: bool,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run scripted calls: files, or directories with *.yaml files.

    With --mic and without PATH you are the caller yourself, on the same simulated telephone line. Ctrl-C hangs up.

    Exit status: 0 all passed, 1 an expectation failed, 2 a script or the profile is invalid, 3 the level is not
    available here, or a step was not judged. --level all runs every level that is available, and says which is not.
    """
    if mic == bool(paths):
        raise click.UsageError(
            "Name calls to run, or use --mic; not both." if paths else "Missing argument 'PATH'; or --mic."
        )
    if mic:
        if as_json or level != "audio":
            raise click.UsageError("--mic goes neither with --json nor with another level than audio.")
        talk_by_microphone(profile, sets, gate, report, timeout or MIC_LIMIT_S, mode=report_mode)
        return
    levels = LEVELS if level == "all" else tuple(each for each in LEVELS if each == level)
    calls = _loaded(paths)
    runs = [
        Run(each, plan, timeout or CALL_LIMIT_S)
        for each, plan in zip(calls, _planned(calls, profile, sets, gate), strict=True)
    ]
    session = Session(as_json, _run_report(report, calls, levels, report_mode), jobs)
    try:
        for name in levels:
            session.run(name, runs)
    except CallBrokenOff as broken:
        session.broken_off(broken)
        raise
    session.finish()
    sys.exit(session.status)


def _loaded(paths: Sequence[str]) -> list[CallFile]:
    calls: list[CallFile] = []
    problems: list[Problem] = []
    for path in find_calls(paths):
        try:
            calls.append(load_call(path))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return calls


def _planned(calls: Sequence[CallFile], profile: str | None, sets: Sequence[str], gate: GateName) -> list[CallPlan]:
    plans: list[CallPlan] = []
    problems: dict[Problem, None] = {}
    for each in calls:
        try:
            plans.append(plan_call(each, profile=profile, sets=sets, gate=gate))
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(*problems)
    return plans


def _run_report(
    report: Path | None, calls: Sequence[CallFile], levels: Sequence[LevelName], mode: int
) -> RunReport | None:
    if report is None:
        return None
    check_report_packages()
    try:
        return RunReport(report, report_directories(report, calls, levels, mode=mode), mode=mode)
    except OSError as error:
        raise ConfigError.single("--report", f"cannot be written: {error}") from error

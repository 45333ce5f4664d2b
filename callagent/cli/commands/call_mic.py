"""`callagent call --mic`: a call with oneself as the caller."""

import sys
from collections.abc import Sequence
from pathlib import Path

from callagent.cli.options import check_report_packages
from callagent.cli.output import ExitStatus, echo
from callagent.private_files import directory_mode, make_directory
from callagent.profile import DEFAULT_PROFILE
from callagent.sanitise.console import TerminalConsole
from callagent.scripted_calls import CallBrokenOff, FinishedCall, LevelUnavailable, run_calls
from callagent.scripted_calls.report.live_view import LiveTranscript, print_panel
from callagent.scripted_calls.report.run_report import write_report
from callagent.scripted_calls.script.call_plan import GateName
from callagent.yaml_config import ConfigError

MIC_LIMIT_S = 600.0
"""Longest call, seconds."""


def talk_by_microphone(
    profile: str | None, sets: Sequence[str], gate: GateName, report: Path | None, limit: float, *, mode: int
) -> None:
    """Make the call until the agent or Ctrl-C ends it, then exit: a person fulfils no expectations, so with 0.

    Args:
        mode: who may read the report.

    Exit status 2 when the profile is not valid, 3 without a sound card, or without what a report needs.
    """
    from callagent.interactive.microphone import MicrophoneLevel, microphone_run
    from callagent.interactive.sound_card import SoundCard, load_library

    console = TerminalConsole()
    run = microphone_run(profile or DEFAULT_PROFILE, sets=sets, gate=gate, limit=limit)
    if report is not None:
        check_report_packages()
    level = MicrophoneLevel(lambda: SoundCard(load_library()))
    try:
        finished: FinishedCall | None = next(iter(run_calls(level, [run], LiveTranscript(console))))
    except LevelUnavailable as unavailable:
        echo(unavailable, err=True)
        sys.exit(ExitStatus.UNAVAILABLE)
    except CallBrokenOff as hung_up:
        finished = hung_up.finished
    if finished is None:
        return
    print_panel(console, finished.result.panel)
    if report is not None:
        _report(report, finished, mode)


def _report(directory: Path, finished: FinishedCall, mode: int) -> None:
    try:
        make_directory(directory, mode=directory_mode(mode))
        written = write_report(directory, finished.plan, finished.result, finished.stage, mode=mode)
    except OSError as error:
        raise ConfigError.single("--report", f"cannot be written: {error}") from error
    echo(f"{directory}: {', '.join(file.name for file in written)}")

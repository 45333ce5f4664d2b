"""The calls of a directory as event journals: read where there is one, made where there is a script."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from callagent.journal import (
    CallerAudible,
    CallerSilent,
    CallJournal,
    Head,
    Line,
    Utterance,
    find_journals,
    read_journal,
    recording_beside,
    write_journal,
)
from callagent.journal.journal_file import FILE_NAME
from callagent.journal.sources import records_without_journal
from callagent.scripted_calls import (
    CallPlan,
    CallResult,
    LevelName,
    Run,
    find_calls,
    load_call,
    make_level,
    plan_call,
    run_calls,
)
from callagent.scripted_calls.measure.labels import labels_of
from callagent.turns import GateConfig
from callagent.yaml_config import ConfigError, Problem


def event_journal(plan: CallPlan, result: CallResult) -> CallJournal:
    """Return the journal of a call; without what the gate was told at a level where it is
    in another process, and with the stock gate.
    """
    log = result.log
    labels = labels_of(plan.script.steps, GateConfig.from_profile(plan.profile).lexicon)
    ends = {entry.index: entry.at for entry in log.of(CallerSilent)}
    utterances = [
        Utterance(began.at, ends.get(began.index, result.seconds), label.text, label.meaning)
        for label, began in zip(labels, log.of(CallerAudible), strict=False)
    ]
    lines: list[Line] = [*utterances, *heapq.merge(log, log.gate_events, key=attrgetter("at"))]
    return CallJournal(Head(result.call, plan.profile.name, result.level, result.seconds), lines)


@dataclass(frozen=True)
class Found:
    """What there is in a directory: journals, read, and scripts."""

    journals: Sequence[CallJournal]
    scripts: Sequence[Path]


@dataclass(frozen=True)
class Made:
    """The journals of calls that were made, and the scripts of which an expectation was not met."""

    journals: Sequence[CallJournal]
    failed: Sequence[Path]


def look_in(directory: Path) -> Found:
    """Read the journals in a directory and below it, and list the scripts.

    Raises:
        ConfigError: there is no such directory or nothing in it, or journals are broken; it has every problem found.
    """
    if not directory.is_dir():
        raise ConfigError.single(str(directory), "is not a directory" if directory.exists() else "no such directory")
    journals: list[CallJournal] = []
    problems: list[Problem] = []
    for path in find_journals(directory):
        try:
            journals.append(read_journal(path))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)
    try:
        return Found(journals, find_calls([directory]))
    except ConfigError as error:
        if journals:
            return Found(journals, ())
        message = "has no event journals (events.jsonl) and no calls (*.yaml)"
        if without := records_without_journal(directory):
            message += f"; {without} of its files are records of calls without a journal: callagent 0.1 kept none"
        raise ConfigError.single(str(directory), message) from error


def make(scripts: Sequence[Path], profile: str, sets: Sequence[str], level: LevelName, out: Path) -> Made:
    """Make each call once with `profile`, and keep its journal, and its sound if any, in the directory `out`.

    Raises:
        ConfigError: a script or the profile is not valid.
        LevelUnavailable: the level cannot run here.
        OSError: a journal cannot be written.
    """
    runs = [Run(call, plan_call(call, profile=profile, sets=sets)) for call in map(load_call, scripts)]
    journals: list[CallJournal] = []
    failed: list[Path] = []
    for run, finished in zip(runs, run_calls(make_level(level), runs), strict=True):
        path = out / f"{len(journals) + 1:03}-{run.call.path.stem}.{FILE_NAME}"
        write_journal(event_journal(run.plan, finished.result), path)
        if not finished.stage.save_recording(recording_beside(path)):
            recording_beside(path).unlink(missing_ok=True)
        journals.append(read_journal(path))
        if not finished.result.passed:
            failed.append(run.call.path)
    return Made(journals, failed)

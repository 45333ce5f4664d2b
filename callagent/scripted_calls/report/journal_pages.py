"""Pages of calls that are over, from the journals that they left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from callagent.audio import Samples, read_recording
from callagent.journal import REAL, CallJournal, Head, read_journal
from callagent.journal.journal_file import FILE_NAME
from callagent.journal.spans import timeline_of
from callagent.private_files import make_directory, write_text
from callagent.sanitise import storable
from callagent.scripted_calls.report.page import render_call, render_index
from callagent.scripted_calls.report.page_data import CallReport, IndexEntry, Moment, Outcome, RunIndex
from callagent.scripted_calls.report.page_from_log import how_it_ended, recording_of, report_of_log

PAGE, INDEX = "report.html", "index.html"


@dataclass(frozen=True)
class Written:
    """A page: of which journal (its file, or the id of its call), and where it is."""

    path: Path | str
    journal: CallJournal
    page: Path


class Pages:
    """Writes the pages of calls into a directory, each into one of its own, and a page over all of them.

    Args:
        out: made when it is missing.
        made: when and by what the pages are made.
    """

    def __init__(self, out: Path, made: str) -> None:
        self.index = out / INDEX
        self._out = out
        self._made = made
        self._entries: dict[str, IndexEntry] = {}

    def write(self, path: Path) -> Written:
        """Write the page of the call whose journal is at `path`, and the page over all calls so far.

        Raises:
            ConfigError: it is no journal.
            OSError: a page cannot be written.
        """
        own = path.name.removesuffix(FILE_NAME).rstrip(".") or path.absolute().parent.name or "call"
        return self.draw(read_journal(path), own, path)

    def draw(
        self,
        journal: CallJournal,
        own: str,
        path: Path | str,
        fetch: Callable[[Path], Path | None] = lambda _: None,
        findings: Sequence[tuple[str, str]] = (),
    ) -> Written:
        """Write the page of a call, and the page over all calls so far.

        Args:
            own: name of the call's directory, unless there is one of that name.
            path: what the journal was found by.
            fetch: copies the recording of the call into a directory; it stays there where it is too long for the page.
            findings: what a model found out about the call afterwards, by name.

        Raises:
            OSError: a page cannot be written.
        """
        name = self._name(own)
        directory = self._out / name
        make_directory(directory)
        if (fetched := fetch(directory)) is not None:
            journal = replace(journal, recording=fetched)
        report = page_of(journal, directory)
        if fetched is not None and report.recording is not None and report.recording.data is not None:
            fetched.unlink()
        page = directory / PAGE
        write_text(
            page, storable(render_call(replace(report, made=self._made, index=f"../{INDEX}", findings=findings)))
        )
        remark = f"{report.facts['began']}, {report.facts['ended']}" if "began" in report.facts else ""
        self._entries[name] = IndexEntry(
            report.title, report.outcome, journal.head.level, journal.seconds, name, remark=remark
        )
        write_text(self.index, storable(render_index(RunIndex(list(self._entries.values()), made=self._made))))
        return Written(path, journal, page)

    def _name(self, own: str) -> str:
        names = (own if number == 1 else f"{own}-{number}" for number in range(1, len(self._entries) + 2))
        return next(name for name in names if name not in self._entries)


def page_of(journal: CallJournal, directory: Path) -> CallReport:
    """Return what the page of a call shows, for a page in that directory."""
    sides = _sides(journal.recording)
    report = report_of_log(
        _title(journal.head),
        _outcome(journal),
        journal.log,
        timeline_of(journal),
        journal.seconds,
        facts=_facts(journal),
        sides=sides or _silence(),
        recording=recording_of(journal.recording, directory) if journal.recording and sides else None,
    )
    if journal.cut_off:
        report = replace(report, moments=[*report.moments, Moment(journal.seconds, "end", "the journal ends here")])
    return report


def _outcome(journal: CallJournal) -> Outcome:
    if journal.cut_off:
        return "broken off"
    return "real call" if journal.head.level == REAL else "not judged"


def _title(head: Head) -> str:
    if head.level != REAL:
        return head.call
    other = head.context.get("number") or head.context.get("identity")
    if not other:
        return f"Call {head.call}"
    return f"Call {'to' if head.context.get('direction') == 'outbound' else 'from'} {other}"


def _facts(journal: CallJournal) -> Mapping[str, str]:
    head, ended = journal.head, journal.log.ended
    facts = {"level": head.level, "profile": head.profile, "length": f"{journal.seconds:.1f} s"}
    facts["ended"] = "not known: the journal was cut off" if ended is None else how_it_ended(ended)
    if head.level == REAL:
        facts |= {"began": _day(head.started), "our number": str(head.context.get("own_number", "")), "call": head.call}
    return {name: value for name, value in facts.items() if value}


def _day(started: str) -> str:
    try:
        return f"{datetime.fromisoformat(started):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return started


def _sides(recording: Path | None) -> tuple[Samples, Samples] | None:
    """Return what can be heard; None without a recording that can be read."""
    if recording is None:
        return None
    try:
        return read_recording(recording)
    except (OSError, ValueError):
        return None


def _silence() -> tuple[Samples, Samples]:
    return np.zeros(0, np.int16), np.zeros(0, np.int16)

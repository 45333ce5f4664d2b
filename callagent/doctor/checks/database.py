"""The records database: it can be opened, or made where it is not there yet."""

import asyncio
import os
import stat
from pathlib import Path

from callagent.database import StoreUnavailable, file_of, probe, shown
from callagent.doctor.check import Check, Finding, Subject, failed, ok, warning
from callagent.profile.paths import VARIABLE, default_location

ANOTHER_ONE = f"name another one with --database or {VARIABLE}, the same for `serve`, `dial` and `dnc`"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
IS_IT_THERE = "is the database server running, and can this machine reach it?"


async def check_database(subject: Subject) -> Finding:
    """Look without making anything. A worker that only answers calls needs none, so only one that was named fails."""
    finding = await asyncio.to_thread(_look, subject.database or default_location())
    if finding.state == "failed" and subject.database is None:
        return warning(f"{finding.found}: no calls out, no do-not-call list", finding.remedy)
    return finding


def _look(location: str) -> Finding:
    file = file_of(location)
    if file is not None and not file.exists():
        return _look_for_room(file)
    try:
        probe(location)
    except StoreUnavailable as error:
        return failed(str(error), ANOTHER_ONE)
    if file is not None and file.stat().st_mode & OTHERS:
        return warning(f"{file} is open to others on this machine", f"chmod go= {file} and what lies beside it")
    return ok(f"{shown(location)} can be used")


def _look_for_room(file: Path) -> Finding:
    there = next(each for each in file.absolute().parents if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return failed(f"the records database {file} cannot be made", ANOTHER_ONE)
    return ok(f"{file} will be made")


DATABASE = Check("database", check_database, late=("the records database was not opened", IS_IT_THERE))

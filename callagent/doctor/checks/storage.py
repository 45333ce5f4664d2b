"""Where calls are kept: the directory of their records can be written to and has room, the database can be opened."""

import asyncio
import os
import shutil
import stat
from pathlib import Path

from callagent.database import StoreUnavailable, file_of, probe, shown
from callagent.doctor.check import Check, Finding, Subject, failed, ok, skipped, warning
from callagent.profile.paths import VARIABLE, default_location

LEAST_FREE_MB = 1024
"""Free megabytes below which a disk counts as nearly full: an hour of stereo recordings at 8 kHz takes 115."""

IS_IT_MOUNTED = "its file system does not answer: mount it again, or keep the records elsewhere"

ANOTHER_ONE = f"name another one with --database or {VARIABLE}, the same for `serve`, `dial` and `dnc`"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
IS_IT_THERE = "is the database server running, and can this machine reach it?"


async def check_records(subject: Subject) -> Finding:
    """Look without writing anything."""
    if subject.records is None:
        return skipped("no directory of records was named", "--records DIR, as for `callagent serve`")
    return await asyncio.to_thread(_look_at_directory, subject.records)


def _look_at_directory(path: Path) -> Finding:
    there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    if not there.is_dir():
        return failed(f"{there} is not a directory", "choose another one with --records")
    if not os.access(there, os.W_OK | os.X_OK):
        return failed(f"{there} cannot be written to by user {os.getuid()}", f"chown or chmod {there}")
    free = shutil.disk_usage(there).free // 2**20
    if free < LEAST_FREE_MB:
        return warning(f"{path}: only {free} MB free", "make room, or keep the records elsewhere")
    return ok(f"{path} can be {'written to' if there == path.absolute() else 'made'}, {free / 1024:.0f} GB free")


RECORDS = Check("records", check_records, late=("the directory was not looked at", IS_IT_MOUNTED))


async def check_database(subject: Subject) -> Finding:
    """Look without making anything. A worker that only answers calls needs none, so only one that was named fails."""
    finding = await asyncio.to_thread(_open, subject.database or default_location())
    if finding.state == "failed" and subject.database is None:
        return warning(f"{finding.found}: no calls out, no do-not-call list", finding.remedy)
    return finding


def _open(location: str) -> Finding:
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

"""The directory of the call records: it can be written to, and there is room."""

import asyncio
import os
import shutil
from pathlib import Path

from callagent.doctor.check import Check, Finding, Subject, failed, ok, skipped, warning

LEAST_FREE_MB = 1024
"""Free megabytes below which a disk counts as nearly full: an hour of stereo recordings at 8 kHz takes 115."""

IS_IT_MOUNTED = "its file system does not answer: mount it again, or keep the records elsewhere"


async def check_records(subject: Subject) -> Finding:
    """Look without writing anything."""
    if subject.records is None:
        return skipped("no directory of records was named", "--records DIR, as for `callagent serve`")
    return await asyncio.to_thread(_look, subject.records)


def _look(path: Path) -> Finding:
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

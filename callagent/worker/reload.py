"""`callagent dev`: a worker whose next call has what its author has just written, where that can be used."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from callagent.profile.source_snapshot import Snapshot
from callagent.worker.config import WorkerConfig
from callagent.worker.process.shared_sources import profiles_of, share, snapshot_of
from callagent.worker.process.source_check import Looked, look

POLL_S: Final = 0.4
"""Seconds between two looks at the files' times; a file is looked into once it has not changed for so long."""

MOST_FILES: Final = 400
"""Files of one directory that are watched, besides those that are in use."""

ENDINGS: Final = (".py", ".yaml", ".yml")

Stamps = Mapping[Path, tuple[int, int] | None]

_log = logging.getLogger("callagent.worker")


@dataclass(frozen=True)
class Reloaded:
    """What became of a change: the files that are new in force, or why it is not taken, one line each.

    Neither where files that could not be used are again as they were.
    """

    files: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


class SourceWatch:
    """Watches the profiles of a worker, what they extend, and the modules beside them.

    Args:
        directory: what the processes of the worker share.
        on_change: told of every change, on the event loop.
    """

    def __init__(self, config: WorkerConfig, directory: Path, on_change: Callable[[Reloaded], None]) -> None:
        self._config, self._directory, self._on_change = config, directory, on_change
        self._snapshot = Snapshot()

    async def begin(self) -> None:
        """Have the first calls get what is there now, which has been looked at. Raise ConfigError, OSError."""
        self._snapshot = await asyncio.to_thread(snapshot_of, profiles_of(self._config))
        await asyncio.to_thread(share, self._snapshot, self._directory)

    async def run(self) -> None:
        """Take one change after the other, until cancelled."""
        seen = before = await asyncio.to_thread(stamps_of, self._snapshot.files)
        broken = False
        while True:
            await asyncio.sleep(POLL_S)
            watched = self._snapshot.files
            now = await asyncio.to_thread(stamps_of, watched)
            if now == seen or now != before:
                before = now
                continue
            looked = await look(profiles_of(self._config), self._config.sets)
            if await asyncio.to_thread(stamps_of, watched) != now:
                continue  # it has changed meanwhile, and is looked at again
            reloaded = await self._take(looked)
            if reloaded.files or reloaded.problems or broken:
                self._on_change(reloaded)
            broken = bool(reloaded.problems)
            seen = before = await asyncio.to_thread(stamps_of, self._snapshot.files, now)

    async def _take(self, looked: Looked) -> Reloaded:
        """Share what was looked at, where it can be used and is new."""
        if looked.problems:
            _log.warning("a change is not taken", extra={"problems": len(looked.problems)})
            return Reloaded(problems=looked.problems)
        old, new = self._snapshot.files, looked.snapshot.files
        changed = tuple(sorted(file for file in {*old, *new} if old.get(file) != new.get(file)))
        if changed:
            await asyncio.to_thread(share, looked.snapshot, self._directory)
            self._snapshot = looked.snapshot
        return Reloaded(changed)


def stamps_of(files: Iterable[Path], known: Stamps = MappingProxyType({})) -> Stamps:
    """Return time and size of the files, and of what else lies beside them that they could name; None where one is
    gone. What is `known` is taken from there. Blocks.
    """
    watched = dict.fromkeys(files)
    for directory in dict.fromkeys(file.parent for file in files):
        if "site-packages" not in directory.parts:
            beside = (each for each in sorted(directory.glob("*")) if each.suffix in ENDINGS)
            watched |= dict.fromkeys(each for each, _ in zip(beside, range(MOST_FILES), strict=False))
    return {file: known[file] if file in known else _stamp(file) for file in watched}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

"""The files of an author that the processes of a worker share, so that a change holds for the next call.

The worker leaves those that it has looked at in a file; a process reads it when it is made ready, and once more when it
gets its call. Such a process has one call in its life: one that has begun goes on with what it began with.
"""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from livekit.agents import JobProcess

from callagent.private_files import write_text
from callagent.profile.author_modules import imported_files
from callagent.profile.loading import files_of
from callagent.profile.source_snapshot import Snapshot, put_in_force
from callagent.worker.config import WorkerConfig
from callagent.worker.process.profile_cache import Shelf

_FILE: Final = "sources.json"

_log = logging.getLogger("callagent.worker")

_taken: list[tuple[int, int]] = []
"""Which version this process reads: time and number of the file."""


def snapshot_of(profiles: Iterable[str]) -> Snapshot:
    """Return the files of these profiles and of the modules that they have had imported in this process, as they are.

    Raises:
        ConfigError: a profile is not there any more.
        OSError: a file cannot be read.
    """
    files = [*(file.resolve() for name in profiles for file in files_of(name)), *imported_files()]
    return Snapshot({file: file.read_bytes() for file in dict.fromkeys(files)})


def share(snapshot: Snapshot, directory: Path) -> None:
    """Have the processes read this from now on. Raise OSError."""
    write_text(directory / _FILE, json.dumps(snapshot.as_dict()))


def take_latest(directory: Path | None) -> bool:
    """Put what is shared in force in this process; tell whether it is another version than before. Blocks."""
    if directory is None:
        return False
    try:
        found = (directory / _FILE).stat()
        if _taken == [(found.st_mtime_ns, found.st_ino)]:
            return False
        texts = json.loads((directory / _FILE).read_bytes())
    except FileNotFoundError:
        return False
    put_in_force(Snapshot.of(texts))
    _taken[:] = [(found.st_mtime_ns, found.st_ino)]
    return True


async def renew(config: WorkerConfig, process: JobProcess) -> None:
    """Take what has changed since a process was made ready, before its call begins. What an author's modules do when
    they are imported, they do on this thread: plugins of livekit want that.
    """
    if await asyncio.to_thread(take_latest, config.sounds):
        shelf: Shelf = process.userdata["shelf"]
        await asyncio.to_thread(shelf.read_again)
        shelf.renew()
        _log.info("the call begins with the author's newest files")


def profiles_of(config: WorkerConfig) -> Sequence[str]:
    """List the profiles whose files are looked after: the default one, those of the routes, and further ones."""
    return list(dict.fromkeys([config.profile, *sorted(config.routes.profiles), *config.profile_files]))

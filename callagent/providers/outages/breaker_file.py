"""The states of circuit breakers in small files, for the processes of one worker: each call is one of them."""

import fcntl
import hashlib
import json
import logging
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from callagent.private_files import PRIVATE_FILE
from callagent.providers.outages.breaker import WELL, Circuit

_PREFIX: Final = "breaker-"
_STATE: Final = struct.Struct("=i4xddd")
_NAME_BYTES: Final = 100
"""Bytes of the name of a provider that are kept behind the state."""

_log = logging.getLogger("callagent.providers")


class FileCell:
    """The state of one breaker as it is in a file; where that fails, nothing is known against the provider.

    Reads and writes are of 32 bytes that are in the page cache, and the lock is held for as long.

    Args:
        directory: what the processes of a worker share.
        name: part and provider, which the worker's metrics tell.
        identity: what tells the provider from others of that name: its options. Only a hash of it is kept.
    """

    def __init__(self, directory: Path, name: str, identity: Mapping[str, Any]) -> None:
        told = json.dumps([name, identity], sort_keys=True, default=str)
        self._path = directory / f"{_PREFIX}{hashlib.sha256(told.encode()).hexdigest()[:32]}"
        self._name = name.encode()[:_NAME_BYTES]

    def read(self) -> Circuit:
        """Return the state."""
        try:
            return _parsed(self._path.read_bytes())
        except OSError:
            return WELL

    def change(self, how: Callable[[Circuit], Circuit | None]) -> bool:
        """Replace the state, one process at a time."""
        try:
            with _locked(self._path) as file:
                changed = how(_parsed(os.pread(file, _STATE.size, 0)))
                if changed is not None:
                    os.pwrite(file, _STATE.pack(*astuple(changed)) + self._name, 0)
                return changed is not None
        except OSError as error:
            _log.warning("a circuit breaker is not shared", extra={"error": error.strerror})
            return how(WELL) is not None


def breakers_in(directory: Path) -> Iterator[tuple[str, Circuit]]:
    """Yield name and state of each breaker that some call of the worker has had to do with. Reads files."""
    for path in sorted(directory.glob(f"{_PREFIX}*")):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if len(content) > _STATE.size:
            yield content[_STATE.size :].decode(errors="replace"), _parsed(content)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _parsed(content: bytes) -> Circuit:
    return WELL if len(content) < _STATE.size else Circuit(*_STATE.unpack_from(content))

"""Writes what happens in a call into the spool, from a thread: whatever the disk does, the call goes on."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import callagent.records.spool as spool
from callagent.journal.codec import Head, Line
from callagent.journal.line_queue import LineQueue
from callagent.records.spool_file import SpoolFile, os_reason

MOST_KEPT_BYTES: Final = 16 << 20
"""Bytes of a call that wait in memory for a disk that takes them; what comes later is lost."""

_log = logging.getLogger("callagent.records")


class SpoolWriter:
    """The file of a call in the spool: its lines, wherever a disk takes them.

    Args:
        call: id of the call.
        places: directories, in the order in which they are tried.
    """

    def __init__(self, call: str, places: Sequence[Path]) -> None:
        self._call = call
        self._lines = LineQueue()
        self._file = SpoolFile(spool.file_name(call), places, MOST_KEPT_BYTES, _moved, self._nowhere)
        self._thread = threading.Thread(target=self._run, name="callagent.spool", daemon=True)
        self._thread.start()

    def begin(self, head: Head) -> None:
        """Take the head, or what is known of the call by now; nothing may be put before the first one."""
        self.put(head)

    def put(self, line: Line) -> None:
        """Take a line to be written; never waits."""
        self._lines.put(line)

    async def flush(self, within: float) -> None:
        """Wait until what was put so far is written, for so many seconds at most."""
        if not await self._lines.flush(within):
            _log.error("call not spooled in time", extra={"call": self._call})

    def close(self) -> None:
        """End the thread after what was put so far; do not wait for it. Whoever delivers knows then that it is all."""
        self._lines.close()

    def join(self, within: float) -> None:
        """Wait for the end of the thread, for so many seconds at most; blocks."""
        self._thread.join(within)

    def _run(self) -> None:
        for batch in self._lines.batches():
            self._file.append(batch.encoded(), last=batch.last)
            batch.done()
        self._file.close()

    def _nowhere(self, reason: OSError) -> None:
        _log.error("call not spooled: no place takes it", extra={"call": self._call, "error": os_reason(reason)})


def _moved(directory: Path, reason: OSError) -> None:
    _log.error("spool failed", extra={"path": str(directory), "error": os_reason(reason)})

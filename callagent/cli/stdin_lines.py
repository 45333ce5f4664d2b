"""Lines from standard input, without blocking the event loop."""

import asyncio
import os
import queue
import threading
from typing import IO, TextIO


class Waiting(Exception):
    """No line has come yet."""


class Lines:
    """Reads a stream line by line in a thread of its own, from the first `next` on.

    The thread may still wait for input when the program ends. It therefore reads the file below a stream that has one
    directly: a thread that holds the lock of `sys.stdin` would keep the interpreter from closing it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ended = False

    async def next(self, within: float | None = None) -> str | None:
        """Return the next line without its end, None when the input is over.

        Raises:
            Waiting: there is none within `within` real seconds.
        """
        if self._ended:
            return None
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, name="standard input", daemon=True)
            self._thread.start()
        try:
            line = await asyncio.get_running_loop().run_in_executor(None, self._queue.get, True, within)
        except queue.Empty:
            raise Waiting from None
        self._ended = line is None
        return line

    def close(self) -> None:
        """End the input, for whoever waits for a line as well."""
        self._queue.put(None)

    def _read(self) -> None:
        with _below(self._stream) as source:
            while line := source.readline():
                self._queue.put(line.decode("utf-8", "replace").rstrip("\r\n"))
        self._queue.put(None)


def _below(stream: TextIO) -> IO[bytes]:
    try:
        return os.fdopen(os.dup(stream.fileno()), "rb", buffering=0)
    except OSError:  # not a real file, as in tests: its bytes
        return stream.buffer

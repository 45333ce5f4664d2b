"""Child processes that end with us, whose output is read, and whose death is noticed."""

import asyncio
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

LEASH = Path(__file__).with_name("leash.py")
KEPT_LINES = 60
_LINE_LIMIT = 1 << 20


class ChildProcess:
    """A command on a leash, in a session of its own: Ctrl-C in the terminal reaches us alone.

    Attributes:
        name: what to call it in messages.
        tail: the last lines of its output.
        exited: resolves to its exit status.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, patience: float) -> None:
        self.name = name
        self.tail: deque[str] = deque(maxlen=KEPT_LINES)
        self._process = process
        self._end_timeout = 4 * patience
        self._seen = asyncio.Condition()
        self._readers = [
            asyncio.create_task(self._read(stream), name=f"{name} output")
            for stream in (process.stdout, process.stderr)
            if stream is not None
        ]
        self.exited = asyncio.create_task(self._wait(), name=f"{name} exit")

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], *, env: Mapping[str, str] | None = None, patience: float
    ) -> Self:
        """Starts the command; `env` None inherits ours.

        Args:
            patience: seconds that the command gets after each of two requests to end, before it is killed.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(LEASH),
            str(patience),
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
        return cls(name, process, patience)

    @property
    def running(self) -> bool:
        """Whether the command has not ended yet."""
        return not self.exited.done()

    @property
    def last_words(self) -> str:
        """Its last line of output, for a message about its end."""
        return self.tail[-1] if self.tail else "no output"

    async def wait_for_line(self, start: str, *, timeout: float) -> str | None:
        """The first line of output that begins with `start`; None when the process ended or `timeout` passed before."""

        def found() -> bool:
            return not self.running or any(line.startswith(start) for line in self.tail)

        try:
            async with asyncio.timeout(timeout), self._seen:
                await self._seen.wait_for(found)
        except TimeoutError:
            return None
        return next((line for line in self.tail if line.startswith(start)), None)

    async def aclose(self) -> None:
        """Lets go of the leash and waits for the end; idempotent."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait([self.exited], timeout=self._end_timeout)
        if self.running:
            self._process.kill()
        await asyncio.wait([self.exited, *self._readers])

    async def _wait(self) -> int:
        status = await self._process.wait()
        await asyncio.wait(self._readers)
        async with self._seen:
            self._seen.notify_all()
        return status

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            async with self._seen:
                self.tail.append(line.decode(errors="replace").rstrip())
                self._seen.notify_all()

"""Child processes that end with us, whose output is read, and whose death is noticed."""

import asyncio
import os
import shutil
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from callagent.concurrency import first_done, wait_for_end

LEASH = Path(__file__).with_name("supervise.py")
KEPT_LINES = 60
_LINE_LIMIT = 1 << 20


def find_program(name: str, variable: str, env: Mapping[str, str] | None = None) -> str | None:
    """Return path of a program: what the environment variable names, else on the
    PATH, or in `.tools/` of the project.
    """
    env = os.environ if env is None else env
    if named := env.get(variable):
        return named if os.access(named, os.X_OK) else None
    tools = Path(__file__).parents[3] / ".tools"
    return shutil.which(name, path=f"{env.get('PATH', '')}{os.pathsep}{tools}")


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
        self._awaited: list[tuple[str, asyncio.Future[str]]] = []
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
        """Start the command; `env` None inherits ours.

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
    def pid(self) -> int:
        """Process id of the leash; the command is its only child."""
        return self._process.pid

    @property
    def last_words(self) -> str:
        """Its last line of output, for a message about its end."""
        return self.tail[-1] if self.tail else "no output"

    async def wait_for_line(self, start: str) -> str | None:
        """Return the first line of output that begins with `start`; None when the process ended without one."""
        for line in self.tail:
            if line.startswith(start):
                return line
        came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._awaited.append((start, came))
        try:
            await first_done(came, self.exited)
        finally:
            self._awaited.remove((start, came))
        return came.result() if came.done() else None

    async def aclose(self) -> None:
        """Let go of the leash and wait for the end; idempotent."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait([self.exited], timeout=self._end_timeout)
        if self.running:
            self._process.kill()
        await wait_for_end(self.exited, *self._readers)

    async def _wait(self) -> int:
        status = await self._process.wait()
        await wait_for_end(*self._readers)
        return status

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for raw in _lines(stream):
            line = raw.decode(errors="replace").rstrip()
            self.tail.append(line)
            for start, came in self._awaited:
                if line.startswith(start) and not came.done():
                    came.set_result(line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of a stream, without those that are too long: who writes them
    would wait for a reader that gave up.
    """
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line

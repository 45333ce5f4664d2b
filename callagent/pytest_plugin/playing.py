"""Makes calls for tests: levels stay open over several calls, and each call leaves its transcript."""

import asyncio
import io
import threading
from collections.abc import Container
from dataclasses import dataclass
from typing import cast

from callagent.sanitise.console import TerminalConsole
from callagent.scripted_calls import (
    CallFile,
    CallResult,
    FinishedCall,
    Level,
    LevelName,
    LevelUnavailable,
    Run,
    make_level,
)
from callagent.scripted_calls.levels.level import Checking
from callagent.scripted_calls.levels.remote.profile_files import Outdated
from callagent.scripted_calls.report.live_view import LiveTranscript
from callagent.scripted_calls.run.call_runner import make_call


@dataclass(frozen=True)
class Played:
    """A call that is over, and the conversation as text."""

    finished: FinishedCall
    transcript: str

    @property
    def call(self) -> CallFile:
        """The script."""
        return self.finished.call

    @property
    def result(self) -> CallResult:
        """What became of it."""
        return self.finished.result


class Job:
    """One call at an open level, that another thread may cancel."""

    def __init__(self, level: Level, run: Run) -> None:
        self._level = level
        self._run = run
        self._cancelled = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._lock = threading.Lock()

    def play(self, runner: asyncio.Runner) -> Played:
        """Make the call. Raise CancelledError once it was cancelled, and KeyboardInterrupt on Ctrl-C."""
        over: list[FinishedCall] = []
        text = io.StringIO()
        console = TerminalConsole(text, force_terminal=False, color_system=None)
        runner.run(self._watched(LiveTranscript(console), over))
        return Played(over[0], text.getvalue())

    def cancel(self) -> None:
        """Break the call off; from any thread."""
        with self._lock:
            self._cancelled = True
            if self._running is not None:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)

    async def _watched(self, watcher: LiveTranscript, over: list[FinishedCall]) -> None:
        task = asyncio.current_task()
        assert task is not None
        with self._lock:
            if self._cancelled:
                raise asyncio.CancelledError
            self._running = asyncio.get_running_loop(), task
        try:
            await make_call(self._level, self._run, watcher, over.append)
        finally:
            with self._lock:
                self._running = None


class OpenLevel:
    """A level, started with the first call and kept until it is closed."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self._runner: asyncio.Runner | None = None
        self._unavailable: LevelUnavailable | None = None

    def check(self, run: Run) -> None:
        """Look ahead whether the call can be made; on the main thread. Raise LevelUnavailable, ConfigError."""
        if self._unavailable is not None:
            raise self._unavailable
        if isinstance(self.level, Checking):
            self.level.check([run.plan])
        if isinstance(self.level, Outdated) and self.level.outdated:
            self.close()

    def play(self, job: Job) -> Played:
        """Make a call. Raise LevelUnavailable, ConfigError."""
        if self.level.shared_loop:
            return job.play(self._started())
        with asyncio.Runner(loop_factory=self.level.new_loop) as runner:
            return job.play(runner)

    def close(self) -> None:
        """End what the calls shared."""
        runner, self._runner = self._runner, None
        if runner is not None:
            with runner:
                runner.run(self.level.aclose())

    def _started(self) -> asyncio.Runner:
        if self._runner is not None:
            return self._runner
        runner = self._runner = asyncio.Runner(loop_factory=self.level.new_loop)
        started = False
        try:
            runner.run(self.level.start())
            started = True
        except LevelUnavailable as unavailable:
            self._unavailable = unavailable
            raise
        finally:
            if not started:
                self.close()
        return runner


class OpenLevels:
    """The levels of this process. Calls are made one at a time: virtual time is that of the whole process."""

    def __init__(self) -> None:
        self._levels: dict[str, OpenLevel] = {}
        self._one_at_a_time = threading.Lock()

    def play(self, name: str, run: Run) -> Played:
        """Make a call at a level. Raise LevelUnavailable, ConfigError."""
        return self.play_job(name, self.job(name, run))

    def job(self, name: str, run: Run) -> Job:
        """Return a call to be made with `play_job`; on the main thread. Raise LevelUnavailable, ConfigError."""
        opened = self.open(name)
        opened.check(run)
        return Job(opened.level, run)

    def open(self, name: str) -> OpenLevel:
        """Return the level of that name, not started yet; imports it. Raise LevelUnavailable."""
        if name not in self._levels:
            self._levels[name] = OpenLevel(make_level(cast(LevelName, name)))
        return self._levels[name]

    def play_job(self, name: str, job: Job) -> Played:
        """Make a call; on any thread that has no running event loop."""
        with self._one_at_a_time:
            return self._levels[name].play(job)

    def close(self, but: Container[str] = ()) -> None:
        """End all levels but some."""
        for name, opened in self._levels.items():
            if name not in but:
                opened.close()

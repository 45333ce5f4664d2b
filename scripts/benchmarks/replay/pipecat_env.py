"""pipecat-ai's own user-turn-start strategies, in a virtual environment of their own."""

import json
import logging
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.outcome import AFTERWARDS_S, Outcome, Stretch

PROBE = Path(__file__).with_name("pipecat_probe.py")

INSTALL_S = 900.0
"""Longest that the installation may take."""

logger = logging.getLogger(__name__)


class PipecatMissing(Exception):
    """The environment is not there and cannot be made; the message says why."""


class Pipecat:
    """An environment with the latest pipecat-ai in `directory`, made when it is needed first if `install` is set."""

    def __init__(self, directory: Path, *, install: bool = True) -> None:
        self._may_install = install
        self._python = directory / "bin" / "python"
        self._directory = directory

    def prepare(self) -> str:
        """Make the environment where it is missing; the version of pipecat-ai in it. Raise `PipecatMissing`."""
        if not self._python.exists() and not self._may_install:
            raise PipecatMissing("its environment is not there, a long run installs it")
        if not self._python.exists():
            logger.info("installing pipecat-ai into an environment of its own")
            venv.create(self._directory, with_pip=True)
        version = self._version()
        if version is None:
            self._install()
            version = self._version()
        if version is None:
            raise PipecatMissing("pipecat-ai was installed, but cannot be imported")
        return version

    def play(self, strategy: str, tapes: Sequence[Tape]) -> list[Outcome]:
        """Tell when the strategy would interrupt a bot that is speaking, for each tape of such a case."""
        reports = [_reports(tape) for tape in tapes]
        lines = [
            json.dumps({"strategy": strategy, "reports": [[kind, text] for _, kind, text in each]}) for each in reports
        ]
        ran = subprocess.run(
            [str(self._python), "-I", str(PROBE)],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        found: list[int | None] = [json.loads(line) for line in ran.stdout.splitlines()]
        return [
            _outcome(tape, None if index is None else each[index][0])
            for tape, each, index in zip(tapes, reports, found, strict=True)
        ]

    def _version(self) -> str | None:
        ask = "import importlib.metadata as m; print(m.version('pipecat-ai'))"
        ran = subprocess.run([str(self._python), "-c", ask], capture_output=True, text=True, check=False, timeout=60)
        return ran.stdout.strip() or None

    def _install(self) -> None:
        command = [str(self._python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pipecat-ai"]
        try:
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=INSTALL_S)
        except subprocess.CalledProcessError as error:
            reason = (error.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise PipecatMissing(f"pipecat-ai cannot be installed: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise PipecatMissing(f"pipecat-ai was not installed within {INSTALL_S:.0f} s") from error


def _reports(tape: Tape) -> list[tuple[float, str, str]]:
    """Return what the strategies get, in order of time: pipecat tells them only of the begin of speech and of words."""
    kinds = {"interim_transcript": "interim", "final_transcript": "final"}
    starts = [(report.at, "vad", "") for report in tape.vad if report.type == "start_of_speech"]
    words = [(report.at, kinds[report.type], report.text) for report in tape.stt if report.type in kinds]
    return sorted(starts + [each for each in words if each[2]], key=lambda report: report[0])


def _outcome(tape: Tape, stopped_at: float | None) -> Outcome:
    until = tape.ends + AFTERWARDS_S
    agent = Stretch(-tape.case.at, until if stopped_at is None else stopped_at, stopped_at is not None)
    return Outcome(agent=(agent,), until=until)

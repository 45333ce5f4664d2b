"""pipecat-ai's own user-turn-start strategies, in a virtual environment of their own."""

from collections.abc import Sequence
from pathlib import Path

from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.outcome import AFTERWARDS_S, Outcome, Stretch
from scripts.benchmarks.replay.package_env import PackageEnv

PROBE = Path(__file__).with_name("pipecat_probe.py")

ANSWER_S = 300.0
"""Longest that the strategies may take for a corpus."""


class Pipecat(PackageEnv):
    """An environment with the latest pipecat-ai in `directory`."""

    def __init__(self, directory: Path, *, install: bool = True) -> None:
        super().__init__(directory, "pipecat-ai", install=install)

    def play(self, strategy: str, tapes: Sequence[Tape]) -> list[Outcome]:
        """Tell when the strategy would interrupt a bot that is speaking, for each tape of such a case."""
        reports = [_reports(tape) for tape in tapes]
        questions = [{"strategy": strategy, "reports": [[kind, text] for _, kind, text in each]} for each in reports]
        found: list[int | None] = self.ask(PROBE, questions, timeout=ANSWER_S)
        return [
            _outcome(tape, None if index is None else each[index][0])
            for tape, each, index in zip(tapes, reports, found, strict=True)
        ]


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

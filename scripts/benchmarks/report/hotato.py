"""An outside scorer beside ours: hotato (MIT) listens to what each system did, as recordings of two channels.

It looks at the energy of both channels and knows no words. The caller's channel is what the agent heard, the agent's is
speech without pauses wherever the agent was on the line: hotato takes 0.2 s of silence for a yield.
"""

import tempfile
import wave
from pathlib import Path
from typing import Any, Final

import numpy as np

from callagent.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from scripts.benchmarks.capture.captures import Captures
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.synthesis import agent_says
from scripts.benchmarks.replay.outcome import Outcome, Played
from scripts.benchmarks.replay.package_env import PackageEnv
from scripts.benchmarks.report.rates import rate_of
from scripts.benchmarks.report.scoring import IGNORED

HOTATO: Final = "hotato==1.20.0"

PROBE: Final = Path(__file__).with_name("hotato_probe.py")

BEFORE_S: Final = 1.0
"""Seconds of the recording before the caller's first sample."""

BEHIND_S: Final = 3.0
"""Seconds of the recording after the caller's last."""

FAINT: Final = 300.0
"""RMS of 20 ms of the agent's speech under which they are a pause."""

SCORE_S: Final = 900.0
"""Longest that it may take for one system."""


class Hotato(PackageEnv):
    """hotato in an environment of its own."""

    def __init__(self, directory: Path, *, install: bool = True) -> None:
        super().__init__(directory, HOTATO, install=install)

    def score(self, played: Played, captures: Captures) -> dict[str, Any]:
        """Return its recall and fpr of one system over all overlaps that it scores, and its median time to yield."""
        overlaps = [(tape, outcome) for tape, outcome in played if tape.case.situation == "speaking"]
        with tempfile.TemporaryDirectory() as directory:
            questions = [
                _question(tape, outcome, captures.heard(tape), Path(directory) / f"{number}.wav")
                for number, (tape, outcome) in enumerate(overlaps)
            ]
            verdicts = self.ask(PROBE, questions, timeout=SCORE_S)
        scored = [
            (question["expect"], verdict) for question, verdict in zip(questions, verdicts, strict=True) if verdict
        ]
        to_yield = [
            verdict["seconds_to_yield"] for expect, verdict in scored if expect == "yield" and verdict["did_yield"]
        ]
        return {
            "recall": rate_of([verdict["did_yield"] for expect, verdict in scored if expect == "yield"]),
            "fpr": rate_of([verdict["did_yield"] for expect, verdict in scored if expect == "hold"]),
            "seconds_to_yield_p50": round(float(np.median(to_yield)), 3) if to_yield else None,
            "not_scored": len(overlaps) - len(scored),
        }


def _question(tape: Tape, outcome: Outcome, heard: Samples, path: Path) -> dict[str, Any]:
    _write(path, recording(tape, outcome, heard))
    mixed_offset = tape.spans[-1][0] if tape.case.meaning == "mixed" else 0.0
    expect = "hold" if tape.case.meaning in IGNORED else "yield"
    return {"recording": str(path), "onset": BEFORE_S + mixed_offset, "expect": expect}


def recording(tape: Tape, outcome: Outcome, heard: Samples) -> Samples:
    """Return what a recorder on the line would have, from `BEFORE_S` before the caller: samples by channels, 8 kHz."""
    size = round((BEFORE_S + tape.ends + BEHIND_S) * SAMPLE_RATE)
    channels = np.zeros((size, 2), np.int16)
    skipped = round((-BEFORE_S - tape.audio_begins) * SAMPLE_RATE)
    caller = heard[skipped:] if skipped >= 0 else np.pad(heard, (-skipped, 0))
    caller = caller[:size]
    channels[: caller.size, 0] = caller
    speech = np.resize(_without_pauses(agent_says(tape.case.agent, tape.case.locale)), size)
    for stretch in outcome.agent:
        begin, end = (min(max(round((at + BEFORE_S) * SAMPLE_RATE), 0), size) for at in (stretch.start, stretch.end))
        channels[begin:end, 1] = speech[begin:end]
    return channels


def _without_pauses(speech: Samples) -> Samples:
    frames = speech[: speech.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    loud = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1)) > FAINT
    kept: Samples = frames[loud].reshape(-1)
    return kept


def _write(path: Path, channels: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels.shape[1])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(channels.astype("<i2").tobytes())

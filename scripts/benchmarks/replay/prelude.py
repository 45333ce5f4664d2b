"""What the caller has said before: when somebody interrupts, a system has heard the caller speak already."""

from collections.abc import Iterator, Sequence
from statistics import median

from scripts.benchmarks.capture.tape import SttReport, Tape, VadReport
from scripts.benchmarks.corpus.case import Case, Part

DELAY_S = 0.15
"""From the VAD's report of speech to the first words, where no tape tells."""

_NOTICED, _LENGTH, _END_SILENCE, _STEP = 0.08, 0.9, 0.35, 0.032


def prelude_of(tapes: Sequence[Tape]) -> Tape:
    """Return a plain sentence, recognised as fast as the others are: first words,
    interim and final at their usual times.
    """
    delays = [delay for tape in tapes if (delay := _first_words(tape)) is not None]
    first = _NOTICED + (median(delays) if delays else DELAY_S)
    words = (
        SttReport(first, "interim_transcript", "Good", 0.8),
        SttReport(first + 0.3, "interim_transcript", "Good morning.", 0.9),
        SttReport(_LENGTH + _END_SILENCE, "final_transcript", "Good morning.", 0.9),
    )
    case = Case(0, "content", (Part("Good morning."),), "", "clean", "listening", "", 0.0)
    return Tape(case, 0.0, 0.0, ((0.0, _LENGTH),), tuple(_activity()), words)


def _first_words(tape: Tape) -> float | None:
    start = next((report.at for report in tape.vad if report.type == "start_of_speech"), None)
    words = next((report.at for report in tape.stt if report.text), None)
    return None if start is None or words is None or words < start else words - start


def _activity() -> Iterator[VadReport]:
    yield VadReport(_NOTICED, "start_of_speech", 0.9, True, _NOTICED, 0.0, _NOTICED, 0.0)
    end = _LENGTH + _END_SILENCE
    for at in (_NOTICED + step * _STEP for step in range(1, int((end - _NOTICED) / _STEP))):
        silence = max(0.0, at - _LENGTH)
        yield VadReport(at, "inference_done", 0.1 if silence else 0.9, True, at, 0.0, 0.0 if silence else at, silence)
    yield VadReport(end, "end_of_speech", 0.1, False, _LENGTH, _END_SILENCE, 0.0, _END_SILENCE)

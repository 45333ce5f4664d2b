"""Every wrong decision of callagent, with what was heard, and what it seems to be due to."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from callagent.turns import Kind, Lexicon
from scripts.benchmarks.capture.tape import SttReport, Tape
from scripts.benchmarks.corpus.case import SOUNDS, Meaning
from scripts.benchmarks.replay.outcome import Outcome
from scripts.benchmarks.report.scoring import Score, judge

Cause = Literal["recogniser", "recogniser slow", "vad", "lexicon", "echo", "rule"]

VAD_LATE_S = 0.3
"""The VAD noticed the speech so late, or not at all, that it is to blame for a late stop."""

WORDS_LATE_S = 0.5
"""From the first sample of what means stop to the first transcript that shows it: later than that, no rule helps."""

_KINDS: dict[Meaning, frozenset[Kind]] = {
    "acknowledgement": frozenset({Kind.ACK}),
    "answer": frozenset({Kind.ACK}),
    "tic": frozenset({Kind.ACK, Kind.EMPTY}),
    "aside": frozenset({Kind.ASIDE}),
    "command": frozenset({Kind.COMMAND}),
    "mixed": frozenset({Kind.COMMAND, Kind.CONTENT}),
    "content": frozenset({Kind.COMMAND, Kind.CONTENT}),
}
"""What a transcript has to be taken for, so that the gate can be right."""


@dataclass(frozen=True)
class Mistake:
    """One wrong decision. `said` is what the lexicon makes of the truth, `heard_as` of each transcript."""

    cause: Cause
    wrong: str
    tape: Tape
    outcome: Outcome
    said: str
    heard_as: str

    @property
    def rules(self) -> str:
        """What the gate decided, by which rule, and when."""
        return "; ".join(f"{d['decision']} by {d['rule']} at {d['at']:.2f} s" for d in self.outcome.decisions) or "none"

    @property
    def heard(self) -> str:
        """Every transcript as it came."""
        return "; ".join(_shown(report) for report in self.tape.stt if report.text) or "nothing"

    @property
    def activity(self) -> str:
        """What the VAD reported."""
        names = {"start_of_speech": "speech", "end_of_speech": "end"}
        return "; ".join(f"{names[r.type]} {r.at:.2f}" for r in self.tape.vad if r.type in names) or "no speech"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        case = self.tape.case
        return {
            "case": case.name,
            "cause": self.cause,
            "wrong": self.wrong,
            "meaning": case.meaning,
            "situation": case.situation,
            "text": case.text,
            "voice": case.voice,
            "line": case.line,
            "spans": self.tape.spans,
            "heard": [asdict(report) for report in self.tape.stt],
            "vad": self.activity,
            "lexicon": {"said": self.said, "heard": self.heard_as},
            "decisions": list(self.outcome.decisions),
        }


@dataclass(frozen=True)
class MistakeShare:
    """Wrong decisions in a group of cases."""

    name: str
    mistakes: int
    cases: int


def find_mistakes(played: Iterable[tuple[Tape, Outcome]], lexicon: Lexicon) -> list[Mistake]:
    """Return all wrong decisions, grouped by cause."""
    found = []
    for tape, outcome in played:
        wrong = judge(tape, outcome, Score())
        if wrong is not None:
            found.append(_mistake(tape, outcome, wrong, lexicon))
    return sorted(found, key=lambda mistake: (mistake.cause, mistake.tape.case.meaning, mistake.tape.case.index))


def summary(mistakes: Sequence[Mistake]) -> list[tuple[Cause, Meaning, int]]:
    """Tell how many of which cause and meaning."""
    counts = Counter((mistake.cause, mistake.tape.case.meaning) for mistake in mistakes)
    return [(cause, meaning, count) for (cause, meaning), count in sorted(counts.items())]


def mistakes_by(key: Callable[[Tape], str], mistakes: Sequence[Mistake], tapes: Iterable[Tape]) -> list[MistakeShare]:
    """Return for each group of tapes (a line, a voice) how many of them were decided wrongly, most mistakes first."""
    wrong = Counter(key(mistake.tape) for mistake in mistakes)
    cases = Counter(key(tape) for tape in tapes)
    return sorted((MistakeShare(name, wrong[name], count) for name, count in cases.items()), key=_most_first)


def _most_first(share: MistakeShare) -> tuple[float, str]:
    return -share.mistakes / share.cases, share.name


def _mistake(tape: Tape, outcome: Outcome, wrong: str, lexicon: Lexicon) -> Mistake:
    case = tape.case
    said = "" if case.parts[0].text in SOUNDS else " ".join(part.text for part in case.parts)
    truth = lexicon.match(said, final=True).kind
    heard = [lexicon.match(report.text, final=report.type == "final_transcript").kind for report in _words(tape)]
    wanted = _KINDS[case.meaning]
    cause = _cause(tape, wrong, right_word=truth in wanted, heard=heard, wanted=wanted)
    return Mistake(cause, wrong, tape, outcome, truth.value, " ".join(kind.value for kind in heard))


def _cause(tape: Tape, wrong: str, *, right_word: bool, heard: Sequence[Kind], wanted: frozenset[Kind]) -> Cause:
    stops = tape.case.meaning in ("command", "mixed", "content")
    if tape.case.line == "echo" and wrong == "stopped before it":
        return "echo"
    starts = [report.at for report in tape.vad if report.type == "start_of_speech"]
    if stops and (not starts or starts[0] > VAD_LATE_S):
        return "vad"
    if not right_word:
        return "lexicon"
    final = heard[-1] if heard else Kind.EMPTY
    if stops:
        first = next((report for report, kind in zip(_words(tape), heard, strict=True) if kind in wanted), None)
        if first is None:
            return "recogniser"
        return "recogniser slow" if first.at - tape.spans[-1][0] > WORDS_LATE_S else "rule"
    if final not in wanted or any(kind not in wanted | {Kind.PREFIX, Kind.EMPTY} for kind in heard):
        return "recogniser"
    first_words = next((report.at for report in _words(tape) if report.text), None)
    grace = "stopped at" in wrong and (first_words is None or first_words > float(wrong.split()[2]))
    return "recogniser slow" if grace else "rule"


def _words(tape: Tape) -> list[SttReport]:
    return [report for report in tape.stt if report.type in ("interim_transcript", "final_transcript")]


def _shown(report: SttReport) -> str:
    sure = "" if report.confidence is None else f" ({report.confidence:.2f})"
    final = "" if report.type != "final_transcript" else " final"
    return f"{report.at:.2f} “{report.text}”{sure}{final}"

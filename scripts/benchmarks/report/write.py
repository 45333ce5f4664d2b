"""Writes the report: `report.md`, `report.json`, `scatter.png` and `mistakes.md` in one directory."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from callagent.turns import Lexicon
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.replay.outcome import Played, Results
from scripts.benchmarks.replay.systems import CALLAGENT
from scripts.benchmarks.report.mistakes import Mistake, MistakeShare, find_mistakes, mistakes_by, summary
from scripts.benchmarks.report.rates import wilson
from scripts.benchmarks.report.scatter import Point, draw
from scripts.benchmarks.report.scoring import Score, score
from scripts.benchmarks.report.tables import as_data, figure_table, markdown, panel_table, rate_cell

LEGEND = (
    "Latencies are p50 / p95; counts of events in brackets; behind a rate its 95 % interval (Wilson). "
    "recall: commands, mixed input and content at which the agent stopped; "
    "fpr: acknowledgements, tics and asides at which it stopped."
)

BY_LINE = ("selectivity_backchannel", "yield_rate", "selectivity_vocal_tic")


def write_report(results: Results, lexicon: Lexicon, directory: Path, *, title: str) -> list[Mistake]:
    """Write everything; the mistakes of callagent."""
    scores = {system: score(played) for system, played in results.played.items()}
    mistakes = find_mistakes(results.played.get(CALLAGENT, []), lexicon)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(_markdown(results, scores, mistakes, title), encoding="utf-8")
    (directory / "report.json").write_text(
        json.dumps(_data(results, scores, mistakes, title), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    (directory / "mistakes.md").write_text(_mistakes(mistakes), encoding="utf-8")
    draw({system: point for system, each in scores.items() if (point := _point(each))}, directory / "scatter.png")
    return mistakes


def _by(key: Callable[[Tape], str], results: Results) -> dict[str, dict[str, Score]]:
    """Return the scores of every system for every group of tapes."""
    return {system: {name: score(each) for name, each in _groups(key, played)} for system, played in _sorted(results)}


def _groups(key: Callable[[Tape], str], played: Played) -> list[tuple[str, Played]]:
    names = sorted({key(tape) for tape, _ in played})
    return [(name, [pair for pair in played if key(pair[0]) == name]) for name in names]


def _sorted(results: Results) -> Sequence[tuple[str, Played]]:
    return list(results.played.items())


def _point(each: Score) -> Point | None:
    rate = each.panel.as_dict()["selectivity_backchannel"]["rate"]
    if rate is None or not each.panel.yield_latency:
        return None
    return Point(float(np.median(each.panel.yield_latency)), rate)


def _markdown(results: Results, scores: dict[str, Score], mistakes: Sequence[Mistake], title: str) -> str:
    parts = [f"# {title}", markdown(panel_table(scores)), LEGEND]
    parts += [f"{system} was skipped: {reason}" for system, reason in results.skipped.items()]
    parts += [f"{system}: version {version}" for system, version in results.versions.items()]
    if results.outside:
        parts += ["## Scored by hotato", markdown(outside_table(results))]
    for name, key in (("line", _line), ("voice", _voice)):
        parts.append(f"## By {name}")
        parts += [markdown(figure_table(_by(key, results), figure)) for figure in BY_LINE]
    parts += ["## Mistakes of callagent", markdown(mistake_table(mistakes))]
    parts += [markdown(_share_table(name, shares)) for name, shares in _shares(results, mistakes).items()]
    return "\n\n".join(parts) + "\n"


def _shares(results: Results, mistakes: Sequence[Mistake]) -> dict[str, list[MistakeShare]]:
    tapes = [tape for tape, _ in results.played.get(CALLAGENT, [])]
    return {name: mistakes_by(key, mistakes, tapes) for name, key in (("line", _line), ("voice", _voice))}


def _share_table(name: str, shares: Sequence[MistakeShare]) -> list[list[str]]:
    rows = []
    for share in shares:
        low, high = wilson(share.mistakes, share.cases)
        rate = share.mistakes / share.cases
        rows.append([share.name, str(share.mistakes), str(share.cases), f"{rate:.3f} {low:.3f}-{high:.3f}"])
    return [[name, "mistakes", "cases", "rate"], *rows]


def outside_table(results: Results) -> list[list[str]]:
    """Return what hotato makes of each system."""
    rows = [
        [
            system,
            rate_cell(each["recall"]),
            rate_cell(each["fpr"]),
            f"{each['seconds_to_yield_p50']} s",
            str(each["not_scored"]),
        ]
        for system, each in results.outside.items()
    ]
    return [["by hotato", "recall", "fpr", "time to yield, p50", "not scored"], *rows]


def mistake_table(mistakes: Sequence[Mistake]) -> list[list[str]]:
    """Tell how many mistakes of which cause."""
    return [["cause", "meaning", "count"], *([cause, what, str(count)] for cause, what, count in summary(mistakes))]


def _data(results: Results, scores: dict[str, Score], mistakes: Sequence[Mistake], title: str) -> dict[str, object]:
    by_line, by_voice = _by(_line, results), _by(_voice, results)
    return {
        "title": title,
        "systems": {
            system: {
                "panel": as_data(each),
                "by_line": {line: as_data(part) for line, part in by_line[system].items()},
                "by_voice": {voice: as_data(part) for voice, part in by_voice[system].items()},
            }
            for system, each in scores.items()
        },
        "skipped": results.skipped,
        "versions": results.versions,
        "hotato": results.outside,
        "mistakes": [mistake.as_dict() for mistake in mistakes],
        "mistakes_by": {
            "cause": dict(Counter(mistake.cause for mistake in mistakes)),
            **{name: [asdict(share) for share in shares] for name, shares in _shares(results, mistakes).items()},
        },
    }


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    parts = ["# Wrong decisions of callagent", markdown(mistake_table(mistakes))]
    cause = ""
    for mistake in mistakes:
        if mistake.cause != cause:
            cause = mistake.cause
            parts.append(f"## {cause}")
        parts.append(_shown(mistake))
    return "\n\n".join(parts) + "\n"


def _shown(mistake: Mistake) -> str:
    case = mistake.tape.case
    spans = ", ".join(f"{start:.2f}-{end:.2f}" for start, end in mistake.tape.spans)
    return "\n".join(
        (
            f"**{case.meaning}: “{case.text}”** {mistake.wrong} ({case.voice}, {case.line}, agent {case.situation})",
            f"- {case.name}, said {spans} s",
            f"- heard: {mistake.heard}",
            f"- VAD: {mistake.activity}",
            f"- lexicon: said is {mistake.said}; heard is {mistake.heard_as or 'nothing'}",
            f"- gate: {mistake.rules}",
        )
    )


def _line(tape: Tape) -> str:
    return tape.case.line


def _voice(tape: Tape) -> str:
    return tape.case.voice

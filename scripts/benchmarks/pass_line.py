"""What a benchmark must reach, said before it runs, and what it has reached."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from callagent.cli.output import ExitStatus


@dataclass(frozen=True)
class PassLine:
    """One thing that must hold.

    Args:
        what: it is about, with its unit.
        limit: that the figure may not exceed.
    """

    what: str
    limit: float

    def judged(self, value: float) -> "Verdict":
        """Return what a figure is worth; NaN is a figure that there is none of."""
        return Verdict(self.what, self.limit, value)


@dataclass(frozen=True)
class Verdict:
    """What was reached, beside what had to be."""

    what: str
    limit: float
    value: float

    @property
    def met(self) -> bool:
        """Whether the line is kept. What could not be measured is not."""
        return not math.isnan(self.value) and self.value <= self.limit

    def row(self) -> str:
        """Return a row of the table of verdicts."""
        return f"| {self.what} | {self.limit:g} | {self.value:.3g} | {'met' if self.met else 'MISSED'} |"


def announce(title: str, lines: Iterable[PassLine]) -> None:
    """Print what must be reached, before anything is measured; on stderr, so that JSON on stdout stays whole."""
    click.echo(f"{title}: it passes with", err=True)
    for line in lines:
        click.echo(f"  {line.what} <= {line.limit:g}", err=True)


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts in Markdown."""
    return "\n".join(["| | pass line | measured | |", "|---|---|---|---|", *(each.row() for each in verdicts)]) + "\n"


def finish(directory: Path, table: str, data: Mapping[str, Any], verdicts: Sequence[Verdict], *, as_json: bool) -> None:
    """Write `report.md` and `report.json`, print one of them, and exit with status 1 when a line is missed."""
    judged = [{**asdict(each), "met": each.met} for each in verdicts]
    text = json.dumps({**data, "verdicts": judged}, indent=1, default=asdict)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(table, encoding="utf-8")
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    click.echo(text if as_json else f"{table}\nwritten: {directory}")
    if not all(each.met for each in verdicts):
        raise click.exceptions.Exit(ExitStatus.FAILED)

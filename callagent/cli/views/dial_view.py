"""What `callagent dial` shows: a line per stage with its seconds, or one JSON object at the end."""

from collections.abc import Callable
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from callagent.cli.output import ExitStatus, echo, echo_lines, print_json
from callagent.phone_numbers.number import Number
from callagent.sanitise.console import TerminalConsole, one_line
from callagent.telephony.outbound import NumberList, Row, Stage, Summary

MOST_LINES = 50
"""Rows that are not called, of one kind, that are shown one by one."""

STYLES = {"answered": "green", "dispatched": "green", "speaking": "green", "refused": "red", "trunk failure": "red"}


class View(Protocol):
    """Shows what happens."""

    def calling(self, number: Number) -> None:
        """Tell that a number is about to be called."""

    def progress(self, stage: Stage, seconds: float) -> None:
        """Tell that the call has reached a stage, so long after the dispatch."""

    def again(self, outcome: str, detail: str, seconds: float) -> None:
        """Tell that the number will be called once more, so many seconds from now."""

    def result(self, outcome: str, detail: str, status: ExitStatus, **facts: Any) -> None:
        """Tell how the call has come out; the command ends."""

    def stopped(self, outcome: str, detail: str, status: ExitStatus) -> None:
        """Tell that nobody can be called, or nobody any more; the command ends."""

    def row(self, row: Row, event: str, detail: str) -> None:
        """Tell that a row of a list begins (`calling`) or ends."""

    def left_out(self, numbers: NumberList) -> None:
        """Rows of a list that are not called: they cannot be, or an earlier one has the same number."""

    def summary(self, summary: Summary, numbers: NumberList, status: ExitStatus) -> None:
        """Tell that the list has come to its end."""


def view_of(*, as_json: bool) -> View:
    """Return the view that was asked for."""
    return JsonView() if as_json else TerminalView(TerminalConsole())


class TerminalView:
    """Lines for people."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def _print(self, text: Text | str) -> None:
        """Print one line, however long: whoever reads a pipe or a file finds whole messages."""
        self._console.print(one_line(text) if isinstance(text, str) else text)

    def calling(self, number: Number) -> None:
        """Say whom it calls."""
        self._print(one_line(f"calling {number.international} ({number.region}, {number.kind})"))

    def progress(self, stage: Stage, seconds: float) -> None:
        """`   1.24 s  ringing`."""
        self._print(Text.assemble((f"{seconds:8.2f} s  ", "dim"), (stage, STYLES.get(stage, ""))))

    def again(self, outcome: str, detail: str, seconds: float) -> None:
        """Say why and when."""
        self._print(one_line(f"{_line(outcome, detail)}; once more in {seconds:g} s"))

    def result(self, outcome: str, detail: str, status: ExitStatus, **facts: Any) -> None:
        """Print the outcome in colour; what went wrong goes to stderr."""
        if status in (ExitStatus.REFUSED, ExitStatus.TRUNK_FAILURE):
            echo(_line(outcome, detail), err=True)
        else:
            self._print(one_line(_line(outcome, detail), STYLES.get(outcome, "yellow")))

    def stopped(self, outcome: str, detail: str, status: ExitStatus) -> None:
        """Print what is wrong, on stderr."""
        echo_lines(detail, err=True)

    def row(self, row: Row, event: str, detail: str) -> None:
        """`line 7  +12025550123  busy: 486 Busy Here`."""
        text = Text.assemble((f"line {row.line:<5} ", "dim"), f"{row.number.e164:<16} ", (event, STYLES.get(event, "")))
        self._print(text.append_text(one_line(f": {detail}" if detail else "")))

    def left_out(self, numbers: NumberList) -> None:
        """Print a line for each, up to a number that can still be read."""
        told = [str(problem) for problem in numbers.skipped]
        _some([f"skipped: {line}" for line in told], self._print)
        _some([_duplicate(later, first) for later, first in numbers.duplicates], self._print)

    def summary(self, summary: Summary, numbers: NumberList, status: ExitStatus) -> None:
        """Print the counts, and what is left."""
        counts = [f"{count} {outcome}" for outcome, count in summary.outcomes.most_common()]
        before = [f"{summary.before} done before"] if summary.before else []
        left = [f"{summary.left} still to be called"] if summary.left else []
        done = ", ".join([*counts, *before, *left]) or "nothing to do"
        out = [f"; {count} {what}" for what, count in _not_called(numbers).items() if count]
        self._print(f"{summary.rows} rows: {done}{''.join(out)}")
        if summary.stopped:
            echo(f"stopped: {summary.stopped}", err=True)


class JsonView:
    """One object on stdout, and nothing else."""

    def calling(self, number: Number) -> None:
        """Do nothing."""

    def progress(self, stage: Stage, seconds: float) -> None:
        """Do nothing: the seconds are in the object."""

    def again(self, outcome: str, detail: str, seconds: float) -> None:
        """Do nothing."""

    def result(self, outcome: str, detail: str, status: ExitStatus, **facts: Any) -> None:
        """Print the object of a call."""
        known = {name: value for name, value in facts.items() if value is not None}
        _print({"outcome": outcome, "status": int(status), "detail": detail, **known})

    def stopped(self, outcome: str, detail: str, status: ExitStatus) -> None:
        """Print the object of a call that has not come to anything."""
        self.result(outcome, detail, status)

    def row(self, row: Row, event: str, detail: str) -> None:
        """Do nothing."""

    def left_out(self, numbers: NumberList) -> None:
        """Do nothing: it is in the object."""

    def summary(self, summary: Summary, numbers: NumberList, status: ExitStatus) -> None:
        """Print the object of a list."""
        _print(
            {
                "rows": summary.rows,
                "before": summary.before,
                "outcomes": dict(summary.outcomes),
                "left": summary.left,
                "stopped": summary.stopped,
                "status": int(status),
                **_not_called(numbers),
                "skipped_rows": [{"line": each.line, "reason": each.message} for each in numbers.skipped],
                "duplicate_rows": [{"line": later.line, "first": row.line} for later, row in numbers.duplicates],
            }
        )


def _not_called(numbers: NumberList) -> dict[str, int]:
    return {"duplicates": len(numbers.duplicates), "skipped": len(numbers.skipped)}


def _duplicate(later: Row, first: Row) -> str:
    return f"line {later.line:<5} {later.number.e164:<16} has the number of line {first.line}: not called again"


def _some(lines: list[str], show: Callable[[str], None]) -> None:
    for line in lines[:MOST_LINES]:
        show(line)
    if (more := len(lines) - MOST_LINES) > 0:
        show(f"… and {more} more")


def _line(outcome: str, detail: str) -> str:
    return f"{outcome}: {detail}" if detail else outcome


def _print(data: dict[str, Any]) -> None:
    print_json(data, indent=None)

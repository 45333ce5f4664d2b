"""`callagent records export`: calls leave the database for other programs."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from callagent.cli.commands.records.finding import database_of_calls, wanted_options
from callagent.cli.output import ExitStatus, echo, print_file
from callagent.cli.views.records_view import StoredCall, call_json, fields_of_call, whole_json
from callagent.extras import lacking
from callagent.private_files import whole_file
from callagent.records import CallRow, RecordStore, Wanted
from callagent.sanitise import json_text, storable
from callagent.yaml_config import ConfigError

Format = Literal["csv", "jsonl", "parquet"]

ENDINGS: Mapping[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""End of a file's name -> what is written into it, unless `--format` says something else."""

FORMULA = ("=", "@", "\t", "\r")
"""Begins of a text that a spreadsheet would take for a formula; an apostrophe before it makes it one no more."""


@click.command("export")
@wanted_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="What is written. [default: by the end of --out, else csv]",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write to, readable by you alone. [default: stdout]",
)
@click.option("--limit", type=click.IntRange(min=1), help="How many calls at most, the newest. [default: all]")
def export_calls(
    wanted: Wanted, form: Format | None, out: Path | None, limit: int | None, database: str | None
) -> None:
    """Write calls for other programs: CSV, JSON lines or Parquet.

    CSV and Parquet have a row for each call, with times in UTC and durations in seconds. A JSON line has the whole call
    as `records show --json` has it: turns, decisions, tools, notes and events besides.

    Exit status: 0 also where there is no such call, 2 an option is not valid or --out cannot be written, 3 the database
    or the package for Parquet is not there.
    """
    form = form or (ENDINGS.get(out.suffix.casefold(), "csv") if out is not None else "csv")
    if form == "parquet":
        if out is None:
            raise click.UsageError("Parquet is no text: say where to with --out")
        if missing := lacking("--format parquet", "pyarrow"):
            echo(missing, err=True)
            raise click.exceptions.Exit(ExitStatus.UNAVAILABLE)
    with database_of_calls(database) as store:
        calls = store.find(wanted, limit=limit)
        content = WRITERS[form](store, calls)
    if out is None:
        print_file(content)
        return
    try:
        with whole_file(out) as file:
            file.write(content)
    except OSError as error:
        raise ConfigError.single("--out", f"cannot be written: {error}") from error
    echo(f"{len(calls)} calls: {out}")


def _csv(store: RecordStore, calls: Sequence[CallRow]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fields_of_call(), lineterminator="\n")
    writer.writeheader()
    for row in _rows(calls):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue().encode()


def _jsonl(store: RecordStore, calls: Sequence[CallRow]) -> bytes:
    lines = (json_text(whole_json(StoredCall.read(store, call))) for call in calls)
    return "".join(f"{line}\n" for line in lines).encode()


def _parquet(store: RecordStore, calls: Sequence[CallRow]) -> bytes:
    import pyarrow  # of the extra `parquet`: `lacking` has been asked
    from pyarrow import parquet

    rows = list(_rows(calls))
    table = pyarrow.table({name: [row[name] for row in rows] for name in fields_of_call()})
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


WRITERS: Mapping[Format, Callable[[RecordStore, Sequence[CallRow]], bytes]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}


def _rows(calls: Sequence[CallRow]) -> Iterator[dict[str, Any]]:
    """Yield a flat row for each call; what is nested is JSON in it."""
    for call in calls:
        yield {
            name: json_text(value) if isinstance(value, Mapping) else value for name, value in call_json(call).items()
        }


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = storable(value)
    return f"'{text}" if text.startswith(FORMULA) else text

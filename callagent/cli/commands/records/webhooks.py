"""`callagent records webhooks`: what other programs are told of calls, whether it has arrived, and sending it again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from callagent.cli.options import database_option, json_option
from callagent.cli.output import ExitStatus, echo, print_json, print_table
from callagent.database import StoreUnavailable
from callagent.records import WebhookRow
from callagent.records.tables import GIVEN_UP, WAITING
from callagent.records.webhooks.payload import webhook_schema
from callagent.records.webhooks.queue import Sought, WebhookQueue

COLUMNS = ("no", "made", "endpoint", "event", "call", "state", "tries", "answer", "next", "why not")


@click.command("webhooks")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[NO...]")
@click.option("--failed", is_flag=True, help="Those given up, and those that were tried in vain so far.")
@click.option("--call", metavar="ID", help="Those of this call; an ID may be its begin.")
@click.option("--endpoint", metavar="NAME", help="Those of this endpoint.")
@click.option("--again", is_flag=True, help="Send them again: now, and for a day, as if they were new.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many are shown at most, the newest."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the body of a webhook.")
@json_option
@database_option
def webhooks(
    numbers: tuple[int, ...],
    failed: bool,
    call: str | None,
    endpoint: str | None,
    again: bool,
    limit: int,
    schema: bool,
    as_json: bool,
    database: str | None,
) -> None:
    """Show the webhooks of `serve --webhooks`, the newest first, and send some of them again.

    NO is the number in the first column. --again needs a NO, --failed, --call or --endpoint; a worker that has the
    endpoint sends them. One that has arrived before comes with the same id, by which its receiver knows it.

    Exit status: 0 also where there is none, 2 an option is not valid or there is no such webhook to be sent again, 3
    the database is not there.
    """
    if schema:
        print_json(webhook_schema())
        return
    sought = Sought(numbers, call or "", endpoint or "", failed)
    with _queue(database) as queue:
        if again:
            _send_again(queue, sought)
            return
        found = queue.find(sought, limit)
        told = queue.endpoints()
    if as_json:
        listed = [{"name": each.name, **each.wanted, "seen": _iso(each.seen), "gone": _iso(each.gone)} for each in told]
        print_json({"webhooks": [_json(row, of_call) for row, of_call in found], "endpoints": listed})
        return
    if found:
        print_table(COLUMNS, [_row(row, of_call) for row, of_call in found])
    for each in told:
        if each.gone is not None:
            echo(f"{each.name} has said that it is gone for good; it is told again when a worker starts", err=True)
    if not found:
        echo("no such webhook" if told else "no endpoint is told of calls: serve --webhooks FILE names some", err=True)


def _send_again(queue: WebhookQueue, sought: Sought) -> None:
    if sought == Sought():
        raise click.UsageError("--again needs a NO, --failed, --call or --endpoint")
    numbers = queue.send_again(sought)
    if not numbers:
        echo("no such webhook", err=True)
        raise click.exceptions.Exit(ExitStatus.INVALID)
    echo("1 webhook is sent again" if len(numbers) == 1 else f"{len(numbers)} webhooks are sent again")


@contextmanager
def _queue(location: str | None) -> Iterator[WebhookQueue]:
    """Open the database; what it cannot do is one line and exit status 3."""
    try:
        queue = WebhookQueue(location)
        try:
            yield queue
        finally:
            queue.close()
    except StoreUnavailable as error:
        echo(error, err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error


def _row(row: WebhookRow, call: str) -> tuple[str, ...]:
    return (
        str(row.number),
        _local(row.created),
        row.endpoint,
        row.event,
        call,
        row.state,
        str(row.tries or ""),
        str(row.status or ""),
        _local(row.due) if row.state == WAITING and row.tries else "",
        row.error if row.state in (WAITING, GIVEN_UP) else "",
    )


def _json(row: WebhookRow, call: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "message": row.message,
        "call": call,
        "endpoint": row.endpoint,
        "event": row.event,
        "state": row.state,
        "tries": row.tries,
        "status": row.status,
        "error": row.error,
        "created": _iso(row.created),
        "due": _iso(row.due) if row.state == WAITING else None,
        "done": _iso(row.done),
        "body": json.loads(row.pii_body),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"

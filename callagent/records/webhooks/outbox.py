"""Webhooks on their way out, kept in the transaction that records what they tell: neither is there without the other.

Who is told of what stands in the database as well, so that whoever brings a call into it, a worker or a command that
looks at the records, leaves the same webhooks there. A worker with the endpoints sends them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from callagent.journal.journal_file import CallJournal
from callagent.records.tables import GIVEN_UP, WAITING, CallRow, EndpointRow, WebhookRow
from callagent.records.webhooks.payload import body_of, message_id
from callagent.records.webhooks.settings import EVENTS, Endpoint, Event

FORGOTTEN_AFTER: Final = timedelta(days=2)
"""For so long an endpoint is told of calls although no worker has named it; what is older than a day is not sent."""

GONE: Final = "410: the endpoint says that it is gone for good"


def subscribe(session: Session, endpoints: Sequence[Endpoint], *, anew: bool = True) -> None:
    """Have these endpoints told of calls from now on.

    Args:
        anew: also those that have said that they are gone.
    """
    for each in endpoints:
        row = session.get(EndpointRow, each.name) or EndpointRow(name=each.name)
        row.wanted = {
            "events": list(each.events),
            "profiles": list(each.profiles),
            "transcript": each.transcript,
        }
        row.seen = datetime.now(UTC)
        row.gone = None if anew else row.gone
        session.add(row)


def unsubscribe(session: Session, endpoint: str, now: datetime | None = None) -> int:
    """Have an endpoint that is gone told of nothing more; tell how many webhooks are given up by that."""
    moment = now or datetime.now(UTC)
    row = session.get(EndpointRow, endpoint)
    if row is not None:
        row.gone = moment
    waiting = select(WebhookRow).where(WebhookRow.endpoint == endpoint, WebhookRow.state == WAITING)
    given_up = list(session.scalars(waiting))
    for each in given_up:
        each.state, each.done, each.error, each.taken = GIVEN_UP, moment, GONE, None
    return len(given_up)


def put(
    session: Session,
    row: CallRow,
    journal: CallJournal,
    events: Iterable[Event],
    *,
    analysis: dict[str, Any] | None = None,
    edition: str = "",
) -> None:
    """Keep webhooks of a call for whoever wants them, each once; in the order of the events.

    Args:
        analysis: what was found out after the call, for `analysed`.
        edition: which one that is, of several.
    """
    now = datetime.now(UTC)
    subscribed = [each for each in session.scalars(select(EndpointRow)) if _listens(each, row, now)]
    for event in sorted(events, key=EVENTS.index):
        message = message_id(row.id, event, edition)
        for each in subscribed:
            if event not in each.wanted.get("events", ()) or _is_there(session, each.name, message):
                continue
            transcript = event == "ended" and bool(each.wanted.get("transcript"))
            body = body_of(row, journal, event, message, transcript=transcript, analysis=analysis)
            session.add(
                WebhookRow(
                    call=row.seq,
                    endpoint=each.name,
                    event=event,
                    message=message,
                    pii_body=body,
                    created=now,
                    due=now,
                )
            )


def is_wanted(session: Session) -> bool:
    """Tell whether anybody is told of calls."""
    return session.scalar(select(EndpointRow.name).where(EndpointRow.gone.is_(None)).limit(1)) is not None


def _listens(endpoint: EndpointRow, call: CallRow, now: datetime) -> bool:
    if endpoint.gone is not None or endpoint.seen < now - FORGOTTEN_AFTER:
        return False
    profiles = endpoint.wanted.get("profiles") or [call.profile]
    return call.profile in profiles


def _is_there(session: Session, endpoint: str, message: str) -> bool:
    known = select(WebhookRow.number).where(WebhookRow.endpoint == endpoint, WebhookRow.message == message)
    return session.scalar(known.limit(1)) is not None

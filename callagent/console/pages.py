"""The pages about calls. Each function answers a request, in a thread: the database is asked meanwhile."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from callagent.console.journal_entries import entries_of, head_of, numbered
from callagent.console.panel_page import charts_of, tiles_of
from callagent.console.production_panel import PERIODS, Panel, panel_of
from callagent.console.rendering import render
from callagent.console.report_page import report_page
from callagent.console.search_form import A_PAGE, search_of
from callagent.console.security import visitor_of
from callagent.console.webhook_health import dead_endpoints
from callagent.database.overview import attempts_by_outcome, campaigns, do_not_call_page, refusals_by_rule
from callagent.database.workers import fleet_of
from callagent.records import RecordStore, Wanted
from callagent.records.analyses import findings
from callagent.records.search_words import OUTCOMES
from callagent.records.tables import LIVE
from callagent.records.writing import lines_of

KEPT_S: Final = 20.0
"""How long the figures of a period are taken for new, in seconds."""

DIALLING_S: Final = 60.0
"""How long a process that dials a list need not be heard of, in seconds, as `callagent.telephony` has it."""

MOST_ENTRIES: Final = 3000
"""Entries of a call on its page; a longer one shows its last ones."""


class Pages:
    """Answers requests.

    Args:
        store: the database.
        operator: whether orders are taken for calls under way; listen: whether they can be listened to.
    """

    def __init__(self, store: RecordStore, *, operator: bool = False, listen: bool = False) -> None:
        self._store, self._may = store, {"operator": operator, "listen": listen}
        self._panels: dict[str, tuple[datetime, Panel]] = {}

    def live(self, request: Request) -> Response:
        """Show the calls under way."""
        calls = self._store.find(Wanted(state=LIVE), limit=100)
        fleet = fleet_of(self._store)
        return page(request, "live.html.j2", calls=calls, dead_endpoints=dead_endpoints(self._store), fleet=fleet)

    def calls(self, request: Request) -> Response:
        """Look for calls."""
        search = search_of(request.query_params)
        found = [] if search.problems else self._store.find(search.wanted, limit=A_PAGE + 1)
        older = search.page_before(found[A_PAGE - 1]) if len(found) > A_PAGE else ""
        context: dict[str, Any] = {"search": search, "calls": found[:A_PAGE], "older": older, "outcomes": OUTCOMES}
        further = bool(request.query_params.get("before"))
        return page(request, "calls.html.j2", 400 if search.problems else 200, **context, further=further)

    def call(self, request: Request) -> Response:
        """Show what is known of a call."""
        row = self._store.get(request.path_params["call"])
        if row.id != request.path_params["call"]:
            return RedirectResponse(f"/calls/{row.id}", 307)
        with self._store.session() as session:
            lines = lines_of(session, row.seq)
        read = list(numbered(lines))
        entries, head = entries_of(read), head_of(read)
        shown = entries[-MOST_ENTRIES:]
        context: dict[str, Any] = {
            "call": row,
            "entries": shown,
            "lines": len(lines),
            "left_out": len(entries) - len(shown),
            "destinations": () if head is None else head.destinations,
        }
        return page(request, "call.html.j2", **context, **self._may, goes_on=row.state == LIVE)

    def report(self, request: Request) -> Response:
        """Show the report of a call, as `callagent records report` draws it."""
        row = self._store.get(request.path_params["call"])
        found = [*findings(self._store.analysis(row.id))]
        made = report_page(self._store.journal(row.id), "/calls", row.recording_location, found)
        return HTMLResponse(made.html, headers={"Content-Security-Policy": made.policy})

    def journal(self, request: Request) -> Response:
        """Give the journal of a call, as JSON lines."""
        row = self._store.get(request.path_params["call"])
        with self._store.session() as session:
            lines = lines_of(session, row.seq)
        content = b"".join(line + b"\n" for line in lines)
        name = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "_" for each in row.id)
        headers = {"Content-Disposition": f'attachment; filename="{name}.events.jsonl"'}
        return Response(content, headers=headers, media_type="application/jsonl")

    def panel(self, request: Request) -> Response:
        """Show the panel of production."""
        period = request.query_params.get("period", "24 hours")
        if period not in PERIODS:
            raise HTTPException(404, "There is no such period.")
        now = datetime.now(UTC)
        made, panel = self._panels.get(period, (None, None))
        if made is None or panel is None or now - made > timedelta(seconds=KEPT_S):
            made, panel = now, panel_of(self._store, period)
            self._panels[period] = made, panel
        live, fleet = self._store.count(Wanted(state=LIVE)), fleet_of(self._store)
        context: dict[str, Any] = {"tiles": tiles_of(panel, live, fleet), "charts": charts_of(panel), "panel": panel}
        return page(request, "panel.html.j2", **context, fleet=fleet, period=period, periods=list(PERIODS), made=made)

    def campaigns(self, request: Request) -> Response:
        """Show how far lists of numbers have come."""
        now = datetime.now(UTC)
        since = now - timedelta(days=1)
        return page(
            request,
            "campaigns.html.j2",
            campaigns=campaigns(self._store),
            outcomes=_most_first(attempts_by_outcome(self._store, since)),
            refusals=_most_first(refusals_by_rule(self._store, since)),
            heard_since=now - timedelta(seconds=DIALLING_S),
        )

    def do_not_call(self, request: Request) -> Response:
        """Show the do-not-call list."""
        begin, after = (request.query_params.get(name, "").strip() for name in ("number", "after"))
        digits = "".join(each for each in begin if each.isdecimal() and each.isascii())
        found = do_not_call_page(self._store, begin=f"+{digits}" if digits else "", after=after)
        return page(request, "do_not_call.html.j2", found=found, begin=begin)


def page(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Return a page of the console."""
    shared = {"path": request.url.path, "visitor": visitor_of(request)}
    return HTMLResponse(render(template, **shared, **context), status)


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: -each[1])

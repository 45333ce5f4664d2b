"""What the pages show, and of whom."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from callagent.audio import write_stereo
from callagent.console.pages import MOST_ENTRIES
from callagent.console.search_form import A_PAGE
from callagent.database import Attempt, ListLease, Store
from callagent.database.workers import tell_of
from callagent.journal import RecordingStarted
from callagent.journal.codec import Line
from callagent.journal.events import CallEnded, CallerKeys, Note, TransferRequested, TurnAdded
from callagent.records import Packet, RecordStore
from callagent.records.analyses import AnalysisQueue
from tests.support.kept_calls import NUMBER, head_of, keep, raw, talk, worker_row

NASTY = "<script>alert('1')</script> \"q\" </ol> {{ 7777 * 3 }} \x00\ud800"
ESCAPED = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_first_page_shows_calls_under_way(store: RecordStore, client: TestClient) -> None:
    assert "No call at the moment" in client.get("/").text
    store.begin(head_of("AJ_1"))
    keep(store, head_of("AJ_over", 1))
    shown = text_of(client.get("/").text)
    assert "1 call under way" in shown and NUMBER in shown
    assert "AJ_over" not in client.get("/").text


def test_calls_are_listed_the_newest_first_with_how_they_ended(store: RecordStore, client: TestClient) -> None:
    keep(store, head_of("AJ_1"), talk(ending="transferred"))
    keep(store, head_of("AJ_2", 1), talk(ending="error"))
    html = client.get("/calls").text
    assert re.findall(r'href="/calls/(AJ_\d)"', html) == ["AJ_2", "AJ_1"]
    assert "✓ transferred" in html and "✕ error" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=%2B12025550123", ["AJ_2", "AJ_1"]),
        ("number=%2B4930123456", []),
        ("text=refund*", ["AJ_2"]),
        ("outcome=error", ["AJ_2"]),
        ("outcome=cut+off", ["AJ_0"]),
        ("day=2026-03-01&profile=en-US", []),
        ("errors=1&outcome=transferred", ["AJ_1"]),
        ("direction=outbound", []),
    ],
)
def test_calls_are_found(store: RecordStore, client: TestClient, query: str, found: list[str]) -> None:
    keep(store, head_of("AJ_0", number="+4989123456", profile="de-DE"), [Note(1, "a note")])
    keep(store, head_of("AJ_1", 1), talk(ending="transferred"))
    keep(store, head_of("AJ_2", 2), talk(said="I want refunds", ending="error"))
    answer = client.get(f"/calls?{query}")
    assert (answer.status_code, re.findall(r'href="/calls/(AJ_\d)"', answer.text)) == (200, found)


def test_what_is_wrong_in_the_search_is_told_and_nothing_is_lost(client: TestClient) -> None:
    answer = client.get("/calls", params={"outcome": "transfered", "text": NASTY[:-1], "yield_over": "5"})
    assert answer.status_code == 400
    assert "Did you mean &#39;transferred&#39;?" in answer.text
    assert ESCAPED in answer.text and "<details open>" in answer.text
    assert answer.text.count('aria-invalid="true"') == 2


def test_older_calls_are_on_further_pages_each_once(store: RecordStore, client: TestClient) -> None:
    for number in range(A_PAGE + 2):
        store.begin(head_of(f"AJ_{number}", 0))  # all in the same millisecond
    first = client.get("/calls?profile=en-US")
    link = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&"))
    shown = [re.findall(r'href="/calls/(AJ_\d+)"', page.text) for page in (first, second)]
    assert [len(each) for each in shown] == [A_PAGE, 2]
    assert len({*shown[0], *shown[1]}) == A_PAGE + 2
    assert 'rel="next"' not in second.text


def test_a_call_is_shown_with_what_was_said_and_what_happened(store: RecordStore, client: TestClient) -> None:
    more: list[Line] = [CallerKeys(8.5, "7"), TransferRequested(9.0, "sales", refused="nobody there")]
    keep(store, head_of("AJ_1"), [*talk()[:-1], *more, CallEnded(10, "agent hung up", None, "silence")])
    shown = text_of(client.get("/calls/AJ_1").text)
    for part in (
        "agent hung up",
        "silence",
        "caller I need an appointment",
        "Monday at ten is free cut off",
        "■ stopped wait words, 500 ms",
        "→ talked on mhm acknowledgement, 300 ms",
        "find_slot day monday",
        "result ten o'clock".replace("'", "&#39;"),
        "caller keys digits 7",
        "transfer to sales, refused nobody there",
        "error APIError: 503",
        "author note wants Monday",
        "trunk ST_1",
        NUMBER,
    ):
        assert part in shown, part
    assert "data-stream" not in client.get("/calls/AJ_1").text


def test_a_call_under_way_goes_on_from_the_line_that_its_page_has(store: RecordStore, client: TestClient) -> None:
    store.begin(head_of("AJ_1"))
    store.append(Packet("AJ_1", 1, raw(talk()[:6])))
    html = client.get("/calls/AJ_1").text
    assert 'data-stream="/calls/AJ_1/events?line=7"' in html
    assert 'data-line="4"' in html and 'data-line="7"' not in html


def test_whatever_is_said_acts_on_no_page(store: RecordStore, client: TestClient) -> None:
    lines: list[Line] = [TurnAdded(1, "user", NASTY), Note(2, NASTY), CallEnded(3, "error", NASTY)]
    keep(store, head_of("AJ_1", number=NASTY, profile=NASTY), lines)
    Store(store.location).add_do_not_call("+12025550111", NASTY)
    for path in ("/", "/calls", "/calls/AJ_1", "/do-not-call", "/calls/AJ_1/report"):
        html = client.get(path).text
        assert "<script>alert" not in html and "23331" not in html
        assert "\x00" not in html
    assert ESCAPED in client.get("/calls/AJ_1").text


def test_a_begin_of_an_id_leads_to_the_call(store: RecordStore, client: TestClient) -> None:
    keep(store, head_of("AJ_long_one"))
    answer = client.get("/calls/AJ_lo", follow_redirects=False)
    assert answer.headers["location"] == "/calls/AJ_long_one"


@pytest.mark.parametrize("path", ["/calls/AJ_none", "/calls/AJ_none/report", "/calls/AJ_none/journal"])
def test_a_call_that_is_not_there_is_told(store: RecordStore, client: TestClient, path: str) -> None:
    keep(store, head_of("AJ_1"))
    answer = client.get(path)
    assert (answer.status_code, "No such call" in answer.text) == (404, True)


def test_of_a_very_long_call_the_last_entries_are_shown(store: RecordStore, client: TestClient) -> None:
    keep(store, head_of("AJ_1"), [Note(float(number), "a note") for number in range(MOST_ENTRIES + 5)])
    html = client.get("/calls/AJ_1").text
    assert "The first 5 entries are left out" in html
    assert html.count('class="entry') == MOST_ENTRIES


def test_the_journal_is_a_file_of_json_lines(store: RecordStore, client: TestClient) -> None:
    keep(store, head_of("AJ_1"))
    answer = client.get("/calls/AJ_1/journal")
    assert answer.headers["content-disposition"] == 'attachment; filename="AJ_1.events.jsonl"'
    assert [json.loads(line)["type"] for line in answer.text.splitlines()][:3] == ["call", "ringing", "answered"]


@pytest.mark.blocks_loop(reason="what draws a report is imported")
def test_the_report_of_a_call_works_under_a_policy_without_anything_inline(
    store: RecordStore, client: TestClient
) -> None:
    keep(store, head_of("AJ_1"))
    answer = client.get("/calls/AJ_1/report")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert re.findall(r"\sstyle=|http-equiv", answer.text) == []
    assert 'href="/calls"' in answer.text and "I need an appointment" in answer.text


@pytest.mark.blocks_loop(reason="what draws a report is imported")
def test_the_report_of_a_call_has_what_a_model_found_out(store: RecordStore, client: TestClient) -> None:
    keep(store, replace(head_of("AJ_1"), after_call=True))
    queue = AnalysisQueue(store.location)
    (waiting,) = queue.take(1)
    assert "Wants <Friday>" not in text_of(client.get("/calls/AJ_1/report").text)
    queue.found(
        waiting.seq, summary="Wants <Friday>", fields={"day": "Friday"}, scores={}, score=None, model="m", usage={}
    )
    assert "Wants &lt;Friday&gt;" in client.get("/calls/AJ_1/report").text


@pytest.mark.blocks_loop(reason="what draws a report is imported")
def test_a_call_that_was_recorded_can_be_heard_in_its_report_as_long_as_the_recording_is_there(
    store: RecordStore, client: TestClient, tmp_path: Path
) -> None:
    kept = tmp_path / "kept" / "2026-03-02" / "AJ_1.wav"
    kept.parent.mkdir(parents=True)
    write_stereo(kept, np.zeros(80, np.int16), np.zeros(80, np.int16))
    keep(store, head_of("AJ_1"), [RecordingStarted(0.5, str(kept), "wav", 8000, 2), *talk()])
    answer = client.get("/calls/AJ_1/report")
    assert "media-src 'self' data:" in answer.headers["content-security-policy"]
    assert "data:audio/wav;base64," in answer.text
    kept.unlink()
    assert "<audio" not in client.get("/calls/AJ_1/report").text


def test_campaigns_are_shown_with_how_far_they_have_come(store: RecordStore, client: TestClient) -> None:
    assert "No list is or was dialled" in client.get("/campaigns").text
    lists = Store(store.location)
    lists.set_list_row("spring.csv", "1", "done", {"outcome": "answered"})
    lists.set_list_row("spring.csv", "2", "waiting", {"outcome": "busy"})
    now = datetime.now(UTC)
    lists.take_lease(ListLease(list="spring.csv", token="t", host="desk", pid=7, at=now), instead_of=None)
    lists.take_lease(
        ListLease(list="old.csv", token="t", host="desk", pid=8, at=now - timedelta(hours=1)), instead_of=None
    )
    lists.begin_attempt(Attempt(id="a", number=NUMBER, at=now, profile="en-US", room="r", outcome="busy"))
    lists.refuse(NUMBER, "calling hours", "it is night", profile="en-US")
    shown = text_of(client.get("/campaigns").text)
    assert "spring.csv 2 1 0 1 answered 1 busy 1 ● process 7 on desk" in shown
    assert "✕ process 8 on desk is gone" in shown
    assert "busy 1" in shown and "calling hours 1" in shown


def test_the_do_not_call_list_is_shown_by_pages_and_by_begin(store: RecordStore, client: TestClient) -> None:
    assert "The list is empty" in client.get("/do-not-call").text
    lists = Store(store.location)
    lists.add_all_do_not_call([f"+1202555{number:04}" for number in range(120)])
    lists.add_do_not_call("+4930123456", "asked", job="AJ_1", direction="inbound", attestation="A")
    html = client.get("/do-not-call").text
    assert "121 numbers" in text_of(html) and html.count("<tr>") == 101
    link = re.search(r'href="([^"]+)" rel="next"', html)
    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).text.count("<tr>") == 22
    german = client.get("/do-not-call", params={"number": "+49 30"}).text
    assert german.count("<tr>") == 2 and 'href="/calls/AJ_1"' in german


def test_an_unknown_page_and_an_unknown_period_are_told(client: TestClient) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.get("/panel?period=a+year").status_code == 404


def test_the_panel_shows_figures_and_charts_with_their_numbers(store: RecordStore, client: TestClient) -> None:
    empty = client.get("/panel").text
    assert "nothing in this period" in empty and "<svg viewBox" not in empty.partition('class="charts"')[0]
    started = (datetime.now(UTC) - timedelta(minutes=5)).isoformat(timespec="milliseconds")
    for call in ("AJ_1", "AJ_2"):
        head = head_of(call)
        keep(store, type(head)(**{**{name: getattr(head, name) for name in head.__slots__}, "started": started}))
    html = client.get("/panel?period=3+hours").text
    shown = text_of(html)
    assert "Calls 2 in the whole period" in shown and "Talk-through 50.0 %" in shown
    assert 'aria-current="true">3 hours' in html
    assert html.count("<details>") == 7 and "2 caller hung up" in html


def test_how_full_the_workers_are_is_shown_worker_by_worker(store: RecordStore, client: TestClient) -> None:
    assert "no worker is here" in text_of(client.get("/").text)
    assert (
        "no worker tells of itself" in text_of(client.get("/panel").text) and "Workers" not in client.get("/panel").text
    )
    tell_of(store, worker_row("w1", calls=8))
    tell_of(store, worker_row("w2", calls=1, draining=True))
    tell_of(store, worker_row("w3", seen=datetime.now(UTC) - timedelta(minutes=1)))
    first = text_of(client.get("/").text)
    assert "9 of 9 places taken at 2 workers, 1 takes no more calls · 4 refused · ✕ 1 is gone" in first
    store.begin(head_of("AJ_1"))
    panel = text_of(client.get("/panel").text)
    assert "In progress 1 of 9 calls now, of those that 2 workers can have" in panel
    for state in ("● full", "○ takes no more calls", "✕ not heard of since"):
        assert state in panel


def test_a_database_that_is_gone_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from callagent.database import StoreUnavailable

    def gone(*_: object, **__: object) -> None:
        raise StoreUnavailable("records database: disk I/O error")

    monkeypatch.setattr(RecordStore, "find", gone)
    answer = client.get("/calls")
    assert (answer.status_code, "disk I/O error" in answer.text) == (503, True)

"""With what is recorded of a call its webhooks are kept, for those who want them: each once, in order, masked."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from callagent.journal.codec import Head, Line
from callagent.journal.events import ToolReturned, TurnAdded
from callagent.records import CallRow, Endpoint, Packet, RecordStore
from callagent.records.webhooks import outbox
from callagent.records.webhooks.payload import CallFacts, message_id, shortened, webhook_schema
from callagent.records.webhooks.queue import Sought, WebhookQueue
from callagent.sanitise.redaction import RedactedKind
from tests.support.kept_calls import NUMBER, OURS, head_of, keep, raw, talk

SCHEMA = Path(__file__).parents[3] / "configs" / "schema" / "webhook.schema.json"
CRM = Endpoint("crm", "https://crm.example", (b"k" * 16,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore(str(tmp_path / "records.db"))) as store:
        yield store


@pytest.fixture
def queue(store: RecordStore) -> Iterator[WebhookQueue]:
    with closing(WebhookQueue(store.location)) as queue:
        yield queue


def kept(queue: WebhookQueue) -> list[tuple[str, str, str]]:
    return [(row.endpoint, row.event, call) for row, call in reversed(queue.find(Sought(), 100))]


def bodies(queue: WebhookQueue) -> list[dict[str, Any]]:
    return [json.loads(row.pii_body) for row, _ in reversed(queue.find(Sought(), 100))]


def test_a_call_is_told_as_it_goes_each_event_once(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([CRM])
    lines: Sequence[Line] = [head_of("AJ_1", profile=""), head_of("AJ_1"), *talk()]
    first, rest = raw(lines)[:1], raw(lines)[1:]
    store.append(Packet("AJ_1", 0, first))
    assert kept(queue) == []  # nobody knows yet whose call it is
    store.append(Packet("AJ_1", 1, rest[:1]))
    assert kept(queue) == [("crm", "started", "AJ_1")]
    store.append(Packet("AJ_1", 0, [*first, *rest, *raw([head_of("AJ_1")])]))
    assert kept(queue) == [("crm", "started", "AJ_1"), ("crm", "answered", "AJ_1")]
    for _ in range(2):
        store.end("AJ_1")
    assert [event for _, event, _ in kept(queue)] == ["started", "answered", "ended"]


def test_a_call_that_never_had_a_profile_is_told_at_its_end(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([CRM])
    keep(store, head_of("AJ_1", profile=""), [])
    assert [event for _, event, _ in kept(queue)] == ["started", "ended"]
    assert bodies(queue)[1]["data"]["call"]["state"] == "cut off"


def test_each_endpoint_gets_the_events_and_the_profiles_that_it_wants(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([replace(CRM, events=("ended",), profiles=("bakery",)), replace(CRM, name="board")])
    for call, profile in (("AJ_1", "en-US"), ("AJ_2", "bakery")):
        keep(store, head_of(call, profile=profile))
    assert [each for each in kept(queue) if each[0] == "crm"] == [("crm", "ended", "AJ_2")]
    assert len([each for each in kept(queue) if each[0] == "board"]) == 6


def test_nobody_is_told_where_nobody_has_asked_or_for_two_days_no_worker_has(
    store: RecordStore, queue: WebhookQueue
) -> None:
    keep(store, head_of("AJ_1"))
    store.subscribe([CRM])
    with store.writing() as session:
        (row,) = queue.endpoints()
        row.seen = datetime.now(UTC) - timedelta(days=2, minutes=1)
        session.merge(row)
    keep(store, head_of("AJ_2", 1))
    assert kept(queue) == []


def test_an_endpoint_that_is_gone_is_told_again_when_a_worker_starts_and_not_before(
    store: RecordStore, queue: WebhookQueue
) -> None:
    store.subscribe([CRM])
    keep(store, head_of("AJ_1"))
    assert queue.gone("crm") == 3
    store.subscribe([CRM], anew=False)
    keep(store, head_of("AJ_2", 1))
    assert len(kept(queue)) == 3
    store.subscribe([CRM])
    keep(store, head_of("AJ_3", 2))
    assert len(kept(queue)) == 6


def test_a_body_is_as_its_published_schema_says(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([CRM])
    keep(store, head_of("AJ_1"))
    with store.writing() as session:
        row = session.query(CallRow).one()
        outbox.put(session, row, store.journal("AJ_1"), ["analysed"], analysis={"summary": "an appointment"})
    started, _, ended, analysed = bodies(queue)
    for body in bodies(queue):
        jsonschema.validate(body, webhook_schema(), format_checker=jsonschema.FormatChecker())
    assert started["id"] == message_id("AJ_1", "started") != ended["id"]
    assert (started["type"], started["timestamp"]) == ("call.started", "2026-03-02T12:00:00.000+00:00")
    call = ended["data"]["call"]
    assert (call["id"], call["number"], call["own_number"]) == ("AJ_1", NUMBER, OURS)
    assert (call["reason"], call["seconds"], call["errors"], call["turns"]) == ("caller hung up", 10.0, 1, 3)
    assert call["panel"]["yields"] == 1
    assert [turn["text"] for turn in ended["data"]["turns"]][1] == "I need an appointment"
    assert ended["data"]["tools"][0]["result"] == "ten o'clock"
    assert (ended["data"]["notes"], ended["data"]["errors"]) == (
        ["no such voice"],
        [{"message": "APIError: 503", "at": 8.0}],
    )
    assert analysed["data"]["analysis"] == {"summary": "an appointment"}
    assert "turns" not in started["data"] and "turns" not in analysed["data"]


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text()) == webhook_schema(), (
        "run: callagent records webhooks --schema > configs/schema/webhook.schema.json"
    )


def test_the_facts_of_a_call_have_the_names_that_its_record_has() -> None:
    columns = {name.removeprefix("pii_") for name in CallRow.__table__.columns.keys()}  # noqa: SIM118 - no mapping
    assert set(CallFacts.model_fields) - columns == {"reason"}


def test_without_a_transcript_there_are_facts_alone(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([replace(CRM, transcript=False)])
    keep(store, head_of("AJ_1"))
    assert [set(body["data"]) for body in bodies(queue)] == [{"call"}] * 3


def masked_call(store: RecordStore, *kinds: RedactedKind, said: str) -> None:
    store.subscribe([CRM])
    head: Head = replace(head_of("AJ_1"), redact=kinds, language="en-US", room=f"call-_{NUMBER}_x7")
    keep(store, head, talk(said=said))


def test_the_numbers_of_a_call_are_masked_wherever_they_stand_when_its_profile_masks_telephone_numbers(
    store: RecordStore, queue: WebhookQueue
) -> None:
    masked_call(store, "phone", said=f"call me at {NUMBER[1:]}, or at (202) 555-0178")
    ended = bodies(queue)[-1]["data"]
    assert (ended["call"]["number"], ended["call"]["own_number"]) == ("[phone]", "[phone]")
    assert ended["call"]["room"] == "call-_[phone]_x7"
    assert ended["turns"][1]["text"] == "call me at [phone], or at [phone]"
    assert "2025550" not in json.dumps(bodies(queue))
    assert ended["call"]["started"] == "2026-03-02T12:00:00.000+00:00"


def test_what_an_older_journal_does_not_tell_the_policy_of_is_masked_as_without_one_of_its_own(
    store: RecordStore, queue: WebhookQueue
) -> None:
    store.subscribe([CRM])
    keep(store, head_of("AJ_1"), [TurnAdded(1.0, "user", "4111 1111 1111 1111, call +1 202 555 0178")])
    assert bodies(queue)[-1]["data"]["turns"][0]["text"] == "[card], call +1 202 555 0178"


def test_what_a_profile_does_not_mask_is_told(store: RecordStore, queue: WebhookQueue) -> None:
    masked_call(store, said="4111 1111 1111 1111")
    assert bodies(queue)[-1]["data"]["turns"][1]["text"] == "4111 1111 1111 1111"


def test_dates_of_birth_are_masked_and_the_instants_of_the_call_are_not(
    store: RecordStore, queue: WebhookQueue
) -> None:
    masked_call(store, "birth_date", said="born on 1980-02-03")
    assert bodies(queue)[-1]["data"]["turns"][1]["text"] == "born on [birth date]"
    assert bodies(queue)[-1]["data"]["call"]["started"].startswith("2026-03-02T12:00")


def test_a_body_that_is_too_long_has_the_facts_alone(
    store: RecordStore, queue: WebhookQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callagent.records.webhooks.payload.LONGEST_BODY_BYTES", 5000)
    store.subscribe([CRM])
    keep(store, head_of("AJ_1"), [TurnAdded(1.0, "user", "word " * 2000), *talk()])
    ended = bodies(queue)[-1]["data"]
    assert (ended["shortened"], set(ended)) == (True, {"call", "shortened"})


def test_strange_texts_and_huge_results_leave_a_body_that_can_be_sent(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([CRM])
    more = [TurnAdded(1.0, "user", "nul \0 half \ud83d rtl \u202e"), ToolReturned(4.0, "c1", "done", "x" * 2_000_000)]
    keep(store, head_of("AJ_1"), [*talk()[:7], *more, *talk()[8:]])
    ended = bodies(queue)[-1]
    assert len(json.dumps(ended).encode()) < 1_000_000
    assert "half" in json.dumps(ended)


def test_a_shortened_body_keeps_its_analysis() -> None:
    data = {"call": {"id": "AJ_1"}, "turns": [1], "analysis": {"summary": "s"}}
    short = json.loads(shortened(json.dumps({"type": "call.analysed", "id": "m", "data": data})))
    assert short["data"] == {"call": {"id": "AJ_1"}, "analysis": {"summary": "s"}, "shortened": True}


def test_the_webhooks_of_a_call_that_is_deleted_are_too(store: RecordStore, queue: WebhookQueue) -> None:
    store.subscribe([CRM])
    keep(store, head_of("AJ_1"))
    keep(store, head_of("AJ_2", 1))
    store.delete("AJ_1")
    assert {call for _, _, call in kept(queue)} == {"AJ_2"}

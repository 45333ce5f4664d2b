"""Nothing of somebody's number stays in the database, and nothing of anybody else's goes."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callagent.database import Attempt, Store
from callagent.journal.codec import Head
from callagent.journal.events import TransferRequested, TurnAdded
from callagent.records import Packet, RecordStore, UnknownCall, Wanted
from callagent.records.erasure.database_erasure import Erasure
from callagent.records.tables import AnalysisRow, CallRow, WebhookRow
from callagent.sanitise.redaction.known_number import ERASED, KnownNumber
from tests.support.kept_calls import NOON, head_of, keep, raw, talk

PERSON, OTHER = "+12025550123", "+12025550177"
SAID = "her number is two zero two, five five five, zero one two three"


@pytest.fixture
def filled(store: RecordStore, location: str) -> Iterator[RecordStore]:
    """Two calls of the person, one of somebody else's that names them, and one that does not."""
    keep(store, head_of("own-1", number=PERSON), talk(said="it is me, 202-555-0123"))
    keep(store, head_of("own-2", 1, number=PERSON, direction="outbound"))
    naming = [*talk(said=SAID)[:-1], TransferRequested(9.0, f"tel:{PERSON}"), TurnAdded(9.5, "user", "bye"), talk()[-1]]
    keep(store, head_of("other-1", 2, number=OTHER), naming)
    keep(store, head_of("other-2", 3, number=OTHER), talk(said="202-555-0124 is mine"))
    with closing(Store(location)) as calls:
        now = datetime.now(UTC)
        for number in (PERSON, OTHER):
            meta = {"ask for": f"Ann on {PERSON}"}
            calls.begin_attempt(Attempt(id=number[-4:], number=number, at=now, profile="en-US", room="r", meta=meta))
        calls.refuse(PERSON, "countries", "not that one", profile="en-US")
        calls.refuse(OTHER, "caller id", f"{PERSON} is none of ours", profile="en-US")
        calls.add_do_not_call(PERSON, "asked for it")
    yield store


def erased(store: RecordStore, number: str = PERSON, *, listed: bool = False) -> Erasure:
    erasure = Erasure(store, KnownNumber(number))
    erasure.erase(erasure.find(), listed=listed)
    return erasure


def test_it_is_found_wherever_it_was_written_or_said(filled: RecordStore) -> None:
    kept = Erasure(filled, KnownNumber(PERSON)).find()
    assert (kept.calls, kept.named_in, kept.under_way) == (["own-1", "own-2"], ["other-1"], [])
    assert kept.rows == {"attempts": 2, "refusals": 2}
    assert (kept.do_not_call, kept.looked_at) == (True, 4)


def test_nothing_of_it_is_left(filled: RecordStore) -> None:
    left = erased(filled).find()
    assert left.places() == []
    assert left.looked_at == 2
    with pytest.raises(UnknownCall):
        filled.get("own-1")
    assert filled.find(Wanted(text="me")) == []


def test_the_call_that_named_it_stays_without_it(filled: RecordStore) -> None:
    before = filled.turns("other-1")
    erased(filled)
    turns = filled.turns("other-1")
    assert [turn.pii_text for turn in turns if "her number" in turn.pii_text] == [f"her number is {ERASED}"]
    assert len(turns) == len(before)
    assert TransferRequested(9.0, f"tel:{ERASED}") in filled.journal("other-1").lines
    assert [call.id for call in filled.find(Wanted(text="her number"))] == ["other-1"]
    assert filled.find(Wanted(text="two zero two")) == []
    assert filled.get("other-1").pii_number == OTHER


def test_who_has_another_number_keeps_everything(filled: RecordStore, location: str) -> None:
    before = filled.journal("other-2")
    erased(filled)
    assert filled.journal("other-2") == before
    with closing(Store(location)) as calls:
        (attempt,) = calls.attempts()
        (refusal,) = calls.refusals()
    assert (attempt.number, attempt.meta) == (OTHER, {"ask for": f"Ann on {ERASED}"})
    assert (refusal.number, refusal.reason) == (OTHER, f"{ERASED} is none of ours")


def test_what_other_programs_were_told_goes_and_what_a_model_found_out(filled: RecordStore) -> None:
    with filled.writing() as session:
        for call in ("own-1", "other-1"):
            seq = session.scalar(select(CallRow.seq).where(CallRow.id == call))
            session.add(AnalysisRow(call=seq, created=NOON, due=NOON, pii_summary=f"Zebulon of {PERSON} called"))
            session.add(
                WebhookRow(
                    call=seq, endpoint="crm", event="ended", message=call, created=NOON, due=NOON, pii_body=PERSON
                )
            )
    assert erased(filled).find().places() == []
    with filled.session() as session:
        assert list(session.scalars(select(AnalysisRow.pii_summary))) == [f"Zebulon of {ERASED} called"]
        assert list(session.scalars(select(WebhookRow.pii_body))) == [ERASED]


def test_it_stays_on_the_do_not_call_list_unless_it_is_to_go(filled: RecordStore, location: str) -> None:
    assert erased(filled).find().do_not_call
    assert not erased(filled, listed=True).find().do_not_call


def test_a_call_that_goes_on_is_named_and_not_touched(store: RecordStore) -> None:
    live = replace(head_of("live", number=PERSON), started=datetime.now(UTC).isoformat())
    store.append(Packet("live", 0, raw([live, *talk()[:-1]])))
    left = erased(store).find()
    assert (left.under_way, left.calls) == (["live"], [])
    assert store.get("live").pii_number == PERSON


def test_a_call_whose_worker_died_is_over(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.append(Packet("dead", 0, raw([head_of("dead", number=PERSON), *talk()[:-1]])))
    later = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr("callagent.records.erasure.database_erasure.lost_before", lambda: later)
    assert erased(store).find().places() == []


def test_half_a_line_that_has_it_goes(store: RecordStore) -> None:
    head = head_of("broken", number=OTHER)
    store.append(Packet("broken", 0, [*raw([head]), b'{"type": "turn", "text": "+12025550123']))
    store.end("broken")
    assert erased(store).find().places() == []


def test_the_file_of_the_database_does_not_have_it_any_more(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    with closing(RecordStore(str(file))) as store:
        keep(store, head_of("own", number=PERSON), talk(said="my name is Zebulon"))
        keep(store, head_of("other", 1, number=OTHER))
        assert PERSON.encode() in _bytes(tmp_path)
        erased(store)
        content = _bytes(tmp_path)
    assert PERSON.encode() not in content
    assert b"zebulon" not in content.lower()
    assert OTHER.encode() in content


def test_a_call_that_is_named_twice_keeps_its_head(store: RecordStore) -> None:
    first = head_of("again", number=OTHER)
    second = replace(first, context={**first.context, "display": f"Ann {PERSON}"})
    store.append(Packet("again", 0, raw([first, *talk()[:3], second, *talk()[3:]])))
    store.end("again")
    erased(store)
    head = store.journal("again").head
    assert isinstance(head, Head)
    assert head.context["display"] == f"Ann {ERASED}"


def _bytes(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())

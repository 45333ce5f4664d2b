"""Which calls are found, in both databases."""

from datetime import timedelta

import pytest

from callagent.journal.events import CallEnded, TurnAdded
from callagent.records import Packet, RecordStore, Wanted
from tests.support.kept_calls import NOON, head_of, keep, raw, talk

OTHER = "+4930123456"


@pytest.fixture
def filled(store: RecordStore) -> RecordStore:
    """Four calls, a minute apart, and one that goes on."""
    keep(store, head_of("AJ_a", 0))
    keep(store, head_of("AJ_b", 1, number=OTHER, profile="de-DE"), talk(said="Ich brauche einen Termin für Größe 42"))
    keep(store, head_of("AJ_c", 2, direction="outbound"), talk(said="No, that's O'Reilly's", ending="busy"))
    keep(store, head_of("AJ_d", 3), [TurnAdded(1.0, "user", "hello?"), CallEnded(60.0, "agent hung up")])
    store.append(Packet("AJ_e", 0, raw([head_of("AJ_e", 4), TurnAdded(1.0, "user", "About my appointment 100% now")])))
    return store


CASES = {
    "everything, newest first": (Wanted(), "edcba"),
    "a number": (Wanted(number=OTHER), "b"),
    "a number that has never called": (Wanted(number="+1"), ""),
    "since": (Wanted(since=NOON + timedelta(minutes=3)), "ed"),
    "until, which is too late itself": (Wanted(until=NOON + timedelta(minutes=3)), "cba"),
    "an ending": (Wanted(endings=("busy",)), "c"),
    "a reason of the record": (Wanted(endings=("not answered", "agent hung up")), "dc"),
    "a direction": (Wanted(direction="outbound"), "c"),
    "a profile": (Wanted(profile="de-DE"), "b"),
    "live": (Wanted(state="live"), "e"),
    "ended": (Wanted(state="ended"), "dcba"),
    "slow answers": (Wanted(response_over_s=1.0), "cba"),
    "slower answers": (Wanted(response_over_s=1.3), ""),
    "late yields": (Wanted(yield_over_s=0.8), "cba"),
    "long calls": (Wanted(longer_than_s=10.0), "d"),
    "lost turns": (Wanted(lost_turns_over=0), "d"),
    "errors": (Wanted(errors=True), "cba"),
    "no errors": (Wanted(errors=False), "ed"),
    "a word of the caller": (Wanted(text="appointment"), "ea"),
    "a word of the agent": (Wanted(text="Monday"), "cba"),
    "words in any order": (Wanted(text="free APPOINTMENT"), "a"),
    "the begin of a word": (Wanted(text="appoint*"), "ea"),
    "not the begin of a word": (Wanted(text="appoin need"), ""),
    "other letters": (Wanted(text="größe"), "b"),
    "signs that a query has": (Wanted(text="\"O'Reilly's\" AND (NOT *"), ""),
    "a name with a sign": (Wanted(text="o'reilly"), "c"),
    "no word": (Wanted(text="?!"), ""),
    "a word that nobody has said": (Wanted(text="unicorn"), ""),
    "a word and a number": (Wanted(text="termin", number=OTHER), "b"),
    "a word and another number": (Wanted(text="termin", number="+1"), ""),
    "a word, a profile and a time": (Wanted(text="monday", profile="en-US", since=NOON + timedelta(minutes=1)), "c"),
}


@pytest.mark.parametrize(("wanted", "expected"), CASES.values(), ids=list(CASES))
def test_calls_are_found(filled: RecordStore, wanted: Wanted, expected: str) -> None:
    assert "".join(call.id.removeprefix("AJ_") for call in filled.find(wanted)) == expected
    assert filled.count(wanted) == len(expected)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(text="monday")], ids=["all", "by words"])
def test_the_newest_are_given_and_with_no_limit_all(filled: RecordStore, wanted: Wanted) -> None:
    everything = [call.id for call in filled.find(wanted, limit=None)]
    assert [call.id for call in filled.find(wanted, limit=2)] == everything[:2]
    assert len(everything) > 2


def test_words_of_a_call_that_is_told_further_are_found(store: RecordStore) -> None:
    everything = raw([head_of("AJ_1"), *talk()])
    store.append(Packet("AJ_1", 0, everything[:5]))
    store.end("AJ_1")
    assert store.find(Wanted(text="free")) == []
    store.append(Packet("AJ_1", 5, everything[5:]))
    store.end("AJ_1")
    assert len(store.find(Wanted(text="free appointment"))) == 1

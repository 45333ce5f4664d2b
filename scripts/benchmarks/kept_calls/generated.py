"""A database with as many calls as somebody has after years, made without making the calls."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from callagent.journal.endings import ENDINGS
from callagent.records import RecordStore, Wanted
from callagent.records.facts import ENDED_BY
from callagent.records.search import seq_of
from callagent.records.tables import CallRow, TextRow

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
APART_S = 12.0
"""Seconds between two calls."""

BATCH = 5_000
WORDS_OF_A_CALL = 60

_SAID_OFTEN = """
the a to you I and is it of for in that yes we on have can please my your be are this do at not so me what okay day will
with time thank no one would like just know need name call number Monday Tuesday appointment
"""
COMMON = tuple(_SAID_OFTEN.split())
RARE = 20_000
"""Other words; each is in few calls."""

PROFILES = ("en-US", "es-MX", "de-DE", "support", "front-desk")


def fill(store: RecordStore, count: int, seed: int = 1) -> None:
    """Add so many calls."""
    rng = random.Random(seed)
    for start in range(0, count, BATCH):
        rows = list(_rows(rng, range(start, min(count, start + BATCH))))
        texts = [{"seq": row["seq"], "pii_text": _text(rng)} for row in rows]
        with store.writing() as session:
            session.execute(insert(CallRow), rows)
            session.execute(insert(TextRow), texts)
    with store.session() as session:
        session.connection().exec_driver_sql("ANALYZE")


def _rows(rng: random.Random, numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        started = FIRST + timedelta(seconds=number * APART_S)
        ending = rng.choice(ENDINGS) if rng.random() < 0.2 else "caller hung up"
        answer = rng.lognormvariate(0.0, 0.4)
        seconds = rng.expovariate(1 / 180)
        yield {
            "seq": seq_of(started),
            "id": f"AJ_{rng.getrandbits(60):012x}",
            "room": f"call-{number}",
            "direction": rng.choice(("inbound", "outbound")),
            "pii_number": f"+1202{rng.randrange(200_000):07}",
            "pii_own_number": "+12025550199",
            "country": "US",
            "profile": rng.choice(PROFILES),
            "profile_hash": "5a" * 32,
            "made_by": "callagent",
            "started": started,
            "answered": started + timedelta(seconds=1),
            "ended": started + timedelta(seconds=seconds),
            "seen": started,
            "seconds": round(seconds, 3),
            "state": "ended",
            "ending": ending,
            "ended_by": ENDED_BY[ending],
            "turns": 12,
            "errors": int(rng.random() < 0.01),
            "interruptions": rng.randrange(4),
            "lost_turns": int(rng.random() < 0.02),
            "response_p50_s": round(answer, 3),
            "response_max_s": round(answer * 1.5, 3),
            "yield_max_s": round(rng.lognormvariate(-0.7, 0.3), 3),
            "panel": {},
            "usage": {},
        }


def _text(rng: random.Random) -> str:
    common = rng.choices(COMMON, k=WORDS_OF_A_CALL - 4)
    return " ".join([*common, *(f"word{rng.randrange(RARE)}" for _ in range(4))])


def questions(count: int) -> dict[str, Wanted]:
    """Return what is asked of so many calls, by what it is."""
    end = FIRST + timedelta(seconds=count * APART_S)
    middle, day = FIRST + timedelta(seconds=count * APART_S / 2), timedelta(days=1)
    return {
        "the newest": Wanted(),
        "a number": Wanted(number="+12020100000"),
        "a number that never called": Wanted(number="+490000"),
        "a day in the middle": Wanted(since=middle, until=middle + day),
        "before a day long ago": Wanted(until=FIRST + day),
        "a common ending": Wanted(endings=("caller hung up",)),
        "a rare ending": Wanted(endings=("transferred",)),
        "an ending that never was": Wanted(endings=("nothing",)),
        "a profile": Wanted(profile="de-DE"),
        "a profile that never was": Wanted(profile="fr-FR"),
        "calls that go on": Wanted(state="live"),
        "cut off": Wanted(state="cut off"),
        "late yields": Wanted(yield_over_s=1.0),
        "yields later than any": Wanted(yield_over_s=60.0),
        "slow answers": Wanted(response_over_s=3.0),
        "answers slower than any": Wanted(response_over_s=600.0),
        "lost turns in one profile": Wanted(lost_turns_over=0, profile="support"),
        "errors and an ending": Wanted(errors=True, endings=("error",)),
        "longer than an hour": Wanted(longer_than_s=3600.0),
        "a common word": Wanted(text="appointment"),
        "two common words": Wanted(text="appointment Monday"),
        "a rare word": Wanted(text="word77"),
        "a rare and a common word": Wanted(text="word77 Monday"),
        "a begin of words": Wanted(text="word77*"),
        "a word that nobody said": Wanted(text="unicorn"),
        "a common word, and a rare figure": Wanted(text="appointment", yield_over_s=1.5),
        "a common word, and a figure that never was": Wanted(text="appointment", yield_over_s=60.0),
        "a common word on a day": Wanted(text="Monday", since=end - 30 * day, until=end - 29 * day),
        "a word of a number": Wanted(text="Monday", number="+12020100000"),
    }

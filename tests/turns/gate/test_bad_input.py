"""Transcripts that no caller has said: control characters, floods, emoji, marks of direction, broken characters."""

import logging
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callagent.cli.logs import LONGEST_FIELD, LineFormatter
from callagent.journal import read_journal, write_journal
from callagent.phrases import MAX_CHARACTERS, tokens
from callagent.profile import InterruptionSettings
from callagent.turns.gate.decisions import Decision, Interrupt, Journal
from callagent.turns.gate.events import CallerStopped, Transcript
from callagent.turns.gate.machine import Gate
from callagent.turns.lexicon import Kind
from callagent.yaml_config import ConfigError
from tests.scripted_calls.tuning.journals import Said, journal_of
from tests.support.processor import processor_time
from tests.turns.driver import CONFIG, LEXICON, speaking, starts

FLOODS = {
    "acknowledgements": "okay, " * 16_000,
    "content": "please tell me " * 7_000,
    "emoji": "\U0001f44d\U0001f3fd" * 50_000,
    "control characters": "".join(chr(code % 32) for code in range(100_000)),
    "marks of direction": "\u202eokay\u200f " * 14_000,
    "accents on one letter": "a" + "\u0301" * 100_000,
    "brackets": "[" * 100_000,
    "halves of characters": "\ud83d" * 100_000,
    "one letter": "m" * 100_000,
    "characters that stand for eighteen": "\ufdfa" * 100_000,
}


def fed(text: str, *, final: bool = False) -> list[Decision]:
    gate = Gate(CONFIG)
    gate.feed(speaking(0))
    for event in starts(1):
        gate.feed(event)
    out = gate.feed(Transcript(1.3, 1, text, final, 0.9))
    return [*out, *gate.feed(CallerStopped(2, 1.6)), *gate.close(9)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\x00okay\x07", Kind.ACK),
        ("\u202eokay\u202c", Kind.ACK),
        ("o\u200bkay", Kind.ACK),
        ("\ufeffOkay \U0001f44d\U0001f3fd", Kind.ACK),
        ("\U0001f44d", Kind.EMPTY),
        ("\x1b[2J", Kind.EMPTY),
        ("\u200f\u200e", Kind.EMPTY),
        ("\ud83d", Kind.EMPTY),
        ("okay\r\n\u2028stop\U0001f6d1", Kind.COMMAND),
    ],
)
def test_what_is_not_said_does_not_count(text: str, kind: Kind) -> None:
    if text.startswith("\x1b"):
        kind = LEXICON.match("2j", final=True).kind
    assert LEXICON.match(text, final=True).kind is kind


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("final", [False, True])
def test_a_flood_costs_no_more_than_the_longest_text_that_is_looked_at(name: str, final: bool) -> None:
    flood = FLOODS[name]

    def cost(text: str) -> float:
        return processor_time(lambda: LEXICON.match(text, final=final))

    longest = min(cost(flood[:MAX_CHARACTERS]) for _ in range(3))
    assert min(cost(flood) for _ in range(3)) < 3 * longest + 0.01


@pytest.mark.parametrize("name", FLOODS)
def test_the_journal_of_a_flood_is_short(name: str) -> None:
    records = [decision.record for decision in fed(FLOODS[name], final=True) if isinstance(decision, Journal)]
    assert all(len(heard.text) <= 500 for record in records for heard in record.heard)


def test_a_gate_that_is_flooded_keeps_little_of_it() -> None:
    gate = Gate(CONFIG)
    gate.feed(speaking(0))
    tracemalloc.start()
    try:
        for number in range(50):
            at = 1.0 + number
            for event in starts(at):
                gate.feed(event)
            gate.feed(Transcript(at + 0.3, number, "please tell me " * 7_000 + str(number), True, 0.9))
            gate.feed(CallerStopped(at + 0.9, at + 0.5))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000


def test_a_flood_of_content_stops_the_agent_all_the_same() -> None:
    assert any(isinstance(decision, Interrupt) for decision in fed(FLOODS["content"], final=True))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_any_text_is_judged(text: str, final: bool) -> None:
    assert LEXICON.match(text, final=final).kind in Kind
    assert all(word and not word.isspace() for word in tokens(text))
    fed(text, final=final)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_every_phrase_that_a_profile_takes_can_be_matched(phrase: str) -> None:
    try:
        InterruptionSettings.model_validate({"soft_acks": [phrase], "commands": ["stop"]})
    except ValueError:
        return
    assert tokens(phrase)


def line(heard: str, *, show_pii: bool) -> str:
    record = logging.makeLogRecord({"name": "callagent.turns", "msg": "interrupted", "levelname": "DEBUG"})
    record.pii_heard = heard
    return LineFormatter(show_pii=show_pii).format(record)


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_a_line_of_the_log_and_not_a_long_one(name: str) -> None:
    shown = line(FLOODS[name], show_pii=True)
    assert len(shown) < 13 * LONGEST_FIELD  # an emoji that cannot be printed takes ten characters
    assert shown.isprintable()
    assert "characters)" in shown
    assert "***" in line(FLOODS[name], show_pii=False)


@pytest.mark.parametrize("name", FLOODS)
def test_the_journal_for_the_tuner_takes_a_flood_and_reads_the_same(name: str, tmp_path: Path) -> None:
    write_journal(journal_of(Said(10, FLOODS[name], "interruption")), tmp_path / "events.jsonl")
    try:
        journal = read_journal(tmp_path / "events.jsonl")
    except ConfigError as error:
        raise AssertionError(error) from None
    texts = [event.text for event in journal.events if isinstance(event, Transcript)]
    assert (tmp_path / "events.jsonl").stat().st_size < 150_000
    assert LEXICON.match(texts[-1], final=True) == LEXICON.match(FLOODS[name], final=True)

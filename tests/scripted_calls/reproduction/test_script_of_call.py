"""A call that is over, made again from the script that was made of it: the gate decides as it did."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from callagent.journal import (
    REAL,
    AgentSilent,
    AgentWords,
    CallEnded,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    CallJournal,
    GateDecided,
    Line,
    Utterance,
    read_journal,
    write_journal,
)
from callagent.scripted_calls import CallResult, Run, load_call, make_level, plan_call, run_calls
from callagent.scripted_calls.levels.fake_call_control import KEY_S
from callagent.scripted_calls.reproduction import script_of
from callagent.scripted_calls.tuning import event_journal
from callagent.turns.gate.events import CallerAudible as HeardLoud
from callagent.turns.gate.events import CallerHushed, CallerStarted, Transcript
from tests.support.source_tree import ROOT

CALLS = ROOT / "configs" / "calls"

NEAR_MS = 60
"""Reactions are that near to what they were, in milliseconds."""

AS_THEY_ARE = [
    "agent-hangs-up",
    "answer-in-the-window",
    "aside",
    "background-noise",
    "booking",
    "clipped-line",
    "cough",
    "demo",
    "called-person",
    "digits-collected",
    "digits-keyed",
    "digits-keyed-slowly",
    "digits-spoken",
    "digits-with-pauses",
    "dtmf-menu",
    "hang-up-during-tool",
    "hang-up-in-silence",
    "hang-up-mid-sentence",
    "hang-up-while-talking",
    "hang-up-while-thinking",
    "huh",
    "language-switch",
    "mumbling",
    "no-stop",
    "question-long-ago",
    "request-without-mark",
    "silence",
    "soft-acks",
    "talk-over",
    "tool-slow",
    "two-quick-overlaps",
    "very-long-turn",
    "yeah-okay-but-wait",
    "yeah-while-silent",
    "locales/de-DE-acknowledgement",
    "locales/fr-FR-command",
    "locales/ja-JP-command",
]

OTHERWISE_AS_REAL = ["locales/ja-JP-command"]
"""Nothing that the agent said to its end tells how fast it spoke."""


def made(script: Path) -> tuple[CallResult, CallJournal]:
    call = load_call(script)
    plan = plan_call(call, env={})
    (finished,) = run_calls(make_level("text"), [Run(call, plan)])
    return finished.result, event_journal(plan, finished.result)


def made_again(journal: CallJournal, directory: Path) -> CallResult:
    write_journal(journal, directory / "events.jsonl")
    script = directory / "again.yaml"
    script.write_text(script_of(read_journal(directory / "events.jsonl")).text, encoding="utf-8")
    return made(script)[0]


def shape(text: str) -> str:
    return re.sub(r"\d|zero|one|two|three|four|five|six|seven|eight|nine", "0", text.casefold())


def decisions(result: CallResult) -> list[tuple[str, str, str]]:
    return [(each["decision"], each["rule"], shape(each["heard"])) for each in result.decisions]


def turns(result: CallResult) -> list[tuple[str, str]]:
    return [(turn["role"], shape(turn["text"])) for turn in result.turns]


def reactions(result: CallResult) -> list[float]:
    return [entry.reaction_ms or 0.0 for entry in sorted(result.log.of(GateDecided), key=lambda entry: entry.at)]


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_a_shipped_call_that_is_made_again_has_the_same_decisions_and_turns(name: str, tmp_path: Path) -> None:
    first, journal = made(CALLS / f"{name}.yaml")
    again = made_again(journal, tmp_path)
    assert decisions(again) == decisions(first)
    assert reactions(again) == pytest.approx(reactions(first), abs=NEAR_MS)
    assert turns(again) == turns(first)
    assert [step for step in again.steps if not step.passed] == []


UNSURE = """
call: Words that the recogniser is not sure of
agent:
  greeting: >-
    Thank you for calling Harbour Dental. We are open on weekdays from nine to six, and on Saturdays from ten until two.
    Appointments can be made for any weekday, and the car park behind the building is free.
  otherwise: Of course.
steps:
  - caller:
      speech: Stop.
      lasts: 400 ms
      heard: [{after: 500 ms, text: Stop., confidence: 0.1}, {after: 900 ms, text: Okay., final: true, confidence: 0.8}]
      loud: [{after: 0 ms, lasts: 200 ms}, {after: 300 ms, lasts: 150 ms}]
    when: agent speaking
    after: 2 s
  - caller: {speech: "", lasts: 1.2 s, heard: []}
    when: agent speaking
    after: 6 s
"""


def as_real(journal: CallJournal) -> CallJournal:
    """The journal as a worker would have written it: nobody knows what the caller was to say."""
    head = replace(journal.head, level=REAL, started="2026-01-31T09:00:00.000+00:00")
    lines: list[Line] = []
    for line in journal.lines:
        if isinstance(line, CallerKeys):
            lines += [replace(line, at=line.at + KEY_S * (i + 1), digits=key) for i, key in enumerate(line.digits)]
        elif not isinstance(line, CallerAudible | CallerSilent | AgentWords | AgentSilent | Utterance):
            lines.append(line)
    return replace(journal, head=head, lines=lines)


@pytest.mark.parametrize("name", [name for name in AS_THEY_ARE if name not in OTHERWISE_AS_REAL])
def test_a_real_call_that_is_made_again_has_the_same_decisions(name: str, tmp_path: Path) -> None:
    first, journal = made(CALLS / f"{name}.yaml")
    again = made_again(as_real(journal), tmp_path)
    assert decisions(again) == decisions(first)
    assert reactions(again) == pytest.approx(reactions(first), abs=NEAR_MS)
    assert turns(again) == turns(first)


def test_what_the_recogniser_was_not_sure_of_is_as_unsure_again(tmp_path: Path) -> None:
    (tmp_path / "unsure.yaml").write_text(UNSURE, encoding="utf-8")
    first, journal = made(tmp_path / "unsure.yaml")
    assert [rule for _, rule, _ in decisions(first)] == ["soft_ack", "grace"]
    again = made_again(as_real(journal), tmp_path)
    assert decisions(again) == decisions(first)
    assert reactions(again) == pytest.approx(reactions(first), abs=NEAR_MS)
    assert [entry.confidence for entry in again.log.gate_events if isinstance(entry, Transcript)] == [
        entry.confidence for entry in first.log.gate_events if isinstance(entry, Transcript)
    ]


def test_what_a_late_worker_heard_after_the_end_is_heard_before_it(tmp_path: Path) -> None:
    first, journal = made(CALLS / "talk-over.yaml")
    real = as_real(journal)
    early = next(line.at for line in real.lines if isinstance(line, Transcript) and line.final) - 1.0
    lines = [replace(line, at=early) if isinstance(line, CallEnded) else line for line in real.lines]
    again = made_again(replace(real, lines=lines), tmp_path)
    assert decisions(again) == decisions(first)


def test_a_line_that_was_not_loud_is_not_loud_again(tmp_path: Path) -> None:
    _, journal = made(CALLS / "cough.yaml")
    real = as_real(journal)
    onset = next(line.onset for line in real.lines if isinstance(line, CallerStarted))
    lines: list[Line] = []
    for line in real.lines:
        if isinstance(line, HeardLoud | CallerHushed):
            line = replace(line, at=onset - 1.0)
        lines.append(line)
    again = made_again(replace(real, lines=lines), tmp_path)
    loud = [event for event in again.log.gate_events if isinstance(event, HeardLoud)]
    assert loud == [] and len(decisions(again)) == 1


def test_digits_that_are_spelt_out_are_replaced_where_the_profile_tells_no_language() -> None:
    _, journal = made(CALLS / "digits-spoken.yaml")
    unnamed = replace(journal, head=replace(journal.head, profile="corner-shop"))
    assert "four, zero, seven, one, three" not in script_of(unnamed).text.casefold()

"""The conversation in the order in which it happened, for reading."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from callagent.audio import Span
from callagent.scripted_calls.report.page_data import CallReport, Decision, Moment, MomentKind, Step, Word
from callagent.scripted_calls.report.plot.call_scene import Heard

SLACK_S = 0.05
"""A word belongs to what the agent is about to say when it comes this much too early."""


EntryKind = Literal["caller", "heard", "decision", MomentKind]


@dataclass(frozen=True)
class Entry:
    """A line of the conversation from `at` to `end`.

    `before` has the interim transcripts that led to a final one, `cut` tells that the agent was stopped in it.
    """

    at: float
    end: float
    kind: EntryKind
    text: str
    cut: bool = False
    before: Sequence[str] = ()
    decision: Decision | None = field(default=None)


@dataclass(frozen=True)
class Phrase:
    """What the agent said in one go; `interrupted` where it was cut off."""

    start: float
    end: float
    text: str
    interrupted: bool
    words: Sequence[Word]


def conversation(report: CallReport) -> list[Entry]:
    """Return everything that was said, heard, decided and done, oldest first."""
    scene = report.scene
    entries = [
        *(Entry(span.start, span.end, "caller", span.text) for span in scene.caller_spans),
        *(
            Entry(phrase.start, phrase.end, "agent", phrase.text, cut=phrase.interrupted)
            for phrase in phrases(scene.agent_spans, report.words)
        ),
        *_transcripts(scene.heard),
        *(_decided(decision) for decision in report.decisions),
        *(_moment(moment) for moment in report.moments),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def phrases(spans: Sequence[Span], words: Sequence[Word]) -> list[Phrase]:
    """Return the agent's spans with the words said in each; words that come before any span make one of their own."""
    starts = [span.start for span in spans]
    said: dict[int, list[Word]] = {}
    for word in words:
        said.setdefault(bisect.bisect_right(starts, word.at + SLACK_S) - 1, []).append(word)
    early = said.pop(-1, [])
    lone = [Phrase(early[0].at, early[-1].at, _text(early), False, early)] if early else []
    return lone + [
        Phrase(span.start, span.end, _text(said.get(index, [])) or span.text, span.interrupted, said.get(index, []))
        for index, span in enumerate(spans)
    ]


def not_met(steps: Sequence[Step]) -> list[tuple[Step, int]]:
    """Return the steps that were not met at a known time, the first of those at the
    same time, and how many more there are.
    """
    at: dict[float, list[Step]] = {}
    for step in steps:
        if step.failed and step.at is not None:
            at.setdefault(round(step.at, 2), []).append(step)
    return [(together[0], len(together) - 1) for together in at.values()]


def interims(heard: Sequence[Heard]) -> list[Heard]:
    """Return the interim transcripts, those left out that only repeat the transcript before them."""
    pairs = zip([None, *heard], heard, strict=False)
    return [event for before, event in pairs if not event.final and (before is None or before.text != event.text)]


def _transcripts(heard: Sequence[Heard]) -> Iterator[Entry]:
    """Yield one entry for each final transcript; interim ones that no final one followed make another."""
    pending: list[Heard] = []
    for event in heard:
        if event.final:
            before = [text for text in dict.fromkeys(each.text for each in pending) if text != event.text]
            yield Entry(event.at, event.at, "heard", event.text, before=before)
            pending = []
        else:
            pending.append(event)
    if pending:
        at = pending[-1].at
        yield Entry(at, at, "heard", "", before=list(dict.fromkeys(each.text for each in pending)))


def _text(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words).strip()


def _decided(decision: Decision) -> Entry:
    return Entry(decision.at, decision.at, "decision", decision.heard, decision=decision)


def _moment(moment: Moment) -> Entry:
    return Entry(moment.at, moment.at, moment.kind, moment.text)

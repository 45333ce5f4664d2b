"""From a scripted call that was made to its journal."""

import heapq
from operator import attrgetter

from callagent.calls import CallPlan, CallResult
from callagent.calls.labels import labels_of
from callagent.journal import CallerAudible, CallerSilent, CallJournal, Head, Line, Utterance
from callagent.turns import GateConfig


def event_journal(plan: CallPlan, result: CallResult) -> CallJournal:
    """The journal of a call; without what the gate was told at a level where it is in another process, and with the
    stock gate.
    """
    log = result.log
    labels = labels_of(plan.script.steps, GateConfig.from_profile(plan.profile).lexicon)
    ends = {entry.index: entry.at for entry in log.of(CallerSilent)}
    utterances = [
        Utterance(began.at, ends.get(began.index, result.seconds), label.text, label.meaning)
        for label, began in zip(labels, log.of(CallerAudible), strict=False)
    ]
    lines: list[Line] = [*utterances, *heapq.merge(log, log.gate_events, key=attrgetter("at"))]
    return CallJournal(Head(result.call, plan.profile.name, result.level, result.seconds), lines)

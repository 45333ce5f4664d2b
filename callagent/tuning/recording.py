"""From a scripted call that was made to its event journal."""

from callagent.calls import CallPlan, CallResult
from callagent.calls.labels import labels_of
from callagent.calls.observe import CallerAudible, CallerSilent, GateDecided
from callagent.tuning.journal import EventJournal, Head, Utterance
from callagent.turns import GateConfig


def event_journal(plan: CallPlan, result: CallResult) -> EventJournal:
    """The journal of a call; without events at a level whose gate is in another process, and with the stock gate."""
    log = result.log
    labels = labels_of(plan.script.steps, GateConfig.from_profile(plan.profile).lexicon)
    ends = {entry.index: entry.at for entry in log.of(CallerSilent)}
    return EventJournal(
        Head(result.call, plan.profile.name, result.level, result.seconds),
        list(log.gate_events),
        [
            Utterance(began.at, ends.get(began.index, result.seconds), label.text, label.meaning)
            for label, began in zip(labels, log.of(CallerAudible), strict=False)
        ],
        [entry.at for entry in log.of(GateDecided) if entry.decision == "interrupt"],
    )

"""The panel of a real call: how soon turns were answered, how soon the agent yielded, what was lost.

In a scripted call it is known what each utterance was meant as; of a real one the gate's decisions tell.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from callagent.journal import CallJournal, GateDecided
from callagent.journal.latency import latencies, lost_turns
from callagent.journal.spans import timeline_of


def figures_of(journal: CallJournal) -> dict[str, Any]:
    """Return the columns with the figures of a call that is over, its `panel` included. Times are in seconds."""
    log = journal.log
    turns = log.turns
    answered = [each.seconds for each in latencies(log, timeline_of(journal), turns)]
    decided = log.of(GateDecided)
    yielded = [found for each in decided if (found := _yielded(each)) is not None]
    by_rule: dict[str, int] = {}
    for each in decided:
        by_rule[each.rule] = by_rule.get(each.rule, 0) + 1
    columns = {
        "response_p50_s": _percentile(answered, 50),
        "response_p95_s": _percentile(answered, 95),
        "response_max_s": _percentile(answered, 100),
        "yield_mean_s": round(sum(yielded) / len(yielded), 3) if yielded else None,
        "yield_max_s": _percentile(yielded, 100),
        "lost_turns": lost_turns(log, turns, journal.seconds),
    }
    counts = {"answered_turns": len(answered), "yields": len(yielded), "decisions_by_rule": by_rule}
    return {**columns, "panel": {**columns, **counts}}


def _yielded(decision: GateDecided) -> float | None:
    """Return the seconds from the caller's first sample until the agent was silent; None where it talked on."""
    if decision.decision != "interrupt":
        return None
    if decision.overlap is not None and (seconds := decision.overlap.silent_after) is not None:
        return seconds
    return None if decision.reaction_ms is None else decision.reaction_ms / 1000


def _percentile(values: Sequence[float], percent: int) -> float | None:
    return round(float(np.percentile(values, percent)), 3) if values else None

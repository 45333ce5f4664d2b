"""What the gate decides on a sequence, as a line of text."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from callagent.turns.gate.decisions import Decision, Deliver, Drop, Hold, Interrupt, Journal, Pass, Resume
from callagent.turns.gate.events import AgentState, Event
from callagent.turns.gate.overlap_record import OverlapRecord
from callagent.turns.replay import replay
from tests.turns.golden.callers import shifted
from tests.turns.golden.sequences import EventSequence, in_call_order, sequences

ONSET_S = 100.0
"""The caller's first sample, in seconds of the call: nothing that is fed lies before the call."""

HUSH_S, TAKE_UP_S, REST_S = 0.02, 0.2, 4.0
"""How long a session needs to stop the agent, and to make it speak again, and how long it then speaks."""


def decided(sequence: EventSequence) -> list[Decision]:
    """What the gate decides. The agent stops when the gate stops it, and goes on when the gate wants that."""
    caller = shifted([*sequence.before, *sequence.caller], ONSET_S)
    agent: list[Event] = shifted(sequence.agent, ONSET_S)
    handled = 0.0
    while True:
        decisions = replay(in_call_order([*agent, *caller]), sequence.config)
        turns = (d for d in decisions if isinstance(d, Interrupt | Resume) and d.at > handled)
        turn = next(turns, None)
        if turn is None:
            return decisions
        handled = turn.at
        agent = [*(event for event in agent if event.at <= handled), *_obeyed(turn)]


def _obeyed(decision: Interrupt | Resume) -> list[Event]:
    if isinstance(decision, Interrupt):
        return [AgentState(decision.at + HUSH_S, "listening")]
    begins = decision.at + TAKE_UP_S
    return [AgentState(begins, "speaking"), AgentState(begins + REST_S, "listening")]


def lines() -> Iterator[str]:
    """A line for each sequence: its key, and what was decided when."""
    for sequence in sequences():
        yield f"{sequence.key} => {', '.join(told(decided(sequence))) or 'nothing'}"


def told(decisions: Sequence[Decision]) -> Iterator[str]:
    """The decisions in words, then the journal's records in brackets. Neighbours of one kind are told as one, and time
    and rule only where they are others than before; timers show in what they lead to.
    """
    first = ONSET_S - 10
    shown = [d for d in decisions if isinstance(d, Interrupt | Hold | Drop | Deliver | Pass | Resume) and d.at > first]
    when, rule = "", ""
    for (name, its_rule), group in groupby(shown, key=lambda d: (type(d).__name__.lower(), d.rule)):
        alike = list(group)
        keys = [key for d in alike if not isinstance(d, Interrupt | Resume) for key in d.keys]
        begun, ended = _seconds(alike[0].at), _seconds(alike[-1].at)
        time = begun if begun == ended else f"{begun}-{ended}"
        words = ("" if time == when else time, name, _keys(keys), "" if its_rule == rule else its_rule)
        yield " ".join(filter(None, words))
        when, rule = ended, its_rule
    yield from (_record(d.record) for d in decisions if isinstance(d, Journal))


def _record(record: OverlapRecord) -> str:
    end = "" if record.offset is None else _seconds(record.offset)
    silent = "" if record.silent_at is None else f" silent {_seconds(record.silent_at)}"
    return f"[{_seconds(record.onset)}-{end} {record.decision} {record.rule} {_seconds(record.decided_at)}{silent}]"


def _keys(keys: Sequence[int]) -> str:
    """Keys in the order in which they were given out: 1-4, or 1,3."""
    if len(keys) > 1 and list(keys) == list(range(keys[0], keys[-1] + 1)):
        return f"{keys[0]}-{keys[-1]}"
    return ",".join(map(str, keys))


def _seconds(at: float) -> str:
    return f"{at - ONSET_S:.2f}"

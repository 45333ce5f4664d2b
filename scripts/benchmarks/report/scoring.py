"""From what a system did to the panel: its definitions, applied to single utterances.

The agent counts as stopped when it is cut off, or silent for 0.2 s. What may be ignored counts as stopped where the
agent stopped before its first sample (an echo, noise); what should stop the agent and finds it silent is not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from callagent.audio import Timeline
from callagent.scripted_calls.measure.call_panel import NO_REPLY_S, TALK_THROUGH_S, YIELD_S
from callagent.scripted_calls.measure.panel import Panel
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.case import Meaning
from scripts.benchmarks.replay.outcome import Outcome

IGNORED: frozenset[Meaning] = frozenset({"acknowledgement", "tic", "aside"})

LATE_STOP_S = 2.5
"""Seconds after the caller's last sample in which a stop is still laid to what the caller said."""

SLOW_S = 0.6
"""An interruption at which the agent stopped later than this is worth looking at: the limit of p95 for commands."""


@dataclass
class Score:
    """The panel of one system, and figures beside it.

    yields: latency of each interruption by what it was. early: mixed input at which the agent stopped in the part
    that acknowledges. late: ignorable input after which the agent stopped later than the panel looks. disturbed:
    interruptions that found the agent silent. lost_turns: turns other than answers that the model never saw.
    false_stops: for each piece of ignorable input over the agent's speech, whether the agent stopped at it.
    """

    panel: Panel = field(default_factory=Panel)
    yields: dict[Meaning, list[float]] = field(default_factory=dict)
    mixed: int = 0
    early: int = 0
    ignorable: int = 0
    late: int = 0
    disturbed: int = 0
    lost_turns: int = 0
    false_stops: list[bool] = field(default_factory=list)


def score(played: Iterable[tuple[Tape, Outcome]]) -> Score:
    """Judge everything that one system did."""
    result = Score()
    for tape, outcome in played:
        judge(tape, outcome, result)
    return result


def judge(tape: Tape, outcome: Outcome, score: Score) -> str | None:
    """Add one case to the score; what was wrong with it, in a few words, or None."""
    facts = _Facts(tape, outcome)
    case = tape.case
    if case.situation == "speaking":
        if case.meaning in IGNORED:
            return _ignorable(facts, score)
        return _interruption(facts, score)
    if case.meaning == "tic":
        replied = facts.first_reply
        ignored = replied is None or replied > tape.ends + NO_REPLY_S
        score.panel.tics.append(ignored)
        return None if ignored else f"replied to it at {replied:.2f} s"
    return None if outcome.turns is None else _turn(facts, score)


class _Facts:
    """An outcome on a timeline. Times are seconds from the caller's first sample."""

    def __init__(self, tape: Tape, outcome: Outcome) -> None:
        self.tape = tape
        self.outcome = outcome
        self.timeline = Timeline()
        for stretch in outcome.agent:
            self.timeline.add_agent(stretch.start, min(stretch.end, outcome.until), interrupted=stretch.cut)
        self.timeline.advance(outcome.until)

    def stop(self, after: float) -> float | None:
        """Tell when the agent, speaking at `after`, stopped."""
        return self.timeline.agent_stop_after(after)

    @property
    def turn_at(self) -> float | None:
        """When the model first saw what the caller said."""
        return next((turn.at for turn in self.outcome.turns or () if 0 < turn.at <= self.outcome.until), None)

    @property
    def first_reply(self) -> float | None:
        """When the agent first began to speak after the caller had."""
        return next((stretch.start for stretch in self.outcome.agent if stretch.start > 0), None)


def _ignorable(facts: _Facts, score: Score) -> str | None:
    panel, tape = score.panel, facts.tape
    events = {"acknowledgement": panel.acknowledgements, "tic": panel.tics, "aside": panel.asides}[tape.case.meaning]
    if not facts.timeline.agent_active_at(0.0):
        events.append(False)
        score.false_stops.append(True)
        return "stopped before it"
    for start, _ in tape.spans:
        stop = facts.stop(start)
        talked_through = stop is None or stop > start + TALK_THROUGH_S
        events.append(talked_through)
        score.false_stops.append(not talked_through)
        score.ignorable += 1
        if not talked_through:
            return f"stopped at {stop:.2f} s"
    stop = facts.stop(0.0)
    if stop is not None and stop <= tape.ends + LATE_STOP_S:
        score.late += 1
        return f"stopped late, at {stop:.2f} s"
    panel.gaps.append(facts.timeline.longest_agent_silence(0.0, tape.ends + TALK_THROUGH_S))
    return None


def _interruption(facts: _Facts, score: Score) -> str | None:
    tape = facts.tape
    mixed = tape.case.meaning == "mixed"
    start = tape.spans[-1][0]
    score.mixed += mixed
    if not facts.timeline.agent_active_at(start):
        if mixed and facts.timeline.agent_active_at(0.0):
            score.early += 1
            return f"stopped {start - (facts.stop(0.0) or 0.0):.2f} s before the part that means stop"
        score.disturbed += 1
        return "stopped before it"
    stop = facts.stop(start)
    latency = None if stop is None else stop - start
    yielded = latency is not None and latency <= YIELD_S
    score.panel.yielded.append(yielded)
    unanswered = _turn(facts, score) if facts.outcome.turns is not None else None
    if latency is None or not yielded:
        return "did not stop"
    score.panel.yield_latency.append(latency)
    score.yields.setdefault(tape.case.meaning, []).append(latency)
    return f"stopped only after {latency:.2f} s" if latency > SLOW_S else unanswered


def _turn(facts: _Facts, score: Score) -> str | None:
    panel, tape = score.panel, facts.tape
    reached = facts.turn_at
    if reached is None:
        if tape.case.meaning == "answer":
            panel.lost_answers += 1
        else:
            score.lost_turns += 1
    reply = None if reached is None else facts.timeline.next_agent_start(reached)
    panel.answered.append(reply is not None)
    panel.talked_over.append(reply is not None and reply < tape.ends)
    if reply is None:
        return "never reached the model" if reached is None else "not answered"
    panel.response_latency.append(max(0.0, reply - max(tape.ends, _own_end(facts, reply))))
    return "answered over the caller" if reply < tape.ends else None


def _own_end(facts: _Facts, reply: float) -> float:
    """Tell when the agent had said to its end what it was saying before the reply: nobody can be answered before."""
    own = [stretch.end for stretch in facts.outcome.agent if stretch.end <= reply and not stretch.cut]
    return max(own, default=float("-inf"))

"""What is judged when the call is over and its log complete: the panel, lost turns, what must never have happened."""

from dataclasses import dataclass

from callagent.calls.expectations.outcomes import goes_to, in_transcript, transfer_told
from callagent.calls.expectations.verdict import Verdict, clock, milliseconds, quoted
from callagent.calls.figures import Bounds, figure, written
from callagent.calls.measure import YIELD_S, Utterance
from callagent.calls.nevers import Never, NeverHappens, NeverSays
from callagent.calls.observe import (
    AgentAudible,
    AgentKeys,
    AgentWords,
    CallerAudible,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
)
from callagent.calls.outcomes import Figures, KeysSent, Transcript, Transfer
from callagent.calls.panel import Panel
from callagent.calls.scene import Scene
from callagent.calls.steps import ToolCall
from callagent.phrases import find


@dataclass(frozen=True)
class Evidence:
    """A closed call: what was seen of it, what was measured, and the caller's turns with whether the model got them."""

    scene: Scene
    panel: Panel
    turns: tuple[tuple[Utterance, bool], ...]

    @property
    def log(self) -> ObservationLog:
        """The observations."""
        return self.scene.log


def panel_holds(bounds: Bounds, evidence: Evidence) -> Verdict:
    """Every figure is within its bound; one that nothing was measured for is not."""
    told: list[str] = []
    holds = True
    for name, bound in bounds.of.items():
        value = figure(evidence.panel, name)
        holds = holds and value is not None and bound.holds(value)
        told.append(f"{name} was not measured: no event" if value is None else f"{name} {written(name, value)}")
    return Verdict(holds, ", ".join(told))


def no_turn_lost(evidence: Evidence) -> Verdict:
    """The model got every turn of the caller, before the call ended.

    What is said over the agent's last sentence cannot be answered: it is named, and not counted as lost.
    """
    missing = [utterance for utterance, arrived in evidence.turns if not arrived]
    last = [utterance for utterance in missing if _over_the_last_sentence(utterance, evidence.scene)]
    lost = [utterance for utterance in missing if utterance not in last]
    if lost:
        return Verdict(False, f"{_named(lost)} never reached the model")
    if not evidence.turns:
        return Verdict(False, "the caller said nothing that could be lost")
    told = f"{len(evidence.turns) - len(last)} of {len(evidence.turns)} turns reached the model"
    return Verdict(True, f"{told}; {_named(last)} was said over the agent's last sentence" if last else told)


def _named(utterances: list[Utterance]) -> str:
    return ", ".join(f"{quoted(each.label.text)} {clock(each.start)}" for each in utterances)


def _over_the_last_sentence(utterance: Utterance, scene: Scene) -> bool:
    """Whether the agent was saying, to its end, the last thing before it ended the call or handed it over."""
    ended = scene.log.ended
    by_agent = ended is not None and ended.reason in ("agent hung up", "error", "transferred")
    if not by_agent or not scene.agent_speaking_at(utterance.start):
        return False
    over = scene.playout_end(utterance.start)
    return over is None or (not over.interrupted and not any(e.at > over.at for e in scene.log.of(AgentAudible)))


def never(entry: Never, evidence: Evidence) -> Verdict:
    """Looks through a whole call for what must not be in it."""
    log = evidence.log
    match entry:
        case ToolCall():
            calls = [call for call in log.of(ToolCalled) if entry.fits(call.name, call.arguments)]
            return _unless(f"{tool_told(calls[0])} was called {clock(calls[0].at)}" if calls else "", "not called")
        case NeverSays(agent_says=phrase):
            found = find(phrase, text := "".join(word.text for word in log.of(AgentWords)))
            return _unless(f"the agent said {quoted(text[found.start : found.end])}" if found else "", "not said")
        case KeysSent(dtmf_sent=keys):
            sent = "".join(each.digits for each in log.of(AgentKeys))
            return _unless(f"the agent sent {sent}" if keys in sent else "", "not sent")
        case Transfer():
            transfers = [each for each in log.of(TransferRequested) if goes_to(entry, each)]
            return _unless(transfer_told(transfers[0]) if transfers else "", "not requested")
        case Transcript():
            words = in_transcript(entry, log)
            return _unless(f"the transcript has {quoted(words)}" if words is not None else "", "not in the transcript")
        case Figures(panel=bounds):
            verdict = panel_holds(bounds, evidence)
            measured = all(figure(evidence.panel, name) is not None for name in bounds.of)
            return Verdict(measured and not verdict.passed, verdict.observed)
        case NeverHappens():
            return _event(entry, evidence)
    raise TypeError(f"nobody can look for {entry!r}")


def tool_told(call: ToolCalled) -> str:
    """A call of a tool in words."""
    return f"{call.name}({', '.join(f'{key}={value}' for key, value in call.arguments.items())})"


def _event(entry: NeverHappens, evidence: Evidence) -> Verdict:
    match entry.expect:
        case "agent stops":
            return _never_stops(evidence)
        case "agent replies":
            return _never_replies(entry, evidence)
        case "agent keeps speaking":
            return _never_talks_through(evidence)
        case "agent is silent":
            return _never_dead_air(entry.for_, evidence)
        case "call ends":
            ended = evidence.log.ended
            wrong = ended is not None and (
                ended.reason == entry.reason if entry.reason else ended.reason != "caller hung up"
            )
            return _unless(evidence.scene.ending if wrong else "", "it did not")


def _never_stops(evidence: Evidence) -> Verdict:
    ended = evidence.log.ended
    cuts = [cut for cut in evidence.log.of(PlayoutEnded) if cut.interrupted and (not ended or cut.at < ended.at)]
    return _unless(f"the agent was cut off {clock(cuts[0].at)}" if cuts else "", "nothing cut it off")


def _never_replies(entry: NeverHappens, evidence: Evidence) -> Verdict:
    starts = evidence.log.of(CallerAudible)
    began = evidence.scene.reply_start(starts[0].at) if starts else None
    words = evidence.scene.reply_words(began, starts[0].at) if began is not None else ""
    replied = began is not None and (entry.with_ is None or find(entry.with_, words) is not None)
    return _unless(f"the agent said {quoted(words)} {clock(began or 0.0)}" if replied else "", "no reply")


def _never_talks_through(evidence: Evidence) -> Verdict:
    for caller in evidence.log.of(CallerAudible):
        if evidence.scene.agent_speaking_at(caller.at):
            cut = evidence.scene.playout_end(caller.at)
            if cut is None or cut.at > caller.at + YIELD_S:
                return Verdict(False, f"the agent talked on when the caller spoke {clock(caller.at)}")
    return Verdict(True, "the agent never talked on")


def _never_dead_air(longest: float, evidence: Evidence) -> Verdict:
    """Counted from the first sound to the end of the call."""
    timeline = evidence.scene.stage.timeline
    spans = sorted([*timeline.caller, *timeline.agent], key=lambda span: span.start)
    if not spans:
        return Verdict(False, "nobody was audible in the whole call")
    ended = evidence.log.ended
    over, worst, at = spans[0].end, 0.0, 0.0
    for start, end in [*((span.start, span.end) for span in spans), (ended.at if ended else over, 0.0)]:
        if start - over > worst:
            worst, at = start - over, over
        over = max(over, end)
    if worst >= longest:
        return Verdict(False, f"nobody spoke for {milliseconds(worst)} {clock(at)}")
    return Verdict(True, f"the longest silence of both was {milliseconds(worst)}")


def _unless(wrong: str, fine: str) -> Verdict:
    return Verdict(not wrong, wrong or fine)

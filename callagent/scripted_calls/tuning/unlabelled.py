"""What the callers of real calls may have meant, where nobody has said so: by the lexicon of the profile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callagent.journal import REAL, CallJournal, GateDecided, Meaning, Utterance
from callagent.journal.spans import spoken
from callagent.turns import Kind, Lexicon
from callagent.turns.gate.events import AgentState, Event

ACTIVE = ("speaking", "thinking")

OVER_AGENT: tuple[Meaning, ...] = ("acknowledgement", "tic", "interruption")
"""What an utterance over the agent's speech may be judged as that shows what a setting is worth."""

SAME_ONSET_S = 0.05
"""A decision is about the speech that begins so near its own onset, in seconds."""


@dataclass(frozen=True)
class Judged:
    """Journals of which each utterance has a meaning as far as the lexicon knows one; `counts` has how many were given
    which, over the agent's speech; `real` is the number of calls that were judged.
    """

    journals: Sequence[CallJournal]
    real: int
    counts: Counter[Meaning]

    @property
    def note(self) -> str:
        """What has to be said about it; empty when there was nothing to judge."""
        if not self.real:
            return ""
        calls = "1 call is a real one" if self.real == 1 else f"{self.real} calls are real ones"
        shown = ", ".join(f"{name}s: {self.counts[name]}" for name in OVER_AGENT)
        return (
            f"{calls}, of which nobody has said what the caller meant: that is judged by the lexicon of the profile "
            f"({shown}); sounds without words count as tics, and "
            "words over the agent that are neither an acknowledgement nor an aside as interruptions"
        )


def judged(journals: Sequence[CallJournal], lexicon: Lexicon) -> Judged:
    """Return the journals, those of real calls with what their caller said and what it means by the lexicon."""
    result: list[CallJournal] = []
    counts: Counter[Meaning] = Counter()
    real = 0
    for journal in journals:
        if journal.head.level == REAL and not journal.utterances:
            real += 1
            utterances = _utterances(journal, lexicon, counts)
            journal = replace(journal, lines=[*utterances, *journal.lines])
        result.append(journal)
    return Judged(result, real, counts)


def _utterances(journal: CallJournal, lexicon: Lexicon, counts: Counter[Meaning]) -> list[Utterance]:
    echoes = [entry.overlap.onset for entry in journal.log.of(GateDecided) if entry.rule == "echo" and entry.overlap]
    found: list[Utterance] = []
    for start, end, text in spoken(journal.events, journal.seconds):
        over_agent = _is_active(journal.events, start)
        echo = any(abs(onset - start) <= SAME_ONSET_S for onset in echoes)
        meaning = None if echo else _meaning(text, lexicon, over_agent)
        if over_agent and meaning is not None:
            counts[meaning] += 1
        found.append(Utterance(start, end, text, meaning))
    return found


def _meaning(text: str, lexicon: Lexicon, over_agent: bool) -> Meaning:
    match = lexicon.match(text, final=True)
    if match.kind is Kind.EMPTY or match.tic:
        return "tic"
    if match.kind is Kind.ASIDE:
        return "aside"
    if not over_agent:
        return "turn"
    return "acknowledgement" if match.kind is Kind.ACK else "interruption"


def _is_active(events: Sequence[Event], at: float) -> bool:
    """Tell whether the agent was speaking or thinking at `at`."""
    states = [event for event in events if isinstance(event, AgentState) and event.at <= at]
    return bool(states) and states[-1].state in ACTIVE

"""Journals written by hand: an agent that talks, and a caller who says things over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from callagent.journal import CallJournal, Head, Meaning, Stopped, Utterance
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    Transcript,
)

SECONDS = 100.0


@dataclass(frozen=True)
class Said:
    """Said over the agent from `start` on for `length` seconds; the words come `words_after` its first sample.

    `sure` is the recogniser's confidence, `interim` False when nothing comes before the final transcript.
    """

    start: float
    text: str
    meaning: Meaning
    words_after: float = 0.3
    length: float = 0.5
    sure: float = 0.9
    interim: bool = True


def journal_of(*said: Said, stops: Sequence[float] = (), extra: Sequence[Event] = ()) -> CallJournal:
    """The agent speaks from 0 to 100 s; the recogniser has shown before that it needs 200 ms."""
    events: list[Event] = [
        CallerStarted(-9.9, -10.0),
        Transcript(-9.7, -1, "Hello", final=False),
        CallerStopped(-9.0, -9.4),
        AgentState(0.0, "speaking"),
        AgentText(0.0, "I am going to read you something long."),
    ]
    for number, each in enumerate(said):
        end = each.start + each.length
        events += [CallerAudible(each.start), CallerStarted(each.start + 0.1, each.start)]
        if each.interim:
            events.append(Transcript(each.start + each.words_after, 2 * number, each.text, False, each.sure))
        events += [CallerHushed(end + 0.06), CallerStopped(end + 0.35, end)]
        last = max(end + 0.45, each.start + each.words_after)
        events.append(Transcript(last, 2 * number + 1, each.text, True, each.sure))
    utterances = [Utterance(each.start, each.start + each.length, each.text, each.meaning) for each in said]
    events = sorted([*events, *extra], key=lambda event: event.at)
    return CallJournal(Head("By hand", "mine", "text", SECONDS), [*utterances, *map(Stopped, stops), *events])

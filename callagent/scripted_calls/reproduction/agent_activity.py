"""What the agent did in a call that is over, and when: what it said, from when to when, and what it was doing."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import callagent.turns.gate.events as told
from callagent.journal import (
    AgentAudible,
    AgentState,
    AgentWords,
    CallJournal,
    ObservationLog,
    PlayoutEnded,
    TurnAdded,
)
from callagent.journal.spans import EARLY_S
from callagent.phrases import tokens

CUT_S = 0.02
"""What ends the call cuts the agent off so much before the end is noted, in seconds."""

BY_MODEL = "llm_node_ttft"
"""The figure that turns have which a model has made, of livekit's `MetricsReport`."""


@dataclass(frozen=True)
class Playout:
    """A stretch in which the agent was on the line; `text` is what it said there, as far as it is known."""

    began: float
    ended: float
    interrupted: bool
    text: str


class AgentActivity:
    """The agent's side of a call, to be asked what was on at some moment."""

    def __init__(self, journal: CallJournal) -> None:
        log = journal.log
        self.turns = [turn for turn in log.turns if turn.role == "assistant"]
        self.playouts = _playouts(log, journal.seconds)
        self._states = log.of(AgentState)
        self._stretches = _stretches(journal)

    def playing_at(self, at: float) -> Playout | None:
        """Return what the agent was saying at `at`, or was cut off in by what happened there."""
        for each in self.playouts:
            if each.began <= at < each.ended or (each.interrupted and each.ended <= at <= each.ended + CUT_S):
                return each
        return None

    def begun_between(self, start: float, end: float) -> list[Playout]:
        """Return what the agent began to say after `start`, and by `end`."""
        return [each for each in self.playouts if start < each.began <= end]

    def changed_between(self, start: float, end: float) -> bool:
        """Tell whether the agent came onto the line, or left it, between two moments."""
        return any(start < edge <= end for each in self.playouts for edge in (each.began, each.ended))

    def quiet_before(self, playout: Playout) -> float:
        """Tell for how long the agent had said nothing when it began, seconds."""
        return playout.began - max((each.ended for each in self.playouts if each.ended <= playout.began), default=0.0)

    def next_after(self, at: float) -> Playout | None:
        """Return what the agent says next, after what it was saying at `at`."""
        playing = self.playing_at(at)
        floor = at if playing is None else playing.ended
        return next((each for each in self.playouts if each.began >= floor and each is not playing), None)

    def state_at(self, at: float) -> AgentState | None:
        """Return the state that the session was in, with the moment since when."""
        before = [state for state in self._states if state.at <= at]
        return before[-1] if before else None

    def listening_since(self, at: float) -> float | None:
        """Tell since when the agent was listening at `at`, as a scripted caller counts it; None where it was not."""
        state = self.state_at(at)
        if state is None or state.state not in ("listening", "idle") or self.playing_at(at):
            return None
        return max([state.at, *(each.ended for each in self.playouts if each.ended <= at)])

    def whole(self, turn: TurnAdded) -> tuple[str, bool]:
        """Return all that the agent was about to say in a turn, and whether that is known.

        What the conversation keeps of a turn that was cut off ends with the last word that was played.
        """
        if not turn.interrupted:
            return turn.text, True
        said = turn.text.strip()
        for stretch in self._stretches:
            at = stretch.find(said) if said else -1
            if at >= 0 and len(stretch.strip()) > at + len(said):
                return stretch[at:].strip(), True
        return said, False


def _playouts(log: ObservationLog, end: float) -> list[Playout]:
    spans: list[tuple[float, float, bool]] = []
    began: float | None = None
    for entry in log:
        if isinstance(entry, AgentAudible) and began is None:
            began = entry.at
        elif isinstance(entry, PlayoutEnded) and began is not None:
            spans.append((began, max(began, entry.at), entry.interrupted))
            began = None
    if began is not None:
        spans.append((began, max(began, end), False))
    spans.sort()
    starts = [start for start, _, _ in spans]
    said: dict[int, list[str]] = {}
    for at, text in _words(log):
        said.setdefault(bisect.bisect_right(starts, at + EARLY_S) - 1, []).append(text)
    return [Playout(*span, "".join(said.get(index, [])).strip()) for index, span in enumerate(spans)]


def _words(log: ObservationLog) -> Sequence[tuple[float, str]]:
    """Return what the agent said: word by word where that was observed, else turn by turn."""
    words = log.of(AgentWords)
    if words:
        return [(entry.at - EARLY_S, entry.text) for entry in words]
    turns = (entry for entry in log.turns if entry.role == "assistant")
    return [(turn.metrics.get("started_speaking_at", turn.at), f" {turn.text}") for turn in turns]


def _stretches(journal: CallJournal) -> list[str]:
    """Return what the agent was about to say, from one time that it listened to the next."""
    stretches = [""]
    for event in journal.events:
        if isinstance(event, told.AgentText):
            stretches[-1] += event.text
        elif isinstance(event, told.AgentState) and event.state == "listening":
            stretches.append("")
    return [stretch for stretch in stretches if stretch.strip()]


def first_words(text: str, count: int) -> str:
    """Return the first words of a text as a phrase to look for; empty where it has none that could be heard."""
    phrase = " ".join(text.split()[:count]).strip(" .,;:!?…/")
    return phrase if tokens(phrase) else ""

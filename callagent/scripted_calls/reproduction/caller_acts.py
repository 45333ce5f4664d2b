"""What the caller did in a call that is over, and when: words, sounds, keys, hanging up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import callagent.turns.gate.events as told
from callagent.journal import CallerAudible, CallerKeys, CallerSilent, CallJournal
from callagent.journal.spans import spoken
from callagent.scripted_calls.levels.fake_call_control import KEY_S
from callagent.scripted_calls.script.caller import TELEPHONE_KEYS, SoundName

ONSET_S = 0.05
"""A VAD's first sample of a sound is so near to when it was played, in seconds."""

HEARD_S = 0.05
"""From a transcript to what the gate makes of it, in seconds; a caller who hangs up then is still heard."""

SLOW_KEY_S = 0.25
"""Keys that come further apart are pressed one by one."""

STANDS_FOR_A_KEY = "0"
"""Pressed where the journal does not keep which key it was."""


@dataclass(frozen=True)
class Act:
    """Something that the caller did from `start` to `end`, seconds of the call."""

    start: float
    end: float


@dataclass(frozen=True)
class Said(Act):
    """Words that level text says by itself as they were said: those of a scripted caller there."""

    text: str


@dataclass(frozen=True)
class Heard(Act):
    """Speech of a real caller; `text` is what was understood of it, empty where nothing was.

    `transcripts` are those of it, and `loud` the stretches in which the line was loud, in seconds of the call, None
    where the journal does not tell; both are of interest as long as the agent speaks or thinks, which is `over_agent`.
    """

    text: str
    transcripts: tuple[told.Transcript, ...]
    loud: tuple[tuple[float, float], ...] | None
    over_agent: bool


@dataclass(frozen=True)
class Made(Act):
    """A sound that is not speech."""

    sound: SoundName


@dataclass(frozen=True)
class Pressed(Act):
    """Keys; `known` tells whether the journal has them."""

    keys: str
    known: bool = True


@dataclass(frozen=True)
class HungUp(Act):
    """The end of the call, by the caller."""


def acts_of(journal: CallJournal) -> list[Act]:
    """Return what the caller did, in order of time."""
    acts: list[Act] = [*_speech(journal), *_keys(journal)]
    ended = journal.log.ended
    if ended is not None and ended.reason == "caller hung up":
        # A worker that is late hears what came before after it knows of the end.
        heard = [event.at + HEARD_S for event in journal.events if isinstance(event, told.Transcript)]
        at = max([ended.at, *heard])
        acts = [*(act for act in acts if act.start <= at), HungUp(at, at)]
    return sorted(acts, key=lambda act: (act.start, isinstance(act, HungUp)))


def _speech(journal: CallJournal) -> Iterator[Act]:
    played = journal.log.of(CallerAudible)
    if journal.head.level == "text" or (played and not journal.events):
        ends = {entry.index: entry.at for entry in journal.log.of(CallerSilent)}
        onsets = [event.onset for event in journal.events if isinstance(event, told.CallerStarted)]
        for entry in played:
            end = max(entry.at, ends.get(entry.index, journal.seconds))
            if entry.text.strip():
                yield Said(entry.at, end, entry.text)
            else:
                heard = any(abs(onset - entry.at) <= ONSET_S for onset in onsets)
                yield Made(entry.at, end, "cough" if heard else "noise")
        return
    yield from _reported(journal)


def _reported(journal: CallJournal) -> Iterator[Heard]:
    """Return each stretch of speech that a VAD has heard, with the transcripts from its begin to that of the next."""
    spans = spoken(journal.events, journal.seconds)
    transcripts = [event for event in journal.events if isinstance(event, told.Transcript) and event.text.strip()]
    loud = _loud(journal)
    active = _agent_active(journal)
    following = [start for start, _, _ in spans[1:]]
    for (start, end, text), until in zip(spans, [*following, float("inf")], strict=False):
        own = tuple(event for event in transcripts if start <= event.at < until)
        said = text or (own[-1].text if own else "")
        over = any(began < end and stopped > start for began, stopped in active)
        here = tuple((max(start, began), stopped) for began, stopped in loud if began < end and stopped > start)
        yield Heard(start, end, said, own, here if loud else None, over)


def _loud(journal: CallJournal) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    began: float | None = None
    for event in journal.events:
        if isinstance(event, told.CallerAudible) and began is None:
            began = event.at
        elif isinstance(event, told.CallerHushed) and began is not None:
            found.append((began, event.at))
            began = None
    return found


def _agent_active(journal: CallJournal) -> list[tuple[float, float]]:
    """Tell from when to when the agent was speaking or thinking."""
    states = [event for event in journal.events if isinstance(event, told.AgentState)]
    bounds = pairwise([*((state.at, state.state) for state in states), (journal.seconds, "")])
    return [(begin, end) for (begin, state), (end, _) in bounds if state in ("speaking", "thinking")]


def _keys(journal: CallJournal) -> Iterator[Pressed]:
    """Return keys that were pressed one after the other as one act; of a real call each is an event of its own."""
    run: list[CallerKeys] = []
    for entry in journal.log.of(CallerKeys):
        if journal.head.level in ("text", "audio"):
            yield _pressed([entry], entry.at)
            continue
        if run and entry.at - run[-1].at > SLOW_KEY_S:
            yield _pressed(run, run[0].at - KEY_S)
            run = []
        run.append(entry)
    if run:
        yield _pressed(run, run[0].at - KEY_S)


def _pressed(run: Sequence[CallerKeys], start: float) -> Pressed:
    keys = "".join(entry.digits for entry in run if set(entry.digits) <= TELEPHONE_KEYS)
    known = all(set(entry.digits) <= TELEPHONE_KEYS for entry in run)
    keys = keys if known else STANDS_FOR_A_KEY * len(run)
    return Pressed(max(0.0, start), max(0.0, start) + KEY_S * len(keys), keys, known)

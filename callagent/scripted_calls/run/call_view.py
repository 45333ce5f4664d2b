"""The call as the steps see it: what the caller did last, who is audible, what was said since when."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from callagent.journal import (
    AgentAudible,
    AgentKeys,
    AgentSilent,
    AgentState,
    AgentWords,
    CallerAudible,
    CallerSilent,
    ObservationLog,
    PlayoutEnded,
    ToolCalled,
    TransferRequested,
    Trouble,
)
from callagent.phrases import find
from callagent.scripted_calls.run.live_call import Stage, Utterance
from callagent.scripted_calls.script.caller import CallerAudio

When = Literal["agent speaking", "agent listening", "agent thinking"]
"""What the agent may be doing that a caller waits for."""

T = TypeVar("T")
Taken = TypeVar("Taken", ToolCalled, TransferRequested)

QUIET_S = 8.0
"""Seconds in which neither side is audible after which waiting for something that should be said is given up."""


@dataclass
class CallerAct:
    """The last thing that the caller did: an utterance, or keys pressed from `at` until `until`."""

    step: int
    utterance: Utterance | None
    at: float
    until: float | None = None

    @property
    def began(self) -> float | None:
        """Call time of the first sample, None as long as there is none."""
        return resolved(self.utterance.started) if self.utterance else self.at

    @property
    def started(self) -> float:
        """Call time of the first sample, or of the attempt."""
        began = self.began
        return self.at if began is None else began

    @property
    def ended(self) -> float | None:
        """Call time of the last sample, None while it is being said."""
        return resolved(self.utterance.ended) if self.utterance else self.until or self.at


@dataclass(frozen=True)
class Said:
    """Words of the agent that were looked for: when the last of them began to be said, and the words."""

    at: float
    text: str


@dataclass
class Scene:
    """State of a running script. Step logic reads the log through it and waits through it.

    `greeting` is what the agent says first, empty when it waits for the caller; `act` is the caller's last act;
    `spoken` has the number of the step, from 1, for each utterance in order, 0 for what no step said; `directory` is
    where the script stands, for its recordings.
    """

    stage: Stage
    greeting: str
    act: CallerAct | None = None
    spoken: list[int] = field(default_factory=list)
    said_up_to: int = 0
    keys_taken: int = 0
    seen: set[int] = field(default_factory=set)
    directory: Path = field(default_factory=Path)

    @property
    def log(self) -> ObservationLog:
        """The observations."""
        return self.stage.log

    @property
    def now(self) -> float:
        """Call time."""
        return self.log.now()

    def agent_speaking_at(self, at: float) -> bool:
        """Tell whether the agent was saying something at call time `at`; a gap or a pause does not end it."""
        edges = [e for e in self.log if isinstance(e, AgentAudible | PlayoutEnded) and e.at <= at]
        return bool(edges) and isinstance(edges[-1], AgentAudible)

    @property
    def ending(self) -> str:
        """How the call ended, in words, with the error where one ended it; empty while it goes on."""
        ended = self.log.ended
        if ended is None:
            return ""
        trouble = self.log.last(Trouble) if ended.reason == "error" else None
        cause = f"{ended.reason}: {trouble.message}" if trouble else ended.reason
        return f"the call ended at {ended.at:.2f} s ({cause})"

    def since(self, when: When) -> float | None:
        """Return the moment at which the agent took up what it is doing, None when it is not doing that."""
        began, ended = self._playout()
        if when == "agent speaking":
            return began
        state = self.log.last(AgentState)
        if began is not None or state is None or (ended is None and self.greeting):
            return None
        states = ("thinking",) if when == "agent thinking" else ("listening", "idle")
        return max(state.at, ended or 0.0) if state.state in states else None

    def _playout(self) -> tuple[float | None, float | None]:
        """Tell when what the agent is saying began, and when the last thing it said had ended."""
        began = ended = None
        for entry in self.log:
            if isinstance(entry, PlayoutEnded):
                began, ended = None, entry.at
            elif isinstance(entry, AgentAudible) and began is None:
                began = entry.at
        return began, ended

    def playout_end(self, after: float) -> PlayoutEnded | None:
        """Return the first end of a playout after call time `after`."""
        return next((end for end in self.log.of(PlayoutEnded) if end.at > after), None)

    def silence_at(self, ended: PlayoutEnded, after: float) -> float:
        """Tell when the agent's last sample before the end of a playout was on the line, at the earliest `after`."""
        silences = [entry.at for entry in self.log.of(AgentSilent) if after <= entry.at <= ended.at]
        return silences[-1] if silences else ended.at

    def reply_start(self, at: float) -> float | None:
        """Tell when the agent came onto the line after `at`, for something other than what it was saying then."""
        if self.agent_speaking_at(at):
            ended = self.playout_end(at)
            if ended is None:
                return None
            at = self.silence_at(ended, at)
        return next((entry.at for entry in self.log.of(AgentAudible) if entry.at > at), None)

    def words_since(self, at: float) -> str:
        """Return what the agent has begun to say since call time `at`."""
        return "".join(entry.text for entry in self.log.of(AgentWords) if entry.at >= at).strip()

    def reply_words(self, began: float, act: float) -> str:
        """Return what the agent has begun to say with the reply to an act at `act` that came onto the line at `began`.

        Over a network words come by another way than their sound, and may be there first.
        """
        ends = (end.at for end in self.log.of(PlayoutEnded) if end.at <= began)
        return self.words_since(max(act, *ends, 0.0))

    def hear(self, phrase: str) -> Said | None:
        """Find a phrase in what the agent has said since the last one found and the caller's last act began."""
        floor = self.act.started if self.act is not None else 0.0
        entries = [
            (position, entry)
            for position, entry in enumerate(self.log)
            if isinstance(entry, AgentWords) and position >= self.said_up_to and entry.at >= floor
        ]
        text = "".join(entry.text for _, entry in entries)
        found = find(phrase, text)
        if found is None:
            return None
        length = 0
        for position, entry in entries:
            length += len(entry.text)
            if length >= found.end:
                self.said_up_to = position + 1
                return Said(entry.at, text[found.start : found.end])
        return None

    def speak(self, what: CallerAudio, step: int = 0) -> Utterance:
        """Play caller audio, for a step or (0) for nobody's."""
        self.spoken.append(step)
        return self.stage.speak(what)

    def next_tool(self, fits: Callable[[ToolCalled], bool]) -> ToolCalled | None:
        """Return the first call of a tool that fits and that no step has taken yet; it is taken now."""
        return self._take(ToolCalled, fits)

    def next_transfer(self, fits: Callable[[TransferRequested], bool]) -> TransferRequested | None:
        """Return the first transfer that fits and that no step has taken yet; it is taken now."""
        return self._take(TransferRequested, fits)

    def next_keys(self, keys: str) -> float | None:
        """Tell when the agent had sent these keys, after those that a step has taken; they are taken now."""
        sent = [(entry.at, key) for entry in self.log.of(AgentKeys) for key in entry.digits]
        found = "".join(key for _, key in sent).find(keys, self.keys_taken)
        if found < 0:
            return None
        self.keys_taken = found + len(keys)
        return sent[self.keys_taken - 1][0]

    def _take(self, kind: type[Taken], fits: Callable[[Taken], bool]) -> Taken | None:
        for position, entry in enumerate(self.log):
            if isinstance(entry, kind) and position not in self.seen and fits(entry):
                self.seen.add(position)
                return entry
        return None

    async def wait(self, look: Callable[[], T | None], *, until: float | None = None) -> T | None:
        """Return what `look()` finds; None when call time `until` comes, or the call ends, before it finds anything."""

        def found() -> tuple[T, ...] | None:
            if (value := look()) is not None:
                return (value,)
            return () if self.log.ended else None

        result = await self.log.wait_for(found, until=until)
        return result[0] if result else None

    async def wait_unless_quiet(self, look: Callable[[], T | None]) -> T | None:
        """Return what `look()` finds; None when the call ends before, or nobody has been audible for `QUIET_S`."""
        began = self.now
        while (until := max(began, self._last_audible()) + QUIET_S) > self.now:
            found = await self.wait(look, until=until)
            if found is not None or self.log.ended:
                return found
        return None

    async def act_over(self) -> float | None:
        """Tell when the caller's last act ended, waiting for it; None without one, or when the call ended before."""
        act = self.act
        if act is not None:
            await self.wait(lambda: act.ended)
        return act.ended if act is not None else None

    def _last_audible(self) -> float:
        agent = self.log.last_of(AgentAudible, AgentSilent)
        caller = self.log.last_of(CallerAudible, CallerSilent)
        if isinstance(agent, AgentAudible) or isinstance(caller, CallerAudible):
            return self.now
        return max((edge.at for edge in (agent, caller) if edge is not None), default=0.0)


def resolved(future: "asyncio.Future[float]") -> float | None:
    """Return the result of a future that has one."""
    if not future.done() or future.cancelled() or future.exception() is not None:
        return None
    return future.result()

"""The steps of a script that is made of a call: what the caller did, each at its moment, and what the agent then did.

A moment is counted from what the agent was doing: from the begin of what it was saying, from when it was listening, or
from what the caller did before where the agent did nothing in between. Where the agent has said something since, a step
waits for that first, so that the next moment is not counted from something older.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from callagent.journal import Answered, CallJournal, GateDecided, ToolCalled, TurnAdded
from callagent.journal.endings import WORDS
from callagent.scripted_calls.reproduction.agent_activity import AgentActivity, Playout, first_words
from callagent.scripted_calls.reproduction.caller_acts import Act, Heard, HungUp, Made, Pressed, Said
from callagent.scripted_calls.reproduction.stand_ins import StandIns
from callagent.scripted_calls.run.call_view import QUIET_S
from callagent.scripted_calls.script.caller import CONFIDENCE
from callagent.yaml_config.units import DURATION

NEAR_S = 0.1
"""A decision is about what the caller began so near to its onset, in seconds."""

SPARE_S = 1.0
"""Longer than it took in the call may what is expected take, in seconds."""

KEEPS_S, LEAST_KEPT_S = 1.0, 0.3
"""How long the agent is watched for talking on, and how long at least, in seconds."""

REPLY_S, TOOL_S = 3.0, 5.0
"""How long these are waited for where a script says nothing, in seconds."""

PATIENT_S = QUIET_S - 1.0
"""Silence after which waiting for words needs a limit of its own, in seconds."""

NOT_OF_THE_CALLER = ("error", "timeout")
"""Endings that a script does not bring about."""


@dataclass
class ScriptStep:
    """One step, and what stands above it as a comment."""

    step: dict[str, Any]
    comments: list[str] = field(default_factory=list)


class CallSteps:
    """Makes the steps of one call.

    Args:
        tools: those that the script's model calls.
    """

    def __init__(
        self,
        journal: CallJournal,
        activity: AgentActivity,
        acts: Sequence[Act],
        stand_ins: StandIns,
        tools: frozenset[str],
    ) -> None:
        self._journal, self._activity, self._acts = journal, activity, acts
        self._stand_ins, self._tools = stand_ins, tools
        self._decisions = sorted(journal.log.of(GateDecided), key=lambda entry: entry.at)
        self._turns = [turn for turn in journal.log.turns if turn.role == "user"]
        self._steps: list[ScriptStep] = []
        self._reached = min((entry.at for entry in journal.log.of(Answered)), default=0.0)
        self.gaps: list[str] = []

    def make(self) -> list[ScriptStep]:
        """Return the steps in their order."""
        for index, act in enumerate(self._acts):
            previous = self._acts[index - 1] if index else None
            following = self._acts[index + 1].start if index + 1 < len(self._acts) else math.inf
            self._wait_for_agent(previous, act)
            self._act(act)
            self._reached = max(self._reached, act.end)
            if not isinstance(act, HungUp):
                self._expect(act, following)
        self._end()
        return self._steps

    def _add(self, step: dict[str, Any], *comments: str) -> None:
        self._steps.append(ScriptStep(step, [comment for comment in comments if comment]))

    # -- the caller

    def _act(self, act: Act) -> None:
        step: dict[str, Any] = {"caller": self._form(act), **self._moment(act)}
        remarks = [self._decided(decision) for decision in self._about(act)]
        if isinstance(act, Pressed) and not act.known:
            remarks.append("The journal does not keep these keys; others stand for them.")
        self._add(step, f"{act.start:.2f} s", *remarks)

    def _form(self, act: Act) -> Any:
        match act:
            case Said(text=text):
                return self._stand_ins.text(text)
            case Made(sound=sound):
                return {"sound": sound}
            case Pressed(keys=keys):
                return {"dtmf": keys}
            case Heard():
                return self._reported(act)
        return {"hangs up": True}

    def _reported(self, act: Heard) -> dict[str, Any]:
        """Return speech as it was heard; interims only where the agent could be stopped by them."""
        every = act.over_agent or not any(each.final for each in act.transcripts)
        heard = [each for each in act.transcripts if each.final or every]
        form: dict[str, Any] = {
            "speech": self._stand_ins.text(act.text),
            "lasts": DURATION.text(max(0.001, round(act.end - act.start, 3))),
        }
        if heard:
            wholes = [act.text, *(each.text for each in act.transcripts if each.final)]
            form["heard"] = [
                {
                    "after": DURATION.text(round(max(0.0, each.at - act.start), 3)),
                    "text": self._stand_ins.text(each.text, wholes),
                    **({"final": True} if each.final else {}),
                    **_confidence(each.confidence),
                }
                for each in heard
            ]
        if act.over_agent and act.loud is not None:
            form["loud"] = [
                {
                    "after": DURATION.text(round(begin - act.start, 3)),
                    "lasts": DURATION.text(round(max(0.001, end - begin), 3)),
                }
                for begin, end in act.loud
            ]
        return form

    def _moment(self, act: Act) -> dict[str, Any]:
        playing = self._activity.playing_at(act.start)
        if playing is not None:
            return {"when": "agent speaking", **_after(act.start - playing.began)}
        if not self._activity.changed_between(self._reached, act.start):
            return _after(act.start - self._reached)
        since = self._activity.listening_since(act.start)
        if since is not None:
            return {"when": "agent listening", **_after(act.start - since)}
        state = self._activity.state_at(act.start)
        if state is not None and state.state == "thinking":
            return {"when": "agent thinking", **_after(act.start - state.at)}
        return _after(act.start - self._reached)

    # -- the agent in between

    def _wait_for_agent(self, previous: Act | None, act: Act) -> None:
        """Have a step wait for what the agent said last before the act, unless the act itself waits for just that."""
        begun = self._activity.begun_between(self._reached, act.start)
        if not begun:
            return
        last = begun[-1]
        playing = self._activity.playing_at(act.start) is last
        undisturbed = len(begun) == 1 and self._activity.playing_at(self._reached) is None
        waits = self._reached - last.began < PATIENT_S and self._activity.quiet_before(last) < PATIENT_S
        if undisturbed and playing and waits:
            return
        if previous is None and begun[0] is self._activity.playouts[0] and len(begun) == 1 and waits:
            return  # it listens only once the greeting is over
        self._hear(last, act)

    def _hear(self, playout: Playout, act: Act) -> None:
        said = self._stand_ins.text(playout.text)
        phrase = next(filter(None, (first_words(said, count) for count in _counts(act.start - playout.began))), "")
        if not phrase:
            self.gaps.append(f"what the agent said at {playout.began:.1f} s has no words that could be waited for")
            return
        quiet = self._activity.quiet_before(playout)
        if quiet < PATIENT_S:
            self._add({"agent_says": phrase})
        else:
            within = DURATION.text(_up(playout.began - self._reached + 2 * SPARE_S))
            self._add({"expect": "agent says", "with": phrase, "within": within})
        self._reached = playout.began

    # -- what the agent made of it

    def _expect(self, act: Act, following: float) -> None:
        over = self._activity.playing_at(act.start)
        if over is not None:
            self._expect_of_speech(act, over, following)
        self._expect_tools(act, following)
        if (reply := self._reply_to(act, following)) is not None:
            within = _up(reply.began - act.end + SPARE_S)
            self._add({"expect": "agent replies", **({"within": DURATION.text(within)} if within > REPLY_S else {})})
            self._reached = max(self._reached, reply.began)

    def _expect_of_speech(self, act: Act, over: Playout, following: float) -> None:
        decided = {decision.decision for decision in self._about(act)}
        if over.interrupted and over.ended <= following and ("interrupt" in decided or not decided):
            self._add({"expect": "agent stops", "within": DURATION.text(_up(over.ended - act.start))})
            self._reached = max(self._reached, over.ended)
            return
        watched = round(min(KEEPS_S, following - act.end - NEAR_S), 2)
        goes_on = not over.interrupted or over.ended > act.end + watched
        if isinstance(act, Pressed) or "interrupt" in decided or not goes_on or watched < LEAST_KEPT_S:
            return
        self._add({"expect": "agent keeps speaking", **({} if watched == KEEPS_S else {"for": DURATION.text(watched)})})
        self._reached = max(self._reached, min(act.end + watched, max(over.ended, act.end)))

    def _expect_tools(self, act: Act, following: float) -> None:
        for called in self._journal.log.of(ToolCalled):
            if act.start < called.at < following and called.name in self._tools:
                within = _up(called.at - act.end + SPARE_S)
                limit = {"within": DURATION.text(within)} if within > TOOL_S else {}
                self._add({"expect": {"tool": called.name}, **limit})
                self._reached = max(self._reached, called.at)

    def _reply_to(self, act: Act, following: float) -> Playout | None:
        """Return what the agent said next, where it was an answer: a turn of the caller had ended in between."""
        reply = self._activity.next_after(act.start)
        if reply is None or reply.began >= following - NEAR_S:
            return None
        ended = any(act.start < turn.at <= reply.began and _of_caller(turn) for turn in self._turns)
        return reply if ended else None

    def _end(self) -> None:
        ended = self._journal.log.ended
        if ended is None:
            return
        words = WORDS[ended.reason].script
        if words in NOT_OF_THE_CALLER:
            self.gaps.append(f"the call ended by itself ({ended.reason}), which a script does not bring about")
            return
        if words in ("busy", "no answer", "declined"):
            self._add({"expect": "call ends", "within": "60 s", "reason": words})
            return
        within = _up(ended.at - self._reached + 5 * SPARE_S)
        limit = {} if words == "caller hung up" else {"within": DURATION.text(min(600.0, within))}
        self._add({"expect": "call ends", **limit, "reason": words}, f"{ended.at:.2f} s")

    # -- decisions

    def _about(self, act: Act) -> list[GateDecided]:
        if isinstance(act, HungUp | Pressed):
            return []
        return [
            decision
            for decision in self._decisions
            if decision.overlap is not None and act.start - NEAR_S <= decision.overlap.onset <= act.end
        ]

    def _decided(self, decision: GateDecided) -> str:
        reaction = "" if decision.reaction_ms is None else f" after {decision.reaction_ms:.0f} ms"
        return f"The gate: {decision.decision} ({decision.rule}){reaction}."


def _of_caller(turn: TurnAdded) -> bool:
    return bool(turn.text.strip())


def _confidence(confidence: float | None) -> dict[str, float]:
    value = round(confidence or 0.0, 3)
    return {} if value == CONFIDENCE else {"confidence": value}


def _after(seconds: float) -> dict[str, str]:
    rounded = round(max(0.0, seconds), 3)
    return {"after": DURATION.text(rounded)} if rounded else {}


def _counts(seconds: float) -> range:
    """Return how many words are looked for, most first: those that can be heard in so many seconds."""
    most = max(1, min(5, int(seconds / 0.5)))
    return range(most, 0, -1)


def _up(seconds: float) -> float:
    """Return a limit that is not too tight: up to the next 100 ms, and 300 ms more."""
    return round(math.ceil(max(0.0, seconds) * 10) / 10 + 0.3, 1)

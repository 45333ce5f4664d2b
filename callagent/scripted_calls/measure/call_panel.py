"""From the log and the timeline of a call to its panel."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from callagent.journal import (
    AgentState,
    AgentWords,
    CallerAudible,
    CallerKeys,
    CallerSilent,
    ObservationLog,
    ToolCalled,
    TurnAdded,
)
from callagent.phrases import find, words
from callagent.scripted_calls.measure.labels import Label
from callagent.scripted_calls.measure.panel import Panel
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.run.live_call import Stage
from callagent.scripted_calls.script.steps.verdict import CallerTurn

YIELD_S = 2.0
"""An interruption yields when the agent has stopped within this time of its first sample."""

TALK_THROUGH_S = 1.0
"""What may be ignored is talked through when the agent does not stop within this time of its first sample."""

NO_REPLY_S = 2.0
"""What may be ignored in silence is ignored when the agent does not speak within this time of its last sample."""


@dataclass(frozen=True)
class Utterance:
    """A labelled utterance as it was on the line; `next_start` is when the caller had to speak again."""

    label: Label
    start: float
    end: float
    next_start: float


def measure(stage: Stage, labels: Sequence[Label], end: float, spoken: Sequence[int] | None = None) -> Panel:
    """Return the panel of a finished call that ended at call time `end`.

    `spoken` has the number of the step for each utterance in order, 0 for one of no step; None: one for each label.
    """
    panel = Panel()
    scene = Scene(stage, greeting="")
    for utterance in utterances_of(stage.log, labels, end, spoken):
        speaking = scene.agent_speaking_at(utterance.start)
        meaning = utterance.label.meaning
        if meaning == "interruption" and speaking:
            _interruption(panel, scene, utterance)
        elif meaning in ("acknowledgement", "tic", "aside"):
            _ignorable(panel, scene, utterance, speaking)
        if meaning == "turn" or (meaning == "interruption" and utterance.label.reply):
            _turn(panel, scene, utterance)
    return panel


def turns_of(
    stage: Stage, labels: Sequence[Label], end: float, spoken: Sequence[int] | None = None
) -> tuple[CallerTurn, ...]:
    """Return the caller's turns of a finished call, each with whether it reached the model.

    A turn is what has words and is not there to be ignored or only to stop the agent; an acknowledgement is one only
    where the agent was silent.
    """
    scene = Scene(stage, greeting="")
    return tuple(
        CallerTurn(utterance.label.text, utterance.start, _reached_the_model(stage.log, utterance))
        for utterance in utterances_of(stage.log, labels, end, spoken)
        if _is_turn(utterance, scene)
    )


def utterances_of(
    log: ObservationLog, labels: Sequence[Label], end: float, spoken: Sequence[int] | None = None
) -> list[Utterance]:
    """Return the labelled utterances as they were on the line."""
    starts = log.of(CallerAudible)
    ends = {entry.index: entry.at for entry in log.of(CallerSilent)}
    following = [entry.at for entry in starts[1:]] + [end]
    known = {label.step: label for label in labels}
    steps = [label.step for label in labels] if spoken is None else spoken
    return [
        Utterance(known[step], began.at, ends.get(began.index, end), next_start)
        for step, began, next_start in zip(steps, starts, following, strict=False)
        if step in known
    ]


def _is_turn(utterance: Utterance, scene: Scene) -> bool:
    label = utterance.label
    if not words(label.text) or label.meaning in ("acknowledgement", "tic", "aside"):
        return False
    if label.meaning == "interruption":
        return label.reply
    return label.meaning == "turn" or not (label.polite and scene.agent_speaking_at(utterance.start))


def _interruption(panel: Panel, scene: Scene, utterance: Utterance) -> None:
    ended = scene.playout_end(utterance.start)
    if ended is not None and not ended.interrupted:
        return  # it came to its end by itself: nobody can say whether it would have stopped
    stop = scene.silence_at(ended, utterance.start) - utterance.start if ended else None
    panel.yielded.append(stop is not None and stop <= YIELD_S)
    if stop is not None and stop <= YIELD_S:
        panel.yield_latency.append(stop)


def _ignorable(panel: Panel, scene: Scene, utterance: Utterance, speaking: bool) -> None:
    events = {"acknowledgement": panel.acknowledgements, "tic": panel.tics, "aside": panel.asides}
    seen = events[utterance.label.meaning or "aside"]
    if not speaking:
        answer = scene.reply_start(utterance.start)
        seen.append(answer is None or answer > utterance.end + NO_REPLY_S)
        return
    ended = scene.playout_end(utterance.start)
    stopped = ended is not None and ended.interrupted and ended.at <= utterance.start + TALK_THROUGH_S
    seen.append(not stopped)
    until = min(utterance.end + TALK_THROUGH_S, scene.stage.timeline.end)
    if ended is not None and not ended.interrupted:
        until = min(until, scene.silence_at(ended, utterance.start))
    if until > utterance.start:
        panel.gaps.append(scene.stage.timeline.longest_agent_silence(utterance.start, until))


def _turn(panel: Panel, scene: Scene, utterance: Utterance) -> None:
    began = scene.reply_start(utterance.start)
    answered = began is not None and began <= utterance.next_start
    panel.answered.append(answered)
    if answered and began is not None:
        panel.talked_over.append(began < utterance.end)
        panel.response_latency.append(max(0.0, began - utterance.end))
    else:
        panel.talked_over.append(False)
    panel.lost_answers += not _reached_the_model(scene.log, utterance)


def _reached_the_model(log: ObservationLog, utterance: Utterance) -> bool:
    turns = [turn for turn in log.of(TurnAdded) if turn.role == "user" and turn.at >= utterance.start]
    pressed = "".join(keys.digits for keys in log.of(CallerKeys))
    got = [turn for turn in turns if turn.text not in pressed and _taken_up(log, turn)]
    in_time = itertools.takewhile(lambda turn: turn.at < utterance.next_start, got)
    said = utterance.label.text
    return any(in_time) or any(said and find(said, turn.text) for turn in got)


def _taken_up(log: ObservationLog, turn: TurnAdded) -> bool:
    """Tell whether the agent began to think, speak or act after a turn: one that a
    closing session adds goes nowhere.
    """
    ended = log.ended
    if ended is None:
        return True
    return any(
        isinstance(entry, AgentWords | ToolCalled)
        or (isinstance(entry, AgentState) and entry.state in ("thinking", "speaking"))
        or (isinstance(entry, TurnAdded) and entry.role == "assistant")
        for entry in log
        if turn.at <= entry.at <= ended.at and entry is not turn
    )

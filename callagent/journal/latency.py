"""What the audible latency of a turn is made of, from the metrics that livekit-agents keeps with each message.

A turn of which nothing comes has none: it is lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from callagent.audio import Span, Timeline
from callagent.journal import AgentState, AgentWords, ObservationLog, ToolCalled, ToolReturned, TurnAdded

PARTS = ("line", "stt", "end_of_turn", "llm", "tools", "tts")
"""In the order in which they come to pass.

line: the caller's last sample to the end of speech that the VAD saw, and the agent's first sample until it is heard.
stt: the end of speech to the final transcript.
end_of_turn: on top of that until the turn was taken as over, the gate included.
llm: the first token, and with tools also the time until the first of them was called.
tools: while tools ran, from the first call to the last return.
tts: the first byte of audio.
"""

TOLERANCE_S = 0.05
"""The parts are measured each by itself; together they have to give the audible latency to within this."""

EARLY_S = 0.1
"""The line hears the agent up to so much before the session says that playout has begun: its ticks are 20 ms."""


NO_REPLY_S: Final = 2.0
"""A turn of the caller is lost when nothing has come of it for so long, in seconds; an agent may think for a while."""


@dataclass(frozen=True)
class TurnLatency:
    """From the caller's last sample, `start`, to the agent's first, `end`; `turn` counts the call's turns from 0."""

    turn: int
    start: float
    end: float
    parts: dict[str, float]

    @property
    def seconds(self) -> float:
        """What a listener measures."""
        return self.end - self.start

    @property
    def rest(self) -> float:
        """What no part accounts for; negative where parts ran at the same time."""
        return self.seconds - sum(self.parts.values())

    @property
    def accounted(self) -> bool:
        """Whether the parts give the whole to within 50 ms."""
        return abs(self.rest) <= TOLERANCE_S

    def as_dict(self) -> dict[str, Any]:
        """Return the latency for JSON, in seconds."""
        return {
            "turn": self.turn,
            "start": round(self.start, 3),
            "end": round(self.end, 3),
            "seconds": round(self.seconds, 3),
            "parts": {part: round(seconds, 3) for part, seconds in self.parts.items()},
            "rest": round(self.rest, 3),
            "accounted": self.accounted,
        }


def latencies(
    log: ObservationLog, timeline: Timeline, turns: Sequence[TurnAdded], *, first_byte: float | None = None
) -> list[TurnLatency]:
    """Return the latency of each turn of the caller that was answered, as far as its metrics are known.

    Args:
        log: what was observed of the call.
        timeline: who was on the line when.
        turns: the turns of the call in order.
        first_byte: seconds to the first byte of the voice, in a call on virtual time: there livekit-agents measures
            LLM and TTS by the processor's clock.
    """
    found = (_latency(log, timeline, *pair, first_byte) for pair in _answered(turns))
    return [latency for latency in found if latency is not None]


def lost_turns(log: ObservationLog, turns: Sequence[TurnAdded], seconds: float) -> int:
    """Count the turns of the caller after which the agent neither thought, spoke nor acted before the next one.

    Args:
        seconds: how long the call took.
    """
    asked = [turn.at for turn in turns if turn.role == "user"]
    acts = np.sort([entry.at for entry in log if _is_act(entry)])
    ends = [*asked[1:], seconds][: len(asked)]
    lost = 0
    for begun, end in zip(asked, ends, strict=True):
        taken_up = np.searchsorted(acts, end, "right") > np.searchsorted(acts, begun, "left")
        lost += not taken_up and end - begun >= NO_REPLY_S
    return lost


def _is_act(entry: object) -> bool:
    match entry:
        case AgentWords() | ToolCalled() | TurnAdded(role="assistant"):
            return True
        case AgentState(state="thinking" | "speaking"):
            return True
    return False


def _answered(turns: Sequence[TurnAdded]) -> Iterator[tuple[int, TurnAdded, TurnAdded]]:
    for (index, turn), (_, following) in pairwise(enumerate(turns)):
        if turn.role == "user" and following.role == "assistant":
            yield index, turn, following


def _latency(
    log: ObservationLog, timeline: Timeline, index: int, asked: TurnAdded, reply: TurnAdded, first_byte: float | None
) -> TurnLatency | None:
    stopped, started = asked.metrics.get("stopped_speaking_at"), reply.metrics.get("started_speaking_at")
    if stopped is None or started is None:
        return None
    end = _audible(timeline.agent, started)
    start = _last_sample(timeline.caller, stopped, end)
    transcribed = asked.metrics.get("transcription_delay", 0.0)
    decided = max(asked.metrics.get("end_of_turn_delay", 0.0), transcribed)
    over = stopped + decided + asked.metrics.get("on_user_turn_completed_delay", 0.0)
    until_tools, tools = _tools(log, over, started)
    virtual = first_byte is not None
    parts: dict[str, float] = {
        "line": max(0.0, stopped - start) + reply.metrics.get("playback_latency", 0.0) + end - started,
        "stt": max(0.0, stopped + transcribed - max(start, stopped)),
        "end_of_turn": max(0.0, over - max(start, stopped + transcribed)),
        "llm": until_tools + (0.0 if virtual else reply.metrics.get("llm_node_ttft", 0.0)),
        "tools": tools,
        "tts": first_byte if first_byte is not None else reply.metrics.get("tts_node_ttfb", 0.0),
    }
    return TurnLatency(index, start, end, parts)


def _audible(agent: Sequence[Span], started: float) -> float:
    """Tell when the playout that the session saw start at `started` was heard on the line."""
    heard = next((span for span in agent if span.end > started), None)
    return started if heard is None or heard.start < started - EARLY_S else heard.start


def _last_sample(caller: Sequence[Span], stopped: float, answered: float) -> float:
    """Return the last sample of what the caller said before `stopped`; that itself
    where the agent did not wait for it.
    """
    ends = [span.end for span in caller if span.start < stopped]
    return ends[-1] if ends and ends[-1] < answered else min(stopped, answered)


def _tools(log: ObservationLog, over: float, started: float) -> tuple[float, float]:
    """Tell how long after the end of the turn the first tool was called, and how long tools ran before the reply."""
    calls = [entry.at for entry in log.of(ToolCalled) if over - EARLY_S <= entry.at <= started]
    returns = [entry.at for entry in log.of(ToolReturned) if over - EARLY_S <= entry.at <= started]
    if not calls or not returns:
        return 0.0, 0.0
    return max(0.0, calls[0] - over), max(0.0, returns[-1] - max(over, calls[0]))

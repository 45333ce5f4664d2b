"""Reports of calls that nobody made, for the tests of the pages."""

import io
import wave
from dataclasses import replace

import numpy as np

from callagent.audio import SAMPLE_RATE, Samples, Span
from callagent.scripted_calls.report import (
    CallReport,
    Decision,
    Figure,
    IndexEntry,
    Latency,
    Moment,
    Recording,
    Step,
    Word,
)
from callagent.scripted_calls.report.plot.call_scene import Heard, Scene, StateSpan

SECONDS = 12.0

NASTY = "<script>alert('1')</script> \"q\" 'a' & \u2028 </style> {{ 7 * 7 }} %s"
"""Text of a caller, or the name of a call, that a page must show as it is."""


def tone(start: float, end: float) -> Samples:
    """Silence with a tone from `start` to `end`."""
    at = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sin(at * 2765) * 9000 * ((at >= start) & (at < end))).astype(np.int16)


def wav(caller: Samples, agent: Samples) -> bytes:
    """A stereo recording."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.stack([caller, agent], axis=1).tobytes())
    return buffer.getvalue()


def report(*, sound: bool = True, text: str = "No, stop.") -> CallReport:
    """A call of twelve seconds in which the caller says `text` from 4 s on and the agent stops."""
    caller, agent = (tone(4, 5), tone(0.5, 4.5)) if sound else (tone(0, 0)[:0],) * 2
    scene = Scene(
        caller,
        agent,
        SAMPLE_RATE,
        caller_spans=[Span(2, 2.4, "Okay."), Span(4, 5, text)],
        agent_spans=[Span(0.5, 4.5, interrupted=True), Span(6, SECONDS)],
        states=[StateSpan(0.5, 4.5, "speaking"), StateSpan(4.5, 6, "thinking"), StateSpan(6, SECONDS, "speaking")],
        heard=[Heard(2.6, "Okay.", True), Heard(4.6, text[:2], False), Heard(5.4, text, True)],
    )
    return CallReport(
        title="A call",
        outcome="failed",
        scene=scene,
        facts={"level": "audio"},
        steps=[
            Step(1, True, f"the caller says '{text}'", "said it", acts=True, at=4.0),
            Step(2, False, "agent keeps speaking", "the agent stopped", at=5.0),
            Step(3, False, "never transfer_call", "it was called"),
        ],
        words=[Word(0.6, "Thank"), Word(0.9, " you"), Word(4.4, " for"), Word(6.1, "Sorry?")],
        decisions=[
            Decision(2.6, "talked on", "soft_ack", "Okay.", 600),
            Decision(4.5, "stopped", "command", text, 500.4),
            Decision(8.0, "answered", "answer", "", None),
        ],
        moments=[Moment(5.5, "tool", f"book({text})"), Moment(SECONDS, "end", "caller hung up")],
        latencies=[
            Latency(5.0, 6.0, text, {"line": 0.1, "stt": 0.5, "llm": 0.0, "tts": 0.38}, 0.02, True),
            Latency(9.0, 9.5, "Hm?", {"line": 0.1, "stt": 0.1, "llm": 0.0, "tts": 0.1}, 0.2, False),
        ],
        panel=[Figure("response_latency", "mean 1.00 s, p50 1.00 s, p95 1.00 s", "1"), Figure("new", "(0.50)", "2")],
        recording=Recording("call.wav", wav(caller, agent)) if sound else None,
        files=["call.wav", "timeline.json"],
        made="Made by a test",
        index="../index.html",
    )


def entry(title: str = "A call", *, passed: bool = True) -> IndexEntry:
    """A call as the index shows it."""
    made = IndexEntry(
        title,
        "passed",
        "text",
        12.0,
        "a call",
        [Step(1, True, "the agent says 'Hello'", "said")],
        {"yield_latency": "0.40 s"},
        ["timeline.json"],
    )
    if passed:
        return made
    return replace(made, outcome="failed", steps=[*made.steps, Step(2, False, "agent stops", "it went on")])

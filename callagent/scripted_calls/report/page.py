"""From the data of a call, or of a run, to HTML that needs nothing but itself."""

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from callagent.audio import Samples
from callagent.scripted_calls.report.conversation import conversation, interims, not_met, phrases
from callagent.scripted_calls.report.page_data import CallReport, Latency, Recording, RunIndex

PER_SECOND, MOST = 50, 6000
"""A waveform has a point for every 20 ms; one of a call beyond two minutes has fewer, so that the page stays small."""

HEIGHT = 100
"""Height of the outline's box, from full scale to full scale."""


def points(seconds: float) -> int:
    """Tell how many points a waveform of that length has; it is also the width of the outline's box."""
    return max(1, min(MOST, math.ceil(seconds * PER_SECOND)))


def outline(pcm: Samples, rate: int, seconds: float, peak: float) -> str:
    """Return the outline of mono int16 `pcm` from call time 0 to `seconds`, in a box of `points(seconds)` by `HEIGHT`.

    `peak` is the sample that reaches the edge of the box. Empty where there is no sound.
    """
    if not pcm.size:
        return ""
    count = points(seconds)
    length = round(seconds * rate)
    whole = np.zeros(max(length, count), dtype=np.int16)
    whole[: min(pcm.size, whole.size)] = pcm[: whole.size]
    edges = np.linspace(0, whole.size, count, endpoint=False).astype(int)
    half = HEIGHT / 2
    tops = half - np.clip(np.maximum.reduceat(whole, edges) / peak, 0, 1) * half
    bottoms = half - np.clip(np.minimum.reduceat(whole, edges) / peak, -1, 0) * half
    there = [f"{x} {round(y)}" for x, y in enumerate(tops)]
    back = [f"{x} {round(y)}" for x, y in reversed(list(enumerate(bottoms)))]
    return f"M{'L'.join(there + back)}Z"


if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = {"talked on": "talked-on", "stopped": "stopped", "answered": "answered"}
"""How the decisions that have a colour are called in the style sheet."""

SIGNS = {"talked on": "→", "stopped": "■", "answered": "↩"}
"""For those who cannot tell the colours apart."""

MOMENTS = {
    "tool": ("ƒ", "tool"),
    "keys": ("#", "keys"),
    "transfer": ("⇥", "transfer"),
    "trouble": ("⚠", "error"),
    "note": ("✎", "note"),
    "line": ("☎", "line"),
    "agent": ("⇄", "agent"),
    "compliance": ("§", "compliance"),
    "end": ("↓", "call"),
}
"""What else happens in a call: the sign on the timeline and the name in the conversation."""

PART_NAMES = {
    "line": "line",
    "stt": "speech to text",
    "end_of_turn": "end of turn",
    "llm": "LLM, first token",
    "tools": "tools",
    "tts": "TTS, first byte",
}

FIGURE_NAMES = {
    "response_latency": ("Response", "end of the caller's turn to the agent's first sample", "lower"),
    "yield_latency": ("Yield", "start of an interruption to the agent's last sample", "lower"),
    "response_rate": ("Turns answered", "before the caller had to speak again", "higher"),
    "yield_rate": ("Interruptions yielded to", "within 2.0 s", "higher"),
    "agent_interruption_rate": ("Caller talked over", "per turn of the caller", "lower"),
    "selectivity_backchannel": ("Acknowledgements talked through", "without a stop", "higher"),
    "selectivity_vocal_tic": ("Coughs and ums ignored", "without a stop or a reply", "higher"),
    "selectivity_non_directed": ("Asides ignored", "words to somebody else", "higher"),
    "max_gap_ms": ("Longest gap", "inside speech that should have gone on", "lower"),
    "lost_answers": ("Lost answers", "turns that the model never saw", "lower"),
}


def render_call(report: CallReport) -> str:
    """Return the report of a call as a whole HTML document. It loads nothing,
    except a recording that is not inside it.
    """
    scene = report.scene
    seconds = max([scene.seconds, *(each.at for each in report.decisions), *(each.at for each in report.moments)])
    peak = scene.peak
    return _render(
        "call.html.j2",
        script="call.js",
        report=report,
        seconds=seconds,
        waves={
            "caller": outline(scene.caller, scene.rate, seconds, peak),
            "agent": outline(scene.agent, scene.rate, seconds, peak),
        },
        wave_box=f"0 0 {points(seconds)} {HEIGHT}",
        sound=_source(report.recording),
        phrases=phrases(scene.agent_spans, report.words),
        interims=interims(scene.heard),
        entries=conversation(report),
        failures=not_met(report.steps),
        failed=[step for step in report.steps if step.failed],
        longest=max((_width(latency) for latency in report.latencies), default=0.0),
        parts=_parts(report.latencies),
    )


def render_index(index: RunIndex) -> str:
    """Return the page over all calls of a run."""
    names = dict.fromkeys(name for entry in index.entries for name in entry.figures)
    return _render(
        "index.html.j2",
        script="index.js",
        index=index,
        columns=[name for name in FIGURE_NAMES if name in names],
        passed=sum(entry.outcome == "passed" for entry in index.entries),
        scripted=any(entry.steps for entry in index.entries),
        seconds=sum(entry.seconds for entry in index.entries),
    )


def _render(template: str, *, script: str, **context: object) -> str:
    from markupsafe import Markup  # comes with jinja2

    code = _resource(script)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            context,
            style=Markup(_resource("common.css") + _resource(script.replace(".js", ".css"))),
            script=Markup(code),
            script_hash=f"sha256-{digest}",
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # of the extra `calls`

    environment = Environment(
        loader=PackageLoader("callagent.scripted_calls.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = {"MOMENTS": MOMENTS, "PART_NAMES": PART_NAMES, "FIGURE_NAMES": FIGURE_NAMES}
    environment.globals |= {"KINDS": KINDS, "SIGNS": SIGNS, **names}
    environment.filters |= {"seconds": _seconds, "clock": _clock, "ms": _milliseconds}
    return environment


@cache
def _resource(name: str) -> str:
    return files("callagent.scripted_calls.report").joinpath("templates", name).read_text(encoding="utf-8")


def _source(recording: Recording | None) -> str | None:
    """Tell where the page finds its sound."""
    if recording is None or recording.data is None:
        return recording.name if recording else None
    kind = "ogg" if recording.name.endswith(".ogg") else "wav"
    return f"data:audio/{kind};base64,{base64.b64encode(recording.data).decode()}"


def _width(latency: Latency) -> float:
    return max(latency.end - latency.start, sum(latency.parts.values()))


def _parts(latencies: Sequence[Latency]) -> Mapping[str, float]:
    """Return the parts that any turn has, with their mean in seconds."""
    names = dict.fromkeys(name for latency in latencies for name, seconds in latency.parts.items() if seconds >= 0.0005)
    return {name: sum(latency.parts.get(name, 0.0) for latency in latencies) / len(latencies) for name in names}


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _milliseconds(value: float) -> str:
    return f"{value * 1000:.0f} ms"


def _clock(value: float) -> str:
    """Return minutes, seconds and tenths, as the player shows them."""
    tenths = round(value * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"

"""Expectations about the agent's voice: it keeps speaking, it stops, it is silent."""

from callagent.calls.expectations.verdict import EXACT_S, Verdict, clock, milliseconds
from callagent.calls.observe import AgentAudible, PlayoutEnded
from callagent.calls.scene import Scene
from callagent.calls.steps import IsSilent, KeepsSpeaking, Stops

YIELD_WINDOW_S = 2.0
"""How long the agent is watched for a stop, as in the interaction panel; a later stop than expected is still told."""


async def keeps_speaking(step: KeepsSpeaking, scene: Scene) -> Verdict:
    """The agent talks on from the caller's first sample until `for` after the last one, or to its sentence's end."""
    start = scene.act.started if scene.act else scene.now
    origin = "the caller's first sample" if scene.act else "the step was reached"
    if not scene.agent_speaking_at(start):
        return Verdict(False, f"the agent was not speaking when {'the caller began' if scene.act else origin}")
    ended = await _playout_end(scene, start, step.for_)
    if ended is not None and ended.interrupted:
        stop = scene.silence_at(ended, start)
        return Verdict(False, f"the agent stopped {milliseconds(stop - start)} after {origin}")
    if ended is None and scene.log.ended:
        return Verdict(False, scene.ending)
    timeline = scene.stage.timeline
    until = scene.silence_at(ended, start) if ended else min(scene.now, timeline.end)
    gap = timeline.longest_agent_silence(start, until)
    told = f"longest gap {gap * 1000:.0f} ms"
    if gap > step.max_gap + EXACT_S:
        return Verdict(False, f"the agent paused, {told}")
    if ended is not None:
        return Verdict(True, f"the agent spoke to the end of what it was saying {clock(until)}, {told}")
    return Verdict(True, f"the agent kept speaking, {told}")


async def stops(step: Stops, scene: Scene) -> Verdict:
    """The agent is cut off within `within` of the caller's first sample."""
    start = scene.act.started if scene.act else scene.now
    if not scene.agent_speaking_at(start):
        return Verdict(False, "the agent was not speaking when the caller began")
    watched = max(step.within, YIELD_WINDOW_S)
    ended = await scene.wait(lambda: scene.playout_end(start), until=start + watched)
    if ended is None:
        if scene.log.ended:
            return Verdict(False, scene.ending)
        return Verdict(False, f"the agent was still speaking {milliseconds(watched)} after the caller's first sample")
    latency = scene.silence_at(ended, start) - start
    if not ended.interrupted:
        told = f"the agent came to the end of what it was saying after {milliseconds(latency)}; nothing stopped it"
        return Verdict(False, told)
    told = f"the agent stopped {milliseconds(latency)} after the caller's first sample"
    return Verdict(latency <= step.within + EXACT_S, told)


async def is_silent(step: IsSilent, scene: Scene) -> Verdict:
    """The agent says nothing new from the caller's last sample on.

    What it was saying before the caller's last act it may bring to its end; the time counts from there.
    """
    reached = scene.now
    over = await scene.act_over()
    start = max(reached, over or 0.0)
    speaking_since = scene.since("agent speaking")
    if speaking_since is not None and over is not None and scene.act and speaking_since > scene.act.started:
        return Verdict(False, f"the agent was speaking, since {speaking_since:.2f} s")
    if speaking_since is not None:
        ended = await scene.wait(lambda: scene.playout_end(start))
        start = scene.silence_at(ended, start) if ended else start
    heard = await scene.wait(
        lambda: next((entry for entry in scene.log.of(AgentAudible) if entry.at > start), None),
        until=start + step.for_,
    )
    if heard is not None:
        return Verdict(False, f"the agent spoke {milliseconds(heard.at - start)} later, {clock(heard.at)}")
    if scene.log.ended and scene.log.ended.at < start + step.for_:
        return Verdict(False, scene.ending)
    return Verdict(True, f"the agent was silent for {milliseconds(step.for_)}")


async def _playout_end(scene: Scene, start: float, length: float) -> PlayoutEnded | None:
    """How what the agent was saying at `start` ended, if it did until `length` after the caller's last sample."""
    act = scene.act
    if act is not None:
        await scene.wait(lambda: scene.playout_end(start) or act.ended)
    over = start if act is None or act.ended is None else act.ended
    return await scene.wait(lambda: scene.playout_end(start), until=over + length)
